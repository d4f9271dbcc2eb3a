"""Nine cases of a September, published twice; the second time a late one restates the first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from psycopg.types.json import Jsonb
from typer.testing import CliRunner, Result

from ioc.cli.main import app
from ioc.event import Event, instant_text
from ioc.kernel.months import MONTH_FIGURES, NEEDED, Months, added, month_cells
from ioc.kernel.period_names import PeriodCalendar
from ioc.ledger.restatements import event_name
from ioc.period_calendars import period_calendar
from ioc.rules import pauses_of, sectors_of
from ioc.settings import Settings
from ioc.warehouse.connection import Connection
from ioc.warehouse.story import events_frame
from screens.testing import ZONE, Province

FEED = "records"
NOW = datetime(2024, 10, 10, 3, tzinfo=UTC)
COVERS = (date(2024, 8, 1), date(2024, 9, 30))
FOREST, BUSINESS = "1.000045", "1.000016"  # Kiểm lâm; Hỗ trợ doanh nghiệp nhỏ và vừa
AUDIT = [
    {"check": "grain-unique", "severity": "fail", "ok": True, "observed": "9 rows"},
    {"check": "volume", "severity": "warn", "ok": False, "observed": "fewer than usual"},
]
KEYS = ("calendar", "month", "agency", "channel", "sector")
Said = tuple[str, str]  # month-day, status
Words = tuple[str, str, str, str, str | None, *tuple[Said, ...]]  # of `case`, after the province
Run = Callable[..., Result]


def at(day: str, hour: int = 9) -> datetime:
    return datetime.fromisoformat(f"2024-{day}").replace(hour=hour, tzinfo=ZONE)


def case(
    province: Province, name: str, agency: str, channel: str, procedure: str, due: str | None, *said: Said
) -> list[Event]:
    """The case's events; its first one tells agency, channel, procedure and due date."""
    about = {"agency": agency, "channel": channel, "procedure": procedure}
    if due is not None:
        about["due_at"] = instant_text(at(due, 17))
    return [
        province.made(name, f"{name}-{n}", at(day), status, **({} if n else about))
        for n, (day, status) in enumerate(said)
    ]


def nine(province: Province) -> tuple[list[Event], list[Event]]:
    """What the first revision knew, and the late case."""
    first: tuple[Words, ...] = (
        ("early", "H20.01", "online", FOREST, "09-10", ("09-02", "2"), ("09-05", "9")),
        ("late", "H20.01", "online", FOREST, "09-10", ("09-03", "2"), ("09-12", "9")),
        ("carried", "H20.01", "direct", BUSINESS, "09-30", ("08-20", "2"), ("09-30", "9")),
        ("overdue", "H20.01", "direct", "9.999999", "09-25", ("09-20", "2")),
        ("waiting", "H20.01", "online", FOREST, "09-25", ("09-20", "2"), ("09-22", "5"), ("10-01", "4")),
        ("withdrawn", "H20.02", "online", FOREST, "09-20", ("09-10", "2"), ("09-11", "7")),
        ("near", "H20.02", "online", FOREST, "10-01", ("09-28", "2")),
        ("dateless", "H20.02", "postal", BUSINESS, None, ("09-02", "2"), ("09-03", "9")),
    )
    told = [event for words in first for event in case(province, *words)]
    return told, case(province, "tardy", "H20.01", "online", FOREST, "09-10", ("09-04", "2"), ("09-06", "9"))


def counted(province: Province, calendar: PeriodCalendar) -> dict[tuple[str, ...], tuple[int, ...]]:
    """The months of what is stored now, by the kernel."""
    cases = province.cases().select(NEEDED)
    events = events_frame(province.conn, FEED, cases.get_column("case_id").to_list())
    promised = province.registry.feeds[FEED]
    months = Months([calendar], *COVERS, sectors_of(province.registry), pauses_of(promised))
    rows = month_cells(added(events, cases, province.rules, months)).rows(named=True)
    found = {}
    for row in rows:
        year, month = divmod(row["month"], 12)
        named = {**row, "month": f"{year:04}-{month + 1:02}"}
        found[tuple(named[key] for key in KEYS)] = tuple(row[name] for name in MONTH_FIGURES)
    return found


def insert(conn: Connection, table: str, **values: Any) -> None:
    names, places = ", ".join(values), ", ".join(["%s"] * len(values))
    conn.execute(f"insert into {table} ({names}) values ({places})".encode(), list(values.values()))


