"""Records of the seed articles, in lots: an event of each kind is admitted, others differ in code and day.

Days, agencies, and how channels and outcomes cross are this module's choice; how many is the articles'.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl

from ioc.admit import Admission, Admitted
from ioc.event import Receipt, instant_text
from ioc.kernel.events import EVENTS
from ioc.kernel.levels import LEVEL
from ioc.rules import case_rules
from ioc.warehouse.connection import Connection
from jobs import runs
from jobs.flow_day import COUNTED, DAYS, MONTHLY, NO_MONTHS, Source, folded, parted
from jobs.publish import publish
from jobs.rows import added_up, packed
from jobs.staging import Plan, months_of, stage
from jobs.window import Window
from tests.seeds import Seeds

FEED = "records"
DONG_THAP, DAK_LAK, PHU_NINH = "H20.01", "K", "P.1"
COVERED = Window(date(2020, 12, 1), date(2024, 12, 31))
RECEIVED_IN_ALL = 117_728  # of Phù Ninh: the article's share leaves this and nineteen more
LATE_IN_DAK_LAK = 12_295  # so that 98.23 % were on time
NOW = datetime(2025, 5, 1, tzinfo=UTC)
TABLES = (DAYS, *MONTHLY, COUNTED)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Lot:
    """So many records spread over days of reception; `lasts` days to the resolution (None: open), which comes
    `early` days before the due date; of so many procedures, the last of which has the number `procedure`."""

    agency: str
    channel: str
    count: int
    first: date
    last: date
    lasts: int | None = 0
    early: int = 1
    services: int = 1
    procedure: int = 0


def lots(seeds: Seeds) -> Iterator[Lot]:
    """All the records of the articles 000, 002 and 003, and some beside them that no figure may hold."""

    def n(figure: str) -> int:
        return int(seeds[figure].value)

    yield from _dong_thap(
        *(n(f"000-{name}") for name in ("online", "direct-and-postal", "carried-over")),
        *(n(f"000-{name}") for name in ("early", "on-due-date", "overdue")),
    )
    yield from _dak_lak(
        n("002-processed"), n("002-services-with-records"), n("002-full-services-with-records")
    )
    online, first, last = n("003-online-records"), date(2021, 1, 1), date(2024, 10, 31)
    yield Lot(PHU_NINH, "online", online, first, last)
    yield Lot(PHU_NINH, "direct", RECEIVED_IN_ALL - online, first, last)
    for day in (first - DAY, last + DAY):
        yield Lot(PHU_NINH, "online", 99, day, day)


def _dong_thap(online: int, direct: int, carried: int, early: int, on_due: int, late: int) -> Iterator[Lot]:
    """All that came online was early; at the counter the rest of that, and what stays open of 2024."""
    year = date(2024, 1, 2), date(2024, 12, 20)
    yield Lot(DONG_THAP, "online", carried, date(2023, 12, 20), date(2023, 12, 29), lasts=14)
    yield Lot(DONG_THAP, "online", online, *year, lasts=3)
    rest = early - carried - online
    for count, days in ((rest, 1), (on_due, 0), (late, -1)):
        yield Lot(DONG_THAP, "direct", count, *year, lasts=3, early=days)
    yield Lot(DONG_THAP, "direct", direct - rest - on_due - late, *year, lasts=None)


def _dak_lak(processed: int, services: int, full: int) -> Iterator[Lot]:
    """Full-process records are those that came online; half of the records, of the services that had any."""
    first, last, online = date(2022, 12, 15), date(2023, 9, 14), processed // 2
    yield Lot(DAK_LAK, "online", online, first, last, services=full)
    rest = processed - online - LATE_IN_DAK_LAK
    yield Lot(DAK_LAK, "direct", rest, first, last, services=services - full, procedure=full)
    yield Lot(DAK_LAK, "direct", LATE_IN_DAK_LAK, first, last, early=-1, procedure=full)
    for day in (first - DAY, last + DAY):
        yield Lot(DAK_LAK, "online", 500, day, day, procedure=services)


def admitted(admission: Admission, lot: Lot, status: str, case: str) -> dict[str, Any]:
    """What the kernel reads of the lot's first such event, once it has passed the door."""
    said = {"agency": lot.agency, "channel": lot.channel} if status == "2" else {}
    kind = next(iter(admission.registry.feeds[FEED].events))
    told = {
        "specversion": "1.0",
        "id": status,
        "source": "articles",
        "type": f"{FEED}.{kind}",
        "subject": case,
        "time": instant_text(datetime(lot.first.year, lot.first.month, lot.first.day, 2, tzinfo=UTC)),
        "dataschema": admission.registry.feeds[FEED].dataschema(kind),
        "data": {"status": status, **said},
    }
    found = admission.canonical(told, Receipt(NOW), NOW, FEED)
    assert isinstance(found, Admitted), found
    event = found.event
    return {"source": event.source, "id": event.id, "received_at": NOW, "topic": FEED} | event.data


def events(admission: Admission, lot: Lot, number: int) -> pl.DataFrame:
    """Frame of EVENTS and `level` of the whole lot."""
    n, code = pl.int_range(lot.count, dtype=pl.Int64), f"lot{number}-"
    days = (lot.last - lot.first).days + 1
    morning = datetime(lot.first.year, lot.first.month, lot.first.day, 2, tzinfo=UTC)
    entered = pl.lit(morning) + pl.duration(days=n * days // lot.count)
    ended = entered + pl.duration(days=lot.lasts or 0, hours=1)
    at = {"2": entered} | ({} if lot.lasts is None else {"9": ended})
    parts = []
    for status, occurred in at.items():
        said = {name: pl.lit(value) for name, value in admitted(admission, lot, status, f"{code}0").items()}
        said |= {"case_id": pl.concat_str(pl.lit(code), n), "occurred_at": occurred, "offset": n}
        said |= {"partition": pl.lit(0), "hash": pl.concat_str(pl.lit(f"{code}{status}/"), n)}
        if status == "2":
            said["procedure"] = (n % lot.services + lot.procedure).cast(pl.String)
            said["due_at"] = ended + pl.duration(days=lot.early)
        blank = {name: pl.lit(None) for name in EVENTS if name not in said}
        parts.append(pl.select(**said, **blank).select(EVENTS.names()).cast(dict(EVENTS)))
    return pl.concat(parts).with_columns(pl.lit(None, pl.String).alias(LEVEL))


def told(conn: Connection, admission: Admission, seeds: Seeds) -> None:
    """Folds the lots, adds them up and publishes their days and months, as the rollup does without Spark."""
    feed = admission.registry.feeds[FEED]
    rules, months = case_rules(feed, admission.registry), months_of(feed, admission.registry, COVERED.last)
    parts = []
    for number, lot in enumerate(lots(seeds)):
        asked = months if lot.agency == DAK_LAK else NO_MONTHS  # whose services the article counts
        found = folded(events(admission, lot, number).lazy(), rules, asked)
        parts.append(packed(TABLES, found, 0))
    (built,) = parted(added_up(pl.concat(parts)), 1, TABLES)
    assert built.set_aside == 0
    source = Source("", 0, 1, {0: 1}, frozenset(), rules, months=months)
    plan = Plan(f"{FEED}:seeds", feed, source, COVERED, open_start=False)
    stage(conn, plan, COVERED, built, NOW)
    runs.end(conn, plan.run_id, "audited", None, NOW)
    publish(conn, plan.run_id, NOW)
    conn.commit()
