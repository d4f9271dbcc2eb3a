"""The promises as the warehouse keeps them: definitions by hash, agencies, and refolds after a change."""

from __future__ import annotations

from datetime import datetime

from psycopg.types.json import Jsonb

from ioc.warehouse import events, identity
from ioc.warehouse.cases import KERNEL_ERROR
from ioc.warehouse.connection import Connection
from ioc.warehouse.live import CHANNEL, Kernel, refold
from schemas import Registry

REFOLD_AT_ONCE = 500
# By the index: `is distinct from` would read all cases for each five hundred.
STALE = """
(select case_id from cases where feed = %(feed)s and definitions < %(hash)s limit %(some)s) union all
(select case_id from cases where feed = %(feed)s and definitions > %(hash)s limit %(some)s) union all
(select case_id from cases where feed = %(feed)s and definitions is null limit %(some)s) limit %(some)s
"""
# A row for each change: what held before may come back.
SINCE = """
insert into definitions_since (feed, known_at, hash)
select %(feed)s, %(at)s, %(hash)s where %(hash)s is distinct from (
    select hash from definitions_since where feed = %(feed)s order by known_at desc limit 1
) on conflict (feed, known_at) do update set hash = excluded.hash
"""


def publish(conn: Connection, registry: Registry, at: datetime) -> set[str]:
    """Stores definitions and reference agencies as known at `at`; returns every agency code in the warehouse.

    Cases that the kernel failed on are marked for a refold: it may have been mended.
    """
    with conn.transaction():
        for name, feed in sorted(registry.every.items()):
            conn.execute(
                "insert into definitions (hash, feed, known_at, content) values (%s, %s, %s, %s)"
                " on conflict do nothing",
                [feed.definitions_hash, name, at, Jsonb(feed.definitions)],
            )
            conn.execute(SINCE, {"feed": name, "at": at, "hash": feed.definitions_hash})
        known = sorted((a.code, a.name) for a in registry.agencies.values())
        conn.execute(
            """
            insert into agency (code, name)
            select code, name from unnest(%s::text[], %s::text[]) a (code, name) order by code collate "C"
            on conflict (code) do update set name = excluded.name, source = null
            where (agency.name, agency.source) is distinct from (excluded.name, null)
            """,
            [[code for code, _ in known], [name for _, name in known]],
        )
        _keep_hierarchy(conn, registry)
        forget_kernel_errors(conn)
        return {str(code) for (code,) in conn.execute("select code from agency")}


def _keep_hierarchy(conn: Connection, registry: Registry) -> None:
    """Table agency_version as the reference data says it; left alone where nothing changed."""
    conn.execute("select pg_advisory_xact_lock(hashtext('ioc agency_version'))")
    versions = [one for of_code in registry.history.versions.values() for one in of_code]
    said = sorted(((v.code, v.parent, v.valid_from, v.valid_to) for v in versions), key=str)
    held = conn.execute("select code, parent, valid_from, valid_to from agency_version").fetchall()
    if sorted(held, key=str) == said:
        return
    conn.execute("delete from agency_version")
    with conn.cursor() as cursor, cursor.copy("copy agency_version from stdin") as copy:
        for row in said:
            copy.write_row(row)


def forget_kernel_errors(conn: Connection) -> None:
    conn.execute(
        """
        update cases set definitions = null where (feed, case_id) in (
            select feed, case_id from cases where set_aside = %s order by feed, case_id for update skip locked
        )
        """,
        [KERNEL_ERROR],
    )


def refold_some(conn: Connection, kernel: Kernel) -> bool:
    """Refolds a few cases that were folded with other definitions; True where more may be left.

    One process at a time; it takes each case's lock as the live transaction does.
    """
    with conn.transaction():
        if not _alone(conn):
            return True
        for feed, hash_now in sorted(kernel.definitions.items()):
            stale = conn.execute(STALE, {"feed": feed, "hash": hash_now, "some": REFOLD_AT_ONCE}).fetchall()
            if stale:
                ids = [str(case_id) for (case_id,) in stale]
                _refold(conn, kernel, feed, ids)
                return True
    return False


def _alone(conn: Connection) -> bool:
    row = conn.execute("select pg_try_advisory_xact_lock(hashtext('ioc refold'))").fetchone()
    return row is not None and bool(row[0])


def _refold(conn: Connection, kernel: Kernel, feed: str, ids: list[str]) -> None:
    events.stage_cases(conn, feed, ids)
    identity.lock(conn, kernel.identities, identity.stored_links(conn, kernel.identities, feed))
    refold(conn, kernel)
    conn.execute(
        "update cases set definitions = %s where feed = %s and case_id = any(%s)"
        " and definitions is distinct from %s",
        [kernel.definitions[feed], feed, ids, kernel.definitions[feed]],
    )
    conn.execute("select pg_notify(%s, %s)", [CHANNEL, feed])