class Ledger:
    """A province whose months are published as the rollup does it: changed rows and their restatements."""

    def __init__(self, province: Province) -> None:
        self.province, self.conn = province, province.conn
        self.months: dict[tuple[str, ...], tuple[int, ...]] = {}

    def publish(self, at: datetime, causes: Sequence[Event] = (), cause: str = "late-event") -> int:
        """A revision of what is stored now; its number."""
        window = {"feed": FEED, "covers_from": COVERS[0], "covers_to": COVERS[1], "zone": str(ZONE)}
        run_id = f"{FEED}:{at:%Y-%m-%d}"
        started = {"run_id": run_id, "state": "published", "started_at": at, "code": "0.1.0+abc"}
        insert(self.conn, "run", **window, **started)
        known = {
            "position": Jsonb({FEED: {str(p): n for p, n in self.province.offsets.items()}}),
            "definitions": self.province.rules.definitions,
            "run_id": run_id,
            "audit": Jsonb(AUDIT),
            "published_at": at,
        }
        insert(self.conn, "revision", **window, **known)
        revision = int(self.province.one("select max(revision) from revision"))
        events = [event_name(event.source, event.id) for event in causes]
        written = {"feed": FEED, "revision": revision, "run_id": run_id, "at": at, "cause": cause}
        self._changed(revision, {**written, "events": events, "event_count": len(events)})
        return revision

    def _changed(self, revision: int, written: dict[str, Any]) -> None:
        now = counted(self.province, period_calendar(self.province.registry, "CALENDAR"))
        zeros = (0,) * len(MONTH_FIGURES)
        for key in sorted({*now, *self.months}):
            old, new, cell = (
                self.months.get(key, zeros),
                now.get(key, zeros),
                dict(zip(KEYS, key, strict=True)),
            )
            if old == new:
                continue
            self.conn.execute(
                "update flow_month set to_revision = %s where to_revision is null"
                " and (calendar, month, agency, channel, sector) = (%s, %s, %s, %s, %s)",
                [revision, *key],
            )
            days = {"month_from": f"{key[1]}-01", "month_to": f"{key[1]}-28"}
            figures = dict(zip(MONTH_FIGURES, new, strict=True))
            insert(self.conn, "flow_month", feed=FEED, **cell, **days, **figures, from_revision=revision)
            for name, before, after in zip(MONTH_FIGURES, old, new, strict=True):
                if self.months and before != after:
                    insert(self.conn, "restatement", **written, **cell, figure=name, old=before, new=after)
        self.months = now


def filled(settings: Settings) -> Ledger:
    """Published on 2 October and, with the late case, on 3 October; a tenth case was told of since."""
    province = Province(settings, FEED)
    made = Ledger(province)
    known, tardy = nine(province)
    province.arrive(*known)
    made.publish(datetime(2024, 10, 2, 0, tzinfo=UTC))
    province.arrive(*tardy)
    made.publish(datetime(2024, 10, 3, 0, tzinfo=UTC), tardy)
    province.arrive(*case(province, "since", "H20.01", "online", FOREST, "09-30", ("09-15", "2")))
    return made


@pytest.fixture
def ledger(warehouse: Settings) -> Iterator[Ledger]:
    """The test's own, which it may change."""
    made = filled(warehouse)
    yield made
    made.province.conn.close()


@pytest.fixture(scope="session")
def shared(migrated: Callable[[str], AbstractContextManager[Settings]]) -> Iterator[Ledger]:
    """One for all tests that only read."""
    with migrated("the ledger that tests read") as settings:
        made = filled(settings)
        yield made
        made.province.conn.close()


@pytest.fixture
def run(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A command over that province, on 10 October 2024."""
    ledger: Ledger = request.getfixturevalue("ledger" if "ledger" in request.fixturenames else "shared")
    clock = f"{NOW.isoformat()}@{datetime.now(UTC).isoformat()}*1"
    url = ledger.province.settings.warehouse_url
    for name, value in {"WAREHOUSE_URL": url, "HOME": str(tmp_path), "CLOCK": clock}.items():
        monkeypatch.setenv(f"IOC_{name}", value)

    def asked(*words: str) -> Result:
        return CliRunner().invoke(app, list(words), catch_exceptions=False)

    return asked
