"""rollup of observation feeds: observations of ended periods are staged, if possible the changes alone."""

from __future__ import annotations

from datetime import date

from ioc.errors import IocError, Retry, Stop
from ioc.rules import observed_rules
from ioc.warehouse.connection import Connection
from ioc.warehouse.revisions import Published, published
from jobs import runs
from jobs.due import wanted
from jobs.house import Asked, House
from jobs.rollup import failed, last_offsets
from jobs.runs import Rebuild, Run
from jobs.series_period import Ended, of_log, of_warehouse
from jobs.staging import await_live, pinned, write
from jobs.window import last_ended_day
from schemas import ObservationFeed


def staged_series(home: House, conn: Connection, asked: Asked) -> list[str]:
    """Stages each feed that is asked for or due; what to say of it. One feed's trouble stops no other."""
    said = []
    for feed in home.feeds(asked):
        if isinstance(feed, ObservationFeed) and wanted(home, conn, feed, asked):
            try:
                said += _staged(home, conn, feed, asked)
            except IocError as exc:
                conn.rollback()
                if asked.feed or isinstance(exc, Retry):
                    raise
                failed(home, conn, feed, asked, str(exc))
    return said


def _staged(home: House, conn: Connection, feed: ObservationFeed, asked: Asked) -> list[str]:
    held = published(conn, feed.feed)
    conn.rollback()
    last = asked.last or last_ended_day(home.until(asked), feed.zone)
    last = max(last, held.covers_to) if held else last
    try:
        if asked.full:
            raise Rebuild("it was asked for")
        await_live(conn, feed.feed, last_offsets(home, feed.feed))
        conn.rollback()  # one snapshot from here on
        return [_put(home, conn, feed, asked, last, of_warehouse(conn, observed_rules(feed), last))]
    except Rebuild as exc:
        conn.rollback()
        log = pinned(home.settings, conn, feed.feed)
        if log is None and asked.feed:
            mend = "import some or wait for the first ones"
            raise Stop(f"{feed.feed}: no events are archived yet; {mend}") from exc
        said = f"{feed.feed}: the log is read: {exc}"
    rules = observed_rules(feed)
    return [] if log is None else [said, _put(home, conn, feed, asked, last, of_log(log, rules, last))]


def _put(home: House, conn: Connection, feed: ObservationFeed, asked: Asked, last: date, found: Ended) -> str:
    """Writes the rows into the run's own table; one transaction."""
    run = run_of(runs.run_id(feed.feed, asked.trigger), feed, found, published(conn, feed.feed), last)
    runs.put(conn, run, home.now)
    write(conn, run, runs.SERIES, found.rows)
    conn.commit()
    what = "changes" if found.before else "all"
    return f"{run.run_id}: {what} up to {last} staged, {run.cases} observations"


def run_of(name: str, feed: ObservationFeed, found: Ended, held: Published | None, last: date) -> Run:
    """The run that stages these rows, held to be the revision after `held`."""
    position = {feed.feed: {str(p): end for p, end in sorted(found.position.items())}}
    return Run(
        *(name, feed.feed, min(found.first, held.covers_from) if held else found.first, last, feed.zone),
        position,
        *(feed.definitions_hash, "staged", None, found.observations, 0),
        base=held.revision if held else None,
        scope="changed" if found.before else "all",
        kind="observation",
    )
