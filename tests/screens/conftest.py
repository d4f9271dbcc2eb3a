"""A small province in a real warehouse: made events through the real live transaction, and its days published."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import psycopg
import pytest
from psycopg.types.json import Jsonb

from ioc.event import Event, Receipt, instant_text
from ioc.kernel.flow import FIGURES, cells, flow_days
from ioc.kernel.fold import CASES
from ioc.rules import case_rules
from ioc.settings import Settings
from ioc.warehouse import connect, events, live, offsets
from ioc.warehouse.events import Delivery
from ioc.warehouse.quarantine import Refused
from schemas import Registry, load
from streams.live.worker import kernel

FEED = "records"
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2024, 12, 19, 14, 40, tzinfo=ZONE)  # a Thursday
PARTITIONS = 4
SOURCE = "urn:vn:portal"


def made(case: str, number: str, at: datetime, status: str, received: datetime | None = None, **data: Any) -> Event:
    """An event of the province, its hash filled in."""
    said = {"status": status, **{k: v for k, v in data.items() if v is not None}}
    receipt = Receipt(received or at + timedelta(seconds=2))
    event = Event(FEED, case, SOURCE, number, f"{FEED}.progress", case, at, f"{FEED}/progress.v1", said, receipt)
    return Event(**{**vars(event), "hash": event.content_hash()})


def history(rng: random.Random, case: str, received_at: datetime, agency: str) -> list[Event]:
    """A case's events: received, in process, sometimes paused, mostly resolved in time and handed over."""
    due = (received_at + timedelta(days=rng.choice((3, 5, 10, 15)))).replace(hour=17, minute=0, second=0)
    channel = rng.choices(("online", "direct", "postal"), (53, 40, 7))[0]
    said = {"agency": agency, "channel": channel, "due_at": instant_text(due), "procedure": f"1.{rng.randint(100, 160):06}"}
    steps = [(received_at - timedelta(minutes=20), "1", {}), (received_at, "2", said), (received_at + timedelta(hours=2), "4", {})]
    share = rng.choices((0.4, 0.8, 1.0, 1.3), (45, 40, 13, 2))[0]
    ended = received_at + (due - received_at) * share * rng.uniform(0.8, 1)
    ended = ended.replace(hour=rng.randint(8, 16), minute=rng.randint(0, 59))
    if rng.random() < 0.1:
        steps.append((received_at + timedelta(hours=5), "5", {}))
    steps += [(max(ended, received_at + timedelta(hours=6)), "9", {}), (ended + timedelta(days=1), "10", {})]
    return [made(case, str(n), at, status, **data) for n, (at, status, data) in enumerate(steps)]


