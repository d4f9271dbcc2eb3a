"""rollup: days are closed on top of what is published; where that cannot be, the log gives them all."""

from __future__ import annotations

from collections.abc import Sequence

from ioc.errors import IocError, Retry, Stop
from ioc.rules import case_rules
from ioc.warehouse.connection import Connection
from ioc.warehouse.revisions import published
from jobs import runs
from jobs.broker import spans
from jobs.close import close
from jobs.due import wanted
from jobs.house import Asked, House
from jobs.runs import Rebuild, Run
from jobs.staging import Plan, await_live, coverage, months_of, pinned, source_of, stage, stage_changes
from jobs.window import Window, held_to_clock, last_ended_day
from schemas import AnyFeed, Feed


def staged(home: House, conn: Connection, asked: Asked) -> list[str]:
    """Stages each case feed that is asked for or due; what to say of it, a line per feed."""
    said, plans = [], list[Plan]()
    for feed in home.feeds(asked):
        if isinstance(feed, Feed) and wanted(home, conn, feed, asked):
            found = _closed(home, conn, feed, asked)
            if isinstance(found, Run):
                said.append(f"{_said(found)}, closed")
            else:
                said.append(f"{feed.feed}: the log is read: {found}")
                plans += _plan(home, conn, feed, asked)
    return [*said, *_built(home, conn, plans)]


def _window(home: House, feed: Feed, asked: Asked) -> Window:
    last = asked.last or last_ended_day(home.until(asked), feed.zone)
    return held_to_clock(Window(asked.first or last, last), home.now, feed.zone)


def _closed(home: House, conn: Connection, feed: Feed, asked: Asked) -> Run | str:
    """The run that closes the feed's days; why the log is to be read where it cannot be done."""
    if asked.full:
        return "it was asked for"
    try:
        window = _window(home, feed, asked)
        await_live(conn, feed.feed, last_offsets(home, feed.feed))
        conn.rollback()  # one snapshot from here on
        rules = case_rules(feed, home.registry)
        done = close(conn, rules, months_of(feed, home.registry, window.last), window.last)
        if asked.first is not None and asked.first < done.before.covers_from:
            raise Rebuild(f"{done.before.covers_from} is the first day published")
        return stage_changes(conn, runs.run_id(feed.feed, asked.trigger), feed, done, home.now)
    except Rebuild as exc:
        conn.rollback()
        return str(exc)
    except IocError as exc:
        if asked.feed or isinstance(exc, Retry):
            raise
        conn.rollback()
        return "its days cannot be closed"


def last_offsets(home: House, feed: str) -> dict[int, int]:
    """Per partition, the next offset that Kafka would give."""
    found = spans(home.settings.kafka_servers, [feed]).get(feed, {})
    return {partition: span.end for partition, span in found.items()}


def _built(home: House, conn: Connection, plans: Sequence[Plan]) -> list[str]:
    """Stages what Spark makes of the logs."""
    from jobs.flow_day import build
    from jobs.session import spark

    if not plans:
        return []
    session = spark(home.settings, "ioc rollup")
    try:
        built = build(session, [plan.source for plan in plans])
    finally:
        session.stop()
    made = zip(plans, built, strict=True)
    return [_said(stage(conn, plan, coverage(conn, plan, one), one, home.now)) for plan, one in made]


def _said(run: Run) -> str:
    days = f"{run.covers_from}..{run.covers_to}"
    return f"{run.run_id}: {days} staged, {run.cases} cases, {run.set_aside} set aside"


def _plan(home: House, conn: Connection, feed: Feed, asked: Asked) -> list[Plan]:
    """One plan, or none where the feed has no log yet. One of many that cannot be planned stops no other."""
    try:
        window = _window(home, feed, asked)
        log = pinned(home.settings, conn, feed.feed)
        if log is None and asked.feed:
            raise Stop(f"{feed.feed}: no events are archived yet; import some or wait for the first ones")
    except IocError as exc:
        if asked.feed:
            raise
        failed(home, conn, feed, asked, str(exc))
        return []
    if log is None:
        return []
    before = published(conn, feed.feed)
    last = window.last if before is None else max(window.last, before.covers_to)
    source = source_of(log, feed, home.registry, last)
    return [Plan(runs.run_id(feed.feed, asked.trigger), feed, source, window, asked.first is None)]


def failed(home: House, conn: Connection, feed: AnyFeed, asked: Asked, reason: str) -> None:
    """Keeps why a run that was asked for came to nothing."""
    last, at = asked.last or last_ended_day(home.until(asked), feed.zone), home.now
    run = runs.Run(
        *(runs.run_id(feed.feed, asked.trigger), feed.feed, asked.first or last, last, feed.zone, {}),
        *(feed.definitions_hash, "failed", reason),
        kind=feed.kind,
    )
    runs.put(conn, run, at)
    runs.end(conn, run.run_id, "failed", reason, at)
    conn.commit()
