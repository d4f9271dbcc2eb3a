"""Table `alert`: tasks that failed for good; one ends when a later run of its DAG succeeds (ADR 0076)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.rows import class_row

from ioc.warehouse.connection import Connection

WORDS = 2_000  # characters kept of what a task said last


@dataclass(frozen=True)
class Alert:
    """`run` as Airflow calls it; `feed` None where not of one alone; `at` by the stack's clock, UTC."""

    at: datetime
    dag: str
    task: str
    run: str
    feed: str | None
    what: str


# A run over all feeds says by table `run` which one it failed for, where it is a single one.
_RAISE = """
insert into alert (dag, run, task, at, feed, what)
select %(dag)s, %(run)s, %(task)s, %(at)s, coalesce(
    (select topic from topic_partition where topic = %(feed)s limit 1),
    (select min(feed) from run where %(feed)s::text is null and right(run_id, length(%(run)s)) = %(run)s
        and state in ('failed', 'refused') having count(*) = 1)
), %(what)s
on conflict (dag, run, task) do update set (at, what, ended_at) = (excluded.at, excluded.what, null)
returning at, dag, task, run, feed, what
"""
_END = """
update alert set ended_at = %(at)s where dag = %(dag)s and ended_at is null
    and (%(feed)s::text is null or feed = %(feed)s)
"""
_OPEN = "select at, dag, task, run, feed, what from alert where ended_at is null order by at desc"


def raise_alert(conn: Connection, alert: Alert) -> Alert:
    """Writes the alert, once however often it is told, and wakes the screens; returns it as it is kept.

    A feed that no topic has is left out, or no board would show the alert.
    """
    said = {name: getattr(alert, name) for name in ("at", "dag", "task", "run", "feed")}
    with conn.transaction(), conn.cursor(row_factory=class_row(Alert)) as cursor:
        cursor.execute(_RAISE, said | {"what": alert.what[-WORDS:].replace("\0", "")})
        kept: Any = cursor.fetchone()
        _wake(conn)
    return Alert(**vars(kept))


def end_alerts(conn: Connection, dag: str, feed: str | None, at: datetime) -> int:
    """Ends the open alerts of a DAG of which a run succeeded; how many.

    feed: the one that the run was for, which says nothing of the others; None: all.
    """
    with conn.transaction():
        ended = conn.execute(_END, {"dag": dag, "feed": feed, "at": at}).rowcount
        if ended:
            _wake(conn)
    return ended


def open_alerts(conn: Connection) -> Sequence[Alert]:
    """The newest first."""
    with conn.cursor(row_factory=class_row(Alert)) as cursor:
        return cursor.execute(_OPEN).fetchall()


def _wake(conn: Connection) -> None:
    conn.execute("select pg_notify('ioc_published', '')")  # no feed named: every board looks
