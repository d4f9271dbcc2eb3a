"""Codes that name one case: which cases a poll touches, locked in order, and the table `alias` kept right.

A case is locked by its row of `cases`. Whoever joins two cases holds the rows of both; so who holds a case's
row knows its codes, once it has looked again after the lock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ioc.kernel.identity import Identity
from ioc.warehouse.connection import Connection

Joined = tuple[str, str, str]  # feed, a code, another code of the same case

# live_code: further codes that this transaction speaks of. live_case: the cases it touches, rows locked.
_TABLES = """
create temp table live_code (feed text, code text) on commit delete rows;
create temp table live_case (feed text, case_id text) on commit delete rows;
"""
# Another may join cases between our look and our lock: so where codes have other names, look again until
# nothing is new. Most transactions touch no such code and look once more. True where a code has other names.
_LOCK = """
create function pg_temp.lock_touched() returns boolean language plpgsql set enable_seqscan to off as $$
begin
    loop
        insert into live_case
        select distinct c.feed, coalesce(a.case_id, c.code)
        from (select feed, case_id code from live_event union all select feed, code from live_code) c
        left join alias a on a.feed = c.feed and a.code = c.code
        where not exists (
            select from live_case l where l.feed = c.feed and l.case_id = coalesce(a.case_id, c.code)
        );
        if not found then
            return true;
        end if;
        insert into cases (feed, case_id) select feed, case_id from live_case
        order by feed collate "C", case_id collate "C"
        on conflict (feed, case_id) do update set case_id = excluded.case_id where false;
        if not exists (select from live_case l join alias a on a.feed = l.feed and a.code = l.case_id) then
            return false;
        end if;
    end loop;
end $$
"""
_KNOWN = """
select a.feed, a.code, a.case_id from alias a join live_case l on l.feed = a.feed and l.case_id = a.case_id
"""
# `offset 0` keeps it a lookup by key, as in cases._TOUCHED.
_STORED = """
select e.case_id, e.other from (select distinct case_id from live_event where feed = %(feed)s) l
cross join lateral (
    select case_id, type, data->>%(same_as)s other
    from event where feed = %(feed)s and case_id = l.case_id offset 0
) e where e.type = %(type)s
"""


def prepare(conn: Connection) -> None:
    """This session's temporary tables and function; after those of `events`."""
    conn.execute(_TABLES.encode())
    conn.execute(_LOCK.encode())


def lock(conn: Connection, identities: Mapping[str, Identity], found: Sequence[Joined] = ()) -> None:
    """Locks the cases of the staged events and of the codes found to name one, joins these, and leaves in
    `live_case` the cases to fold; call it before reading. A case never seen is locked by a stub."""
    for feed, *codes in found:
        conn.execute("insert into live_code select %s, unnest(%s::text[])", [feed, codes])
    row = conn.execute("select pg_temp.lock_touched()").fetchone()
    if found or (row is not None and row[0]):
        _settle(conn, identities, found)


def stored_links(conn: Connection, identities: Mapping[str, Identity], feed: str) -> list[Joined]:
    """What the stored alias events of the feed's staged cases say, for a refold under another definition."""
    identity = identities.get(feed)
    if identity is None:
        return []
    names = {"feed": feed, "type": identity.type, "same_as": identity.same_as}
    return [(feed, str(code), str(other)) for code, other in conn.execute(_STORED, names)]


def _settle(conn: Connection, identities: Mapping[str, Identity], found: Sequence[Joined]) -> None:
    """Writes the codes of the locked cases anew; rows of `cases` that are no case any more go away."""
    known = [(str(f), str(code), str(case)) for f, code, case in conn.execute(_KNOWN).fetchall()]
    named: list[Joined] = []
    for feed in sorted({feed for feed, _, _ in (*known, *found)}):
        links = [(one, other) for f, one, other in (*known, *found) if f == feed]
        named += [(feed, code, case) for code, case in sorted(_cases(identities.get(feed), links).items())]
    _write(conn, sorted(set(named) - set(known)))
    conn.execute(
        """
        with held as (delete from live_case returning feed, case_id), now as (
            insert into live_case
            select distinct h.feed, coalesce(a.case_id, h.case_id)
            from held h left join alias a on a.feed = h.feed and a.code = h.case_id
            returning feed, case_id
        )
        delete from cases c using held h where c.feed = h.feed and c.case_id = h.case_id
            and not exists (select from now n where n.feed = h.feed and n.case_id = h.case_id)
        """
    )


def _cases(identity: Identity | None, links: Iterable[tuple[str, str]]) -> dict[str, str]:
    """A feed that joins no longer keeps what was joined."""
    return dict(links) if identity is None else identity.cases(links)


def _write(conn: Connection, named: Sequence[Joined]) -> None:
    if not named:
        return
    columns = [list(column) for column in zip(*named, strict=True)]
    conn.execute(
        """
        insert into alias (feed, code, case_id)
        select * from unnest(%s::text[], %s::text[], %s::text[]) n (feed, code, case_id)
        order by feed collate "C", code collate "C"
        on conflict (feed, code) do update set case_id = excluded.case_id
        """,
        columns,
    )
