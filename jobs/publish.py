"""publish: one transaction makes an audited run the revision that holds; until then the old one does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb

from ioc.errors import Stop
from ioc.warehouse.connection import Connection
from ioc.warehouse.revisions import published
from jobs.restate import LEDGER
from jobs.runs import Rolled, Run, end, find, ledger_table, rows_of


@dataclass(frozen=True)
class Outcome:
    """The revision a run became, and how many rows it closed and wrote."""

    revision: int
    closed: int
    written: int


def publish(conn: Connection, run_id: str, at: datetime) -> Outcome:
    """Publishes an audited run; a published one is left alone. Stop where it would step back."""
    with conn.transaction():
        run = _locked(conn, run_id)
        if run.state == "published":
            return _known(conn, run)
        if run.state != "audited":
            raise Stop(f"run {run_id} is {run.state}: only an audited run can be published")
        _forward(conn, run)
        revision, closed, written = _revision(conn, run, at), 0, 0
        for table in run.tables:
            done = _rows(conn, run, table, revision)
            closed, written = closed + done[0], written + done[1]
            conn.execute(sql.SQL("drop table {}").format(run.staging(table)))
        if run.kind == "case":  # what became of observations, their rows say themselves
            _restate(conn, run, revision, at)
        end(conn, run_id, "published", None, at)
        conn.execute("select pg_notify('ioc_published', %s)", [run.feed])
    return Outcome(revision, closed, written)


def _locked(conn: Connection, run_id: str) -> Run:
    """The run, once no other publishing of its feed is under way."""
    feed = run_id.partition(":")[0]
    conn.execute("select pg_advisory_xact_lock(hashtext(%s))", [f"ioc publish {feed}"])
    run = find(conn, run_id)
    if run is None:
        raise Stop(f"run {run_id} was never staged")
    return run


def _known(conn: Connection, run: Run) -> Outcome:
    found: Any = conn.execute("select revision from revision where run_id = %s", [run.run_id]).fetchone()
    return Outcome(found[0], *rows_of(conn, found[0]))


def _forward(conn: Connection, run: Run) -> None:
    """A revision knows at least what the one before it knew, and covers at least its days."""
    before = published(conn, run.feed)
    if before is None:
        return
    if run.covers_from > before.covers_from or run.covers_to < before.covers_to:
        raise Stop(
            f"run {run.run_id} covers {run.covers_from}..{run.covers_to}, and"
            f" {before.covers_from}..{before.covers_to} is published; run it again"
        )
    for topic, partitions in before.position.items():
        for partition, known in partitions.items():
            knows = run.position.get(topic, {}).get(partition, 0)
            if knows < known:
                raise Stop(
                    f"run {run.run_id} knows {topic}/{partition} up to {knows}, revision {before.revision}"
                    f" up to {known}: it would step back; run it again"
                )
    if run.base != before.revision:
        raise Stop(f"run {run.run_id}: another revision was published since it was staged; run it again")


def _revision(conn: Connection, run: Run, at: datetime) -> int:
    findings: list[Any] = conn.execute(
        'select "check", severity, ok, observed from audit where run_id = %s order by "check"', [run.run_id]
    ).fetchall()
    kept = [dict(zip(("check", "severity", "ok", "observed"), row, strict=True)) for row in findings]
    row: Any = conn.execute(
        """
        insert into revision
            (feed, covers_from, covers_to, zone, position, definitions, run_id, audit, published_at)
        values (%s, %s, %s, %s, %s, %s, %s, %s, %s) returning revision
        """,
        [
            *(run.feed, run.covers_from, run.covers_to, run.zone, Jsonb(run.position), run.definitions),
            *(run.run_id, Jsonb(kept), at),
        ],
    ).fetchone()
    return int(row[0])


def _restate(conn: Connection, run: Run, revision: int, at: datetime) -> None:
    """What the run changes of closed months, into the ledger."""
    names = sql.SQL(", ").join(map(sql.Identifier, LEDGER))
    table = ledger_table(run.run_id)
    conn.execute(
        sql.SQL(
            "insert into restatement (feed, revision, {names}, run_id, at)"
            " select %s, %s, {names}, %s, %s from {table}"
        ).format(names=names, table=table),
        [run.feed, revision, run.run_id, at],
    )
    conn.execute(sql.SQL("drop table {}").format(table))


# Whether a published row f holds no longer; what a run of changes does not name, stays.
_GONE = {
    "all": "not exists (select from {staged} s where ({s}) = ({f}))",
    "changed": "exists (select from {staged} s where ({sk}) = ({fk}) and ({s}) <> ({f}))",
}


def _rows(conn: Connection, run: Run, table: Rolled, revision: int) -> tuple[int, int]:
    """Closes the rows that hold no longer and writes those that are new or changed; how many of either."""
    words = {
        "table": sql.Identifier(table.name),
        "staged": run.staging(table),
        "names": sql.SQL(", ").join(map(sql.Identifier, table.columns)),
        "f": _of("f", table.columns),
        "s": _of("s", table.columns),
        "fk": _of("f", table.keys),
        "sk": _of("s", table.keys),
        "any": table.any_figure(),
    }
    gone = sql.SQL(_GONE[run.scope]).format(**words)
    # Without statistics, as of a table filled a moment ago, the planner compares every row with every other.
    conn.execute(sql.SQL("analyze {staged}").format(**words))
    # Where all rows are compared, a nested loop reads the table anew for each, with those written meanwhile.
    conn.execute(f"set local enable_nestloop to {'off' if run.scope == 'all' else 'on'}".encode())
    closed = conn.execute(
        sql.SQL(
            """
            update {table} f set to_revision = %s where feed = %s and to_revision is null and {gone}
            """
        ).format(**words, gone=gone),
        [revision, run.feed],
    ).rowcount
    written = conn.execute(
        sql.SQL(
            """
            insert into {table} (feed, {names}, from_revision) select %s, {s}, %s from {staged} s
            where {any} and not exists (
                select from {table} f where f.feed = %s and f.to_revision is null and ({fk}) = ({sk})
            )
            """
        ).format(**words),
        [run.feed, revision, run.feed],
    ).rowcount
    if run.scope == "all":  # a run of changes looks its rows up, and must find out that they are many
        conn.execute(sql.SQL("analyze {}").format(words["table"]))
    return closed, written


def _of(alias: str, names: Iterable[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(alias, name) for name in names)
