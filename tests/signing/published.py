"""A warehouse in which months, days and events are published by hand, and the command line over it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from click.testing import Result
from typer.testing import CliRunner

from ioc.cli.main import app
from ioc.kernel.months import MONTH_FIGURES
from ioc.period_calendars import period_calendar, period_named
from ioc.warehouse.connection import Connection
from schemas import load

FEED, AGENCY, SOURCE = "records", "H20.02", "mot-cua.example"
REGISTRY = load()
COVERS = (date(2023, 12, 1), date(2024, 3, 31))
NOW = datetime(2024, 4, 10, 2, tzinfo=UTC)  # the stack's clock stands still
FIRST, SECOND = (datetime(2024, 4, day, 2, tzinfo=UTC) for day in (1, 5))  # published at
Figures = dict[str, int]


def whole(carried_over: int = 0, new: int = 0, early: int = 0, late: int = 0, overdue: int = 0) -> Figures:
    """Figures that agree: what is not resolved is open."""
    left = carried_over + new - early - late
    told = {"carried_over": carried_over, "new": new, "resolved": early + late, "early": early, "late": late}
    return dict.fromkeys(MONTH_FIGURES, 0) | told | {"open_in_time": left - overdue, "open_overdue": overdue}


@dataclass
class Book:
    """Writes what the rollup would have published; every call is a transaction of its own."""

    conn: Connection

    def revision(self, at: datetime = FIRST, covers: tuple[date, date] = COVERS, aside: int = 0) -> int:
        self.conn.execute(
            "insert into run (run_id, feed, covers_from, covers_to, zone, state, set_aside, started_at)"
            " values (%s, %s, %s, %s, 'Asia/Ho_Chi_Minh', 'published', %s, %s)",
            [f"{FEED}:{at}", FEED, *covers, aside, at],
        )
        row: Any = self.conn.execute(
            "insert into revision (feed, covers_from, covers_to, zone, position, definitions, run_id, audit,"
            " published_at) values (%s, %s, %s, 'Asia/Ho_Chi_Minh', %s, 'd1', %s, '[]', %s)"
            " returning revision",
            [FEED, *covers, f'{{"{FEED}": {{"0": 7, "1": 9}}}}', f"{FEED}:{at}", at],
        ).fetchone()
        return int(row[0])

    def month(
        self,
        revision: int,
        month: str,
        figures: Figures,
        *,
        agency: str = AGENCY,
        channel: str = "online",
        sector: str = "Đất đai",
        calendar: str = "CALENDAR",
    ) -> None:
        """The cell's figures from this revision on; its row of before holds up to it."""
        days = period_named(month, period_calendar(REGISTRY, calendar))
        cell = [FEED, calendar, month, agency, channel, sector]
        self.conn.execute(
            "update flow_month set to_revision = %s where to_revision is null"
            " and (feed, calendar, month, agency, channel, sector) = (%s, %s, %s, %s, %s, %s)",
            [revision, *cell],
        )
        self.conn.execute(
            "insert into flow_month (feed, calendar, month, agency, channel, sector, month_from, month_to,"
            f" {', '.join(MONTH_FIGURES)}, from_revision) values (%s, %s, %s, %s, %s, %s, %s, %s,"
            f" {', '.join(['%s'] * len(MONTH_FIGURES))}, %s)".encode(),
            [*cell, days.start, days.last, *(figures[name] for name in MONTH_FIGURES), revision],
        )

    def restated(self, revision: int, month: str, figure: str, old: int, new: int) -> None:
        self.conn.execute(
            "insert into restatement (feed, revision, calendar, month, agency, channel, sector, figure, old,"
            " new, cause, events, event_count, run_id, at) values (%s, %s, 'CALENDAR', %s, %s, 'online',"
            " 'Đất đai', %s, %s, %s, 'late-event', '{}', 1, 'r', %s)",
            [FEED, revision, month, AGENCY, figure, old, new, NOW],
        )

    def day(self, revision: int, day: date) -> None:
        """A day of flow: something was counted on it."""
        self.conn.execute(
            "insert into flow_day"
            " select %s, %s, %s, 'online', 0, 1, 1, 0, 0, 0, 0, 0, 0, 1, 0, %s, null, 'resolving'",
            [FEED, day, AGENCY, revision],
        )

    def event(self, occurred: datetime, received: datetime | None = None, **said: str) -> None:
        told = {"source": SOURCE, "agency": AGENCY} | said
        identity = f"{told['source']} {occurred} {received} {told['agency']}"
        self.conn.execute(
            "insert into event (feed, case_id, source, id, hash, type, dataschema, subject, occurred_at,"
            ' received_at, agency, data, topic, partition, "offset")'
            " values (%s, 'c', %s, %s, 'h', 't', 's', 'c', %s, %s, %s, '{}', %s, 0, 0)",
            [FEED, told["source"], identity, occurred, received or occurred, told["agency"], FEED],
        )

    def lively(self, first: date, last: date, *, without: tuple[date, ...] = (), **said: str) -> None:
        """An event at 8:00 local on each weekday."""
        for n in range((last - first).days + 1):
            on = first + timedelta(days=n)
            if on not in without and on.weekday() < 5:
                self.event(datetime(on.year, on.month, on.day, 1, tzinfo=UTC), **said)

    def refused(self) -> None:
        self.conn.execute(
            'insert into quarantine (topic, partition, "offset", feed, reason, mend, received_at)'
            " values (%s, 0, 1, %s, 'not-json', 'mend it', %s)",
            [f"{FEED}.quarantine", FEED, NOW],
        )


def restate(book: Book, new: int = 8, at: datetime = SECOND) -> int:
    """A later revision: January has so many new cases, more of them open in time; the ledger says so."""
    revision = book.revision(at)
    book.month(revision, "2024-01", whole(carried_over=3, new=new, early=5, late=1, overdue=1))
    book.restated(revision, "2024-01", "open_in_time", 3, new - 4)
    return revision


def asks(*words: str | Path) -> Result:
    """Runs `ioc`; an error of ours is raised, not printed."""
    said = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert said.exit_code == 0, said.output
    return said


def form(period: str = "2024-01", *words: str | Path, name: str = "II.06a", agency: str = AGENCY) -> Result:
    return asks("form", name, period, "--feed", FEED, "--agency", agency, *words)


def sign(
    period: str = "2024-01",
    *words: str,
    signer: str = "Nguyễn Văn Mẫu",
    name: str = "II.06a",
    agency: str = AGENCY,
) -> Result:
    whose = ("--feed", FEED, "--agency", agency, "--signer", signer, "--role", "Giám đốc")
    return asks("sign", name, period, *whose, *words)


def said(*words: str | Path, period: str = "2024-01", **whose: str) -> dict[str, Any]:
    """The form as JSON."""
    return dict(json.loads(form(period, "--format", "json", *words, **whose).stdout))


def row(book: Book, column: str, number: int = 1) -> Any:
    """A column of the signature of that number."""
    asked = f"select {column} from signature where nth = %s".encode()
    found: Any = book.conn.execute(asked, [number]).fetchone()
    return found[0]
