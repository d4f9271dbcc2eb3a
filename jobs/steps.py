"""The four steps of a rollup over one feed or all, each a process of its own that can be run again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from ioc.admit import registry_for
from ioc.clock import Clock
from ioc.errors import BadInput, IocError, Stop
from ioc.settings import Settings, load
from ioc.warehouse import connect
from ioc.warehouse.connection import Connection
from ioc.warehouse.revisions import published
from jobs import runs
from jobs.due import due
from jobs.window import Window, held_to_clock, last_ended_day
from schemas import Feed, Registry

if TYPE_CHECKING:
    from jobs.staging import Plan


@dataclass(frozen=True)
class Asked:
    """What a step was called with; without a feed it means all, without days up to the last ended one."""

    trigger: str
    feed: str | None = None
    first: date | None = None
    last: date | None = None
    due: bool = False  # only feeds whose published figures are out of date


@dataclass(frozen=True)
class House:
    """What every step needs: settings, promises, the present instant, the warehouse."""

    settings: Settings
    registry: Registry
    now: datetime

    def warehouse(self) -> Connection:
        return connect(self.settings, name="ioc jobs")

    def feeds(self, asked: str | None) -> list[Feed]:
        """The feed asked for, or every one; BadInput names the known ones."""
        if asked is None:
            return [feed for _, feed in sorted(self.registry.feeds.items())]
        try:
            return [self.registry.feed(asked)]
        except KeyError as exc:
            raise BadInput("feed", asked, f"name one of {', '.join(sorted(self.registry.feeds))}") from exc


def house() -> House:
    settings = load()
    return House(settings, registry_for(settings), Clock.parse(settings.clock).now())


def archive(asked: Asked) -> str:
    """Kafka to the event log. One archive at a time: the lock is the session's and goes with it."""
    from jobs.archive import archive as fill

    home = house()
    with home.warehouse() as conn:
        conn.autocommit = True
        names = [f.feed for f in home.feeds(asked.feed) if not asked.due or due(conn, f, home.now)]
        conn.execute("select pg_advisory_lock(hashtext('ioc archive'))")
        held = fill(home.settings, names, home.now)
    return (
        "\n".join(f"{feed}: {sum(p.values())} offsets archived" for feed, p in held.items()) or "nothing new"
    )


def rollup(asked: Asked) -> str:
    """Event log to staging: the feed asked for, or every one that is due."""
    home = house()
    with home.warehouse() as conn:
        try:
            return _rollup(home, conn, asked)
        except IocError as exc:
            conn.rollback()
            for feed in home.feeds(asked.feed) if asked.feed else []:
                _failed(conn, feed, asked, str(exc), home.now)
            raise


def _rollup(home: House, conn: Connection, asked: Asked) -> str:
    from jobs.flow_day import build
    from jobs.session import spark
    from jobs.staging import coverage, stage

    plans = []
    for feed in home.feeds(asked.feed):
        if asked.feed or due(conn, feed, home.now):
            plans += _plan(home, conn, feed, asked)
    if not plans:
        return "nothing new"
    session = spark(home.settings, "ioc rollup")
    try:
        built = build(session, [plan.source for plan in plans])
    finally:
        session.stop()
    said = []
    for plan, made in zip(plans, built, strict=True):
        run = stage(conn, plan, coverage(conn, plan, made), made, home.now)
        said.append(
            f"{run.run_id}: {run.covers_from}..{run.covers_to} staged, {run.cases} cases,"
            f" {run.set_aside} set aside"
        )
    return "\n".join(said)


def _plan(home: House, conn: Connection, feed: Feed, asked: Asked) -> list[Plan]:
    """One plan, or none where the feed has no log yet. One of many that cannot be planned stops no other."""
    from jobs.staging import Plan, months_of, pinned

    try:
        last = asked.last or last_ended_day(home.now, feed.zone)
        window = held_to_clock(Window(asked.first or last, last), home.now, feed.zone)
        source = pinned(home.settings, conn, feed)
        if source is None and asked.feed:
            raise Stop(f"{feed.feed}: no events are archived yet; import some or wait for the first ones")
    except IocError as exc:
        if asked.feed:
            raise
        _failed(conn, feed, asked, str(exc), home.now)
        return []
    if source is None:
        return []
    before = published(conn, feed.feed)
    last = window.last if before is None else max(window.last, before.covers_to)
    source = replace(source, months=months_of(feed, home.registry, last))
    return [Plan(runs.run_id(feed.feed, asked.trigger), feed, source, window, asked.first is None)]


def _failed(conn: Connection, feed: Feed, asked: Asked, reason: str, at: datetime) -> None:
    """Keeps why a run that was asked for came to nothing."""
    last = asked.last or last_ended_day(at, feed.zone)
    run = runs.Run(
        *(runs.run_id(feed.feed, asked.trigger), feed.feed, asked.first or last, last, feed.zone, {}),
        *(feed.definitions_hash, "failed", reason),
    )
    runs.put(conn, run, at)
    runs.end(conn, run.run_id, "failed", reason, at)
    conn.commit()


def audit(asked: Asked) -> str:
    """Every staged run of this trigger; Stop where all are refused, else the others go on to be published."""
    from jobs.audit import audit as judge

    home = house()
    with home.warehouse() as conn:
        staged = [run for run in runs.of_trigger(conn, asked.trigger) if run.state != "published"]
        docs = home.settings.home / "data-docs"
        judged = [judge(conn, run.run_id, home.now, docs) for run in staged if run.state != "failed"]
    said = "\n".join(_verdict(run) for run in judged)
    if judged and all(run.state == "refused" for run in judged):
        raise Stop(said)
    return said or "nothing new"


def publish(asked: Asked) -> str:
    """Every audited run of this trigger; Stop at the end where others were refused: the step shows red."""
    from jobs.publish import publish as put_up

    home = house()
    said, refused = [], []
    with home.warehouse() as conn:
        found = runs.of_trigger(conn, asked.trigger)
        conn.commit()
        for run in found:
            if run.state in ("audited", "published"):
                done = put_up(conn, run.run_id, home.now)
                said.append(
                    f"{run.run_id}: revision {done.revision}, {done.written} rows written,"
                    f" {done.closed} closed"
                )
            else:
                refused.append(_verdict(run))
    if refused:
        raise Stop("\n".join([*said, *refused]))
    return "\n".join(said) or "nothing new"


def _verdict(run: runs.Run) -> str:
    return f"{run.run_id}: {run.state}" + (f": {run.reason}" if run.reason else "")


STEPS: dict[str, Callable[[Asked], str]] = {
    "archive": archive,
    "rollup": rollup,
    "audit": audit,
    "publish": publish,
}
