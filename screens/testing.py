"""A small province for tests: made events through the real live transaction, its days as if published."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
from psycopg.types.json import Jsonb

from ioc.event import Event, Receipt, instant_text
from ioc.kernel.attributes import fold_whole
from ioc.kernel.flow import FIGURES, KEYS, cells, flow_days
from ioc.kernel.fold import CASES
from ioc.rules import case_rules
from ioc.settings import Settings
from ioc.warehouse import connect, live, offsets
from ioc.warehouse.events import Delivery
from ioc.warehouse.quarantine import Refused
from schemas import Registry, load

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2024, 12, 19, 14, 40, tzinfo=ZONE)  # a Thursday
PARTITIONS = 4
SOURCE = "urn:vn:portal"


Step = tuple[datetime, str, dict[str, Any]]  # when, which status, what else is said


def history(rng: random.Random, received_at: datetime, agency: str) -> list[Step]:
    """A case's events: received, in process, sometimes paused, mostly resolved in time and handed over."""
    due = (received_at + timedelta(days=rng.choice((3, 5, 10, 15)))).replace(hour=17, minute=0, second=0)
    channel = rng.choices(("online", "direct", "postal"), (53, 40, 7))[0]
    said = {
        "agency": agency,
        "channel": channel,
        "due_at": instant_text(due),
        "procedure": f"1.{rng.randint(100, 160):06}",
        "service_level": "full" if received_at.minute % 2 else "partial",
        "payment": ("portal", "gateway", "counter")[received_at.minute % 3],
        "digitised": received_at.minute % 4 > 0,
    }
    steps: list[Step] = [
        (received_at - timedelta(minutes=20), "1", {}),
        (received_at, "2", said),
        (received_at + timedelta(hours=2), "4", {}),
    ]
    share = rng.choices((0.4, 0.8, 1.0, 1.3), (45, 35, 12, 8))[0]
    ended = received_at + (due - received_at) * share * rng.uniform(0.8, 1)
    ended = ended.replace(hour=rng.randint(8, 16), minute=rng.randint(0, 59))
    if rng.random() < 0.1:
        steps.append((received_at + timedelta(hours=5), "5", {}))
    return [
        *steps,
        (max(ended, received_at + timedelta(hours=6)), "9", {}),
        (ended + timedelta(days=1), "10", {}),
    ]


