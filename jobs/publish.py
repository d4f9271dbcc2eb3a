"""publish: one transaction makes an audited run the revision that holds; until then the old one does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb

from ioc.errors import Stop
from ioc.kernel.flow import FIGURES, KEYS
from ioc.warehouse.connection import Connection
from jobs.runs import Run, end, find, published


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
        revision = _revision(conn, run, at)
        outcome = _rows(conn, run, revision)
        end(conn, run_id, "published", None, at)
        conn.execute(sql.SQL("drop table {}").format(run.staging))
        conn.execute("select pg_notify('ioc_published', %s)", [run.feed])
    return outcome


def _locked(conn: Connection, run_id: str) -> Run:
    """The run, once no other publishing of its feed is under way."""
    feed = run_id.partition(":")[0]
    conn.execute("select pg_advisory_xact_lock(hashtext(%s))", [f"ioc publish {feed}"])
    run = find(conn, run_id)
    if run is None:
        raise Stop(f"run {run_id} was never staged")
    return run


def _known(conn: Connection, run: Run) -> Outcome:
    row: Any = conn.execute(
        """
        select r.revision, (select count(*) from flow_day where to_revision = r.revision),
            (select count(*) from flow_day where from_revision = r.revision)
        from revision r where r.run_id = %s
        """,
        [run.run_id],
    ).fetchone()
    return Outcome(*row)


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


def _rows(conn: Connection, run: Run, revision: int) -> Outcome:
    """Closes the rows that hold no longer and writes those that are new or changed."""
    names = sql.SQL(", ").join(map(sql.Identifier, (*KEYS, *FIGURES)))
    words = {
        "staged": run.staging,
        "names": names,
        "f": _of("f", (*KEYS, *FIGURES)),
        "s": _of("s", (*KEYS, *FIGURES)),
        "fk": _of("f", KEYS),
        "sk": _of("s", KEYS),
    }
    closed = conn.execute(
        sql.SQL(
            """
            update flow_day f set to_revision = %s where feed = %s and to_revision is null
                and not exists (select from {staged} s where ({s}) = ({f}))
            """
        ).format(**words),
        [revision, run.feed],
    ).rowcount
    written = conn.execute(
        sql.SQL(
            """
            insert into flow_day (feed, {names}, from_revision) select %s, {s}, %s from {staged} s
            where not exists (
                select from flow_day f where f.feed = %s and f.to_revision is null and ({fk}) = ({sk})
            )
            """
        ).format(**words),
        [run.feed, revision, run.feed],
    ).rowcount
    return Outcome(revision, closed, written)


def _of(alias: str, names: tuple[str, ...]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(alias, name) for name in names)