@dataclass
class Province:
    """The warehouse of one test. `offsets` are the next ones by partition."""

    settings: Settings
    registry: Registry = field(default_factory=load)
    offsets: dict[int, int] = field(default_factory=lambda: dict.fromkeys(range(PARTITIONS), 0))

    def __post_init__(self) -> None:
        self.conn = connect(self.settings, autocommit=True)
        events.prepare(self.conn)
        offsets.register(self.conn, FEED, "id-1", range(PARTITIONS))
        self._kernel = kernel(self.registry)
        self._agencies = live.Agencies(set(self.registry.agencies))

    def arrive(self, *arriving: Event, refused: int = 0) -> None:
        """One live transaction, as streams/live commits it."""
        before = dict(self.offsets)
        deliveries = []
        for event in arriving:
            partition = int(event.hash[:4], 16) % PARTITIONS
            deliveries.append(Delivery(FEED, partition, self.offsets[partition], event))
            self.offsets[partition] += 1
        moves = [offsets.Move(FEED, p, before[p], self.offsets[p]) for p in before if before[p] != self.offsets[p]]
        bad = [self.refusal(n) for n in range(refused)]
        live.take(self.conn, live.Batch(moves, deliveries, bad), self._kernel, self._agencies)

    def refusal(self, n: int) -> Refused:
        mend = "map the word under words.status in the source's file, then redrive"
        return Refused(f"{FEED}.quarantine", 0, n, FEED, "unknown-status", mend, NOW, "portal", "TrangThai", "Chờ ký số")

    def fill(self, days: int = 64, a_day: int = 30, seed: int = 7) -> None:
        """Weekdays until NOW with a rhythm by the hour; the events after NOW have not happened yet."""
        rng = random.Random(seed)
        codes = [code for code, agency in self.registry.agencies.items() if agency.level != "province"]
        found: list[Event] = []
        for n in range(days):
            day = (NOW - timedelta(days=n)).replace(hour=0, minute=0, second=0)
            if day.weekday() > 4:
                continue
            for serial in range(round(a_day * rng.uniform(0.85, 1.15))):
                hour = rng.choices(range(7, 17), (3, 14, 18, 15, 6, 2, 11, 14, 12, 5))[0]
                at = day.replace(hour=hour, minute=rng.randint(0, 59), second=rng.randint(0, 59))
                code = codes[min(int(rng.expovariate(0.08)), len(codes) - 1)]
                found += history(rng, f"{code}-{day:%y%m%d}-{serial:04}", at, code)
        known = sorted((e for e in found if e.time <= NOW), key=lambda e: e.receipt.received_at)
        for start in range(0, len(known), 1000):
            self.arrive(*known[start : start + 1000])

    def mishaps(self) -> None:
        """What real sources send: a resolution before the reception, and words nobody mapped."""
        at = NOW - timedelta(hours=3)
        self.arrive(
            made("H20.03-241219-9001", "a", at, "2", agency="H20.03", channel="direct", due_at=instant_text(NOW)),
            made("H20.03-241219-9001", "b", at - timedelta(days=2), "9"),
            refused=3,
        )

    def cases(self) -> pl.DataFrame:
        """The feed's cases as the warehouse holds them."""
        names = ", ".join(CASES.names())
        rows = self.conn.execute(f"select {names} from cases where feed = %s".encode(), [FEED]).fetchall()
        return pl.DataFrame(rows, schema=CASES, orient="row")

    def publish(self, first: date, last: date, days_changed: int = 0) -> None:
        """A revision of the days as the kernel counts them; as if audited. `days_changed` of them change by one."""
        rules = case_rules(self.registry.feeds[FEED])
        rows = flow_days(cells(self.cases().lazy(), rules), first, last).collect()
        run = f"{FEED}:{first}:{last}:{days_changed}"
        self.run(run, first, last, "published")
        position = Jsonb({FEED: {str(p): n for p, n in self.offsets.items()}})
        values = [FEED, first, last, str(ZONE), position, rules.definitions, run, Jsonb([]), NOW]
        revision: Any = self.conn.execute(
            "insert into revision (feed, covers_from, covers_to, zone, position, definitions, run_id, audit, published_at) "
            "values (%s, %s, %s, %s, %s, %s, %s, %s, %s) returning revision", values).fetchone()  # fmt: skip
        names = ("day", "agency", "channel", *FIGURES)
        with self.conn.cursor().copy(f"copy flow_day (feed, {', '.join(names)}, from_revision) from stdin".encode()) as copy:
            for row in rows.select(names).iter_rows():
                copy.write_row((FEED, *row, revision[0]))
        self.conn.execute("select pg_notify('ioc_published', %s)", [FEED])

    def refuse(self, first: date, last: date) -> None:
        """A rollup whose audit failed after what is published."""
        run = f"{FEED}:{first}:{last}:refused"
        self.run(run, first, last, "refused", "1 of 6 checks failed")
        self.conn.execute(
            """insert into audit (run_id, feed, "check", severity, ok, observed, at)
            values (%s, %s, 'carried_over + new = received_total', 'fail', false, '27 rows differ', %s)""",
            [run, FEED, NOW],
        )
        self.conn.execute("select pg_notify('ioc_published', %s)", [FEED])

    def run(self, run: str, first: date, last: date, state: str, reason: str | None = None) -> None:
        later = timedelta(minutes=state == "refused")
        self.conn.execute(
            "insert into run (run_id, feed, covers_from, covers_to, zone, state, reason, started_at, ended_at) "
            "values (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [run, FEED, first, last, str(ZONE), state, reason, NOW + later, NOW + later],
        )

    def one(self, query: str, *values: object) -> Any:
        """The first value of a query in plain SQL, beside the product."""
        row: Any = psycopg.Connection.execute(self.conn, query.encode(), values).fetchone()
        return row[0]


@pytest.fixture
def empty(warehouse: Settings) -> Iterator[Province]:
    province = Province(warehouse)
    yield province
    province.conn.close()


@pytest.fixture
def province(empty: Province) -> Province:
    """About thirteen hundred cases in nine weeks, with mishaps; nothing published."""
    empty.fill()
    empty.mishaps()
    return empty