@dataclass
class Province:
    """The warehouse of one test, migrated, and a feed with the ten national status codes in it.

    `offsets` are the next ones by partition.
    """

    settings: Settings
    feed: str
    registry: Registry = field(default_factory=load)
    offsets: dict[int, int] = field(default_factory=lambda: dict.fromkeys(range(PARTITIONS), 0))

    def __post_init__(self) -> None:
        self.conn = connect(self.settings, autocommit=True)
        live.prepare(self.conn)
        offsets.register(self.conn, self.feed, "id-1", range(PARTITIONS))
        self.rules = case_rules(self.registry.feeds[self.feed], self.registry)
        self._kernel = live.Kernel(
            lambda _, frame: fold_whole(frame, self.rules),
            {self.feed: self.rules.definitions},
            {self.feed: self.rules.identity} if self.rules.identity else {},
        )
        self._agencies = live.Agencies(set(self.registry.agencies))

    def made(self, case: str, number: str, at: datetime, status: str, **data: Any) -> Event:
        """An event of the province, its hash filled in."""
        feed, said = self.feed, {"status": status, **data}
        kind, schema = f"{feed}.progress", f"{feed}/progress.v1"
        receipt = Receipt(at + timedelta(seconds=2))
        event = Event(feed, case, SOURCE, number, kind, case, at, schema, said, receipt)
        return Event(**{**vars(event), "hash": event.content_hash()})

    def arrive(self, *arriving: Event, refused: int = 0) -> None:
        """One live transaction, as streams/live commits it."""
        before = dict(self.offsets)
        deliveries = []
        for event in arriving:
            partition = int(event.hash[:4], 16) % PARTITIONS
            deliveries.append(Delivery(self.feed, partition, self.offsets[partition], event))
            self.offsets[partition] += 1
        moved = [p for p in before if before[p] != self.offsets[p]]
        moves = [offsets.Move(self.feed, p, before[p], self.offsets[p]) for p in moved]
        bad = [self.refusal(n) for n in range(refused)]
        live.take(self.conn, live.Batch(moves, deliveries, bad), self._kernel, self._agencies)

    def refusal(self, n: int) -> Refused:
        mend = "map the word under words.status in the source's file, then redrive"
        said = ("portal", "TrangThai", "Chờ ký số")
        return Refused(f"{self.feed}.quarantine", 0, n, self.feed, "unknown-status", mend, NOW, *said)

    def fill(self, days: int = 64, a_day: int = 30, seed: int = 7) -> None:
        """Weekdays until NOW with a rhythm by the hour; the events after NOW have not happened yet."""
        rng = random.Random(seed)
        agencies = self.registry.agencies.values()
        codes = [agency.code for agency in agencies if agency.simulated and agency.level != "province"]
        found: list[Event] = []
        for n in range(days):
            day = (NOW - timedelta(days=n)).replace(hour=0, minute=0, second=0)
            if day.weekday() > 4:
                continue
            for serial in range(round(a_day * rng.uniform(0.85, 1.15))):
                hour = rng.choices(range(7, 17), (3, 14, 18, 15, 6, 2, 11, 14, 12, 5))[0]
                at = day.replace(hour=hour, minute=rng.randint(0, 59), second=rng.randint(0, 59))
                code = codes[min(int(rng.expovariate(0.08)), len(codes) - 1)]
                case = f"{code}-{day:%y%m%d}-{serial:04}"
                for number, (when, status, data) in enumerate(history(rng, at, code)):
                    found.append(self.made(case, str(number), when, status, **data))
        known = sorted((e for e in found if e.time <= NOW), key=lambda e: e.receipt.received_at)
        for start in range(0, len(known), 1000):
            self.arrive(*known[start : start + 1000])

    def mishaps(self) -> None:
        """What real sources send: a resolution before the reception, and words nobody mapped."""
        at = NOW - timedelta(hours=3)
        case, said = "H20.03-241219-9001", {"agency": "H20.03", "due_at": instant_text(NOW)}
        ended = self.made(case, "b", at - timedelta(days=2), "9")
        self.arrive(self.made(case, "a", at, "2", **said), ended, refused=3)

    def waits(self) -> None:
        """What the tiles of the clocks show: waiting for reception, for a citizen, overdue with a letter."""
        late, letter, asked = "H20.03-241216-9101", "H20.03-241202-9102", "H20.03-241210-9103"
        online = {"channel": "online", "procedure": "1.000045"}
        said = {"agency": "H20.03", **online}
        due, moved = (instant_text(NOW - timedelta(days=days)) for days in (5, 2))
        elsewhere = {"receiving_agency": "H20.02", "due_at": due, **said}
        self.arrive(
            self.made(late, "a", NOW - timedelta(days=3), "1", **online),
            self.made(letter, "a", NOW - timedelta(days=17), "2", due_at=due, **said),
            self.made(letter, "b", NOW - timedelta(days=7), "M04", due_at=moved),
            self.made(asked, "a", NOW - timedelta(days=10), "1", **online),
            self.made(asked, "b", NOW - timedelta(days=9), "2", **elsewhere),
            self.made(asked, "c", NOW - timedelta(days=8), "5"),
            self.made(asked, "d", NOW - timedelta(days=6), "4"),
            self.made(asked, "e", NOW - timedelta(days=3), "6"),
        )

    def cases(self) -> pl.DataFrame:
        """The feed's cases as the warehouse holds them."""
        names = ", ".join(CASES.names())
        rows = self.conn.execute(
            f"select {names} from cases where feed = %s".encode(), [self.feed]
        ).fetchall()
        return pl.DataFrame(rows, schema=CASES, orient="row")

    def publish(self, first: date, last: date) -> None:
        """A revision of the days as the kernel counts them, as if audited."""
        rows = flow_days(cells(self.cases().lazy(), self.rules), first, last).collect()
        run = f"{self.feed}:{first}:{last}"
        self.run(run, first, last, "published")
        position = Jsonb({self.feed: {str(p): n for p, n in self.offsets.items()}})
        values = [self.feed, first, last, str(ZONE), position, self.rules.definitions, run, Jsonb([]), NOW]
        revision: Any = self.conn.execute(
            """insert into revision (feed, covers_from, covers_to, zone, position, definitions, run_id, audit,
            published_at) values (%s, %s, %s, %s, %s, %s, %s, %s, %s) returning revision""",
            values,
        ).fetchone()
        names = (*KEYS, *FIGURES)
        into = f"copy flow_day (feed, {', '.join(names)}, from_revision) from stdin"
        with self.conn.cursor().copy(into.encode()) as copy:
            for row in rows.select(names).iter_rows():
                copy.write_row((self.feed, *row, revision[0]))
        self.conn.execute("select pg_notify('ioc_published', %s)", [self.feed])

    def refuse(self, first: date, last: date) -> None:
        """A rollup whose audit failed after what is published."""
        run = f"{self.feed}:{first}:{last}:refused"
        self.run(run, first, last, "refused", "1 of 6 checks failed")
        self.conn.execute(
            """insert into audit (run_id, feed, "check", severity, ok, observed, at)
            values (%s, %s, 'carried_over + new = received_total', 'fail', false, '27 rows differ', %s)""",
            [run, self.feed, NOW],
        )
        self.conn.execute("select pg_notify('ioc_published', %s)", [self.feed])

    def run(self, run: str, first: date, last: date, state: str, reason: str | None = None) -> None:
        later = timedelta(minutes=state == "refused")
        self.conn.execute(
            """insert into run (run_id, feed, covers_from, covers_to, zone, state, reason, started_at,
            ended_at) values (%s, %s, %s, %s, %s, %s, %s, %s, %s)""",
            [run, self.feed, first, last, str(ZONE), state, reason, NOW + later, NOW + later],
        )

    def one(self, query: str, *values: object) -> Any:
        """The first value of a query in plain SQL, beside the product."""
        row: Any = self.conn.execute(query.encode(), values).fetchone()
        return row[0]
