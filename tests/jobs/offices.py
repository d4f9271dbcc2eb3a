"""A small office's year as live stores it: events delivered in chunks, and days closed between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import polars as pl

from ioc.event import Event, Receipt
from ioc.kernel.attributes import fold_whole
from ioc.rules import case_rules, identity_rules
from ioc.warehouse import definitions, offsets
from ioc.warehouse.connection import Connection
from ioc.warehouse.known import crosswalk_of, events_of
from ioc.warehouse.live import Agencies, Batch, Kernel, take
from ioc.warehouse.offsets import Move
from jobs.audit import audit
from jobs.close import Closed, close
from jobs.flow_day import Built, Source, folded
from jobs.publish import publish
from jobs.staging import Plan, months_of, stage, stage_changes
from jobs.window import Window
from schemas import Registry
from streams.testing import delivery

FEED = "records"
FIRST = datetime(2024, 1, 2, 1, tzinfo=UTC)
PROCEDURES, LEVELS = ("1.000001", "1.000002"), ("full", "partial", "information")


def told(case: str, name: str, at: datetime, status: str | None, received: datetime, **data: Any) -> Event:
    kind = "progress" if status else "alias"
    said = {"status": status, **data} if status else data
    made = Event(
        FEED, case, "urn:test", name, f"{FEED}.{kind}", case, at, f"{FEED}/{kind}.v1", said, Receipt(received)
    )
    return replace(made, hash=made.content_hash())


def courses(draw: Random, cases: int, days: int) -> list[Event]:
    """What a sound office tells, in order of receipt: some of it late or twice, some cases joined, re-opened,
    handed on after their end, never closed."""
    events = []
    for n in range(cases):
        case, at = f"H20-{240101 + n % 28:06}-{n:04}", FIRST + timedelta(hours=draw.randrange(24 * days))
        said = {"agency": draw.choice("AB"), "channel": draw.choice(["1", "2"])}
        said["procedure"] = draw.choice(PROCEDURES)
        if draw.random() < 0.7:
            said["service_level"] = draw.choice(LEVELS)
        for i, (when, status, data) in enumerate(course(draw, at, said)):
            lag = timedelta(days=draw.randrange(1, 45)) if draw.random() < 0.08 else timedelta(minutes=2)
            events.append(told(case, f"{n}-{i}", when, status, when + lag, **data))
            if draw.random() < 0.05:
                events.append(told(case, f"{n}-{i}", when, status, when + 2 * lag, **data))
        if n % 25 == 7:
            other, joined = f"000.00.00.{case}", at + timedelta(days=draw.randrange(1, 50))
            events.append(told(other, f"{n}-old", at - timedelta(hours=2), "2", at, **said))
            events.append(told(case, f"{n}-same", joined, None, joined, same_as=other))
    return sorted(events, key=lambda e: e.receipt.received_at)


def course(draw: Random, at: datetime, said: dict[str, str]) -> list[tuple[datetime, str, dict[str, str]]]:
    """One case: when, status, what else is said."""
    due = (at + timedelta(days=draw.randrange(2, 30))).isoformat()
    steps = [(at, "2", said | {"due_at": due})]
    took = timedelta(hours=draw.randrange(5, 24 * 40))
    if draw.random() < 0.05:  # set aside: ended before it began
        return [*steps, (at - timedelta(hours=1), "9", {})]
    if draw.random() < 0.3:
        steps += [(at + took / 3, "5", {}), (at + took / 2, "4", {})]
    if draw.random() < 0.8:
        steps.append((at + took, "9", {}))
        if draw.random() < 0.1:
            steps += [(at + took * 2, "4", {}), (at + took * 3, "9", {})]
        if draw.random() < 0.1:
            steps.append((at + took + timedelta(hours=1), "10", {"agency": "C"}))
    if draw.random() < 0.2:  # the level is put right, maybe long after
        after, status = draw.choice(((0.5, "4"), (4, "10")))
        steps.append((at + took * after, status, {"service_level": draw.choice(LEVELS)}))
    return steps


@dataclass
class Office:
    """A warehouse that takes events and closes days by hand."""

    conn: Connection
    live: Connection
    registry: Registry
    taken: int = 0
    runs: int = 0
    now: datetime = FIRST

    def __post_init__(self) -> None:
        offsets.register(self.live, FEED, "id-1", [0])
        self.promised(self.registry)

    def promised(self, registry: Registry) -> None:
        """What the files say from `now` on; nothing is folded again."""
        self.registry, self.feed = registry, registry.feed(FEED)
        self.rules, self.clocked = case_rules(self.feed), case_rules(self.feed, self.registry)
        join = identity_rules(self.feed)
        joins = {FEED: join} if join else {}
        hashes = {FEED: self.feed.definitions_hash}
        self.kernel = Kernel(lambda _, events: fold_whole(events, self.rules), hashes, joins)
        definitions.publish(self.live, self.registry, self.now)

    def deliver(self, events: Sequence[Event]) -> None:
        """As one poll; a later copy of an event may say that it was received earlier."""
        some = [delivery(self.taken + i, event, 0) for i, event in enumerate(events)]
        some = [replace(one, topic=FEED) for one in some]
        move = Move(FEED, 0, self.taken, self.taken + len(events))
        take(self.live, Batch([move], some), self.kernel, Agencies(set()))
        self.taken += len(events)

    def built(self, last: date) -> Built:
        """Everything stored, counted at once."""
        codes = self._codes()
        levels = self.rules.levels
        known = events_of(self.conn, FEED, codes, level=levels.attribute if levels else "")
        cases = crosswalk_of(self.conn, FEED, codes)
        events = known.with_columns(pl.col("case_id").replace(cases)).drop("type", "other", "again")
        found = folded(events.lazy(), self.clocked, months_of(self.feed, self.registry, last))
        counted = found["counted"].sum().row(0)
        months = {name: found[name] for name in ("months", "procedures", "hours")}
        return Built(found["days"].sort("day"), months, *counted)

    def roll(self, window: Window) -> None:
        """Stages and publishes everything, as a rollup out of the log does."""
        months = months_of(self.feed, self.registry, window.last)
        cases = crosswalk_of(self.conn, FEED, self._codes())
        source = Source("", 0, 1, {0: self.taken}, frozenset(), self.clocked, cases, months)
        plan = Plan(self._name(), self.feed, source, window, open_start=False)
        stage(self.conn, plan, window, self.built(window.last), self.now)
        self._publish()

    def close(self, last: date) -> Closed:
        """Closes days on top of what is published, and publishes them."""
        self.conn.rollback()
        done = close(self.conn, self.clocked, months_of(self.feed, self.registry, last), last)
        stage_changes(self.conn, self._name(), self.feed, done, self.now)
        self._publish()
        return done

    def held(self, table: str) -> list[Any]:
        """The rows that hold, without the revisions they came with."""
        names = ", ".join(
            str(name)
            for (name,) in self.conn.execute(
                "select column_name from information_schema.columns where table_name = %s"
                " and column_name not in ('from_revision', 'to_revision') order by ordinal_position",
                [table],
            ).fetchall()
        )
        rows = self.conn.execute(
            f"select {names} from {table} where to_revision is null order by {names}".encode()
        )
        return rows.fetchall()

    def _codes(self) -> list[str]:
        return [str(code) for (code,) in self.conn.execute("select distinct case_id from event")]

    def _name(self) -> str:
        self.runs += 1
        return f"{FEED}:{self.runs}"

    def _publish(self) -> None:
        name = f"{FEED}:{self.runs}"
        judged = audit(self.conn, name, self.now)
        assert judged.state == "audited", judged.reason
        publish(self.conn, name, self.now)
        self.conn.commit()
