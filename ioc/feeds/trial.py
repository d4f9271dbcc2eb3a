"""A dry run of a sample: what would be accepted or refused, and what results; nothing is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import polars as pl

from ioc.admit import Admission, Admitted
from ioc.event import Event, Receipt
from ioc.kernel.attributes import fold_whole
from ioc.kernel.events import EVENTS
from ioc.kernel.identity import joined
from ioc.kernel.measures import Measure
from ioc.kernel.observations import observed
from ioc.rules import case_rules, identity_rules, observed_rules
from ioc.warehouse.events import STANDARD
from schemas import AnyFeed, Feed, ObservationFeed, Registry

Numbered = tuple[int, dict[str, Any] | None, str]  # a row's number, its message, or why it has none


@dataclass(frozen=True)
class Refused:
    """A row that would go to quarantine, and the mend."""

    row: int
    reason: str
    field: str | None
    value: str | None
    mend: str


@dataclass
class Sample:
    """What became of the rows; `repeated` events were accepted before in the same words."""

    rows: int = 0
    repeated: int = 0
    events: list[Event] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


def admitted(
    admission: Admission, feed: AnyFeed, source: str | None, rows: Iterable[Numbered], now: datetime
) -> Sample:
    """The rows as the intake would take them: canonical events as such, others by the source's mapping."""
    sample, seen = Sample(), set[tuple[str, ...]]()
    for number, message, why in rows:
        sample.rows += 1
        if message is None:
            sample.refused.append(Refused(number, "unreadable", None, None, why))
            continue
        receipt = Receipt(
            now + timedelta(microseconds=number), batch="try", seq=number
        )  # in the file's order
        if "specversion" in message or source is None:
            verdicts = [admission.canonical(message, receipt, now, feed.feed)]
        else:
            verdicts = admission.native(source, message, receipt, now)
        for one in verdicts:
            if not isinstance(one, Admitted):
                sample.refused.append(Refused(number, one.reason, one.field, one.value, one.mend))
                continue
            event = one.event
            key = (event.case_id, event.source, event.id, event.hash)
            sample.repeated += key in seen
            sample.events += [] if key in seen else [event]
            seen.add(key)
    return sample


def cases(registry: Registry, feed: AnyFeed, events: Iterable[Event]) -> pl.DataFrame:
    """Frame of CASES and `attributes`, as live would fold them."""
    frame = pl.DataFrame([_row(event) for event in events], schema={**EVENTS, "data": pl.String()})
    if isinstance(feed, ObservationFeed):
        return observed(frame, observed_rules(feed)).sort("case_id")
    assert isinstance(feed, Feed)
    identity = identity_rules(feed)
    if identity is not None:
        links = [(e.case_id, str(e.data[identity.same_as])) for e in events if e.type == identity.type]
        frame = joined(frame.lazy(), identity.cases(links)).collect(engine="in-memory")
    return fold_whole(frame, case_rules(feed, registry)).sort("case_id")


def _row(event: Event) -> dict[str, Any]:
    said: dict[str, Any] = {name: event.data.get(name) for name in STANDARD}
    if said["due_at"] is not None:
        said["due_at"] = datetime.fromisoformat(said["due_at"])
    return said | {
        "case_id": event.case_id,
        "source": event.source,
        "id": event.id,
        "hash": event.hash,
        "occurred_at": event.time,
        "received_at": event.receipt.received_at,
        "data": orjson.dumps(event.data).decode(),
    }


@dataclass(frozen=True)
class Figure:
    """One measure's number; of a rate also its parts, and no value where its whole is 0."""

    name: str
    label: str
    value: float | None
    part: int | None = None
    whole: int | None = None


def figures(feed: Feed, found: pl.DataFrame, at: datetime) -> Iterator[Figure]:
    """Every measure of the feed over the cases at an instant."""
    day = at.astimezone(ZoneInfo(feed.zone)).date()

    def counted(text: str) -> int:
        return found.filter(Measure.parse(text, feed.attribute_kinds).polars(at, day)).height

    for name, measure in feed.measures.items():
        if measure.kind == "count":
            yield Figure(name, measure.label.en, counted(measure.where))
            continue
        part, whole = counted(measure.numerator or ""), counted(measure.denominator or "")
        share = round(100 * part / whole, 2) if whole else None
        yield Figure(name, measure.label.en, share, part, whole)
