"""Generated histories of cases: late, twice, out of order, contradicting themselves, across clock changes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
from hypothesis import strategies as st

from ioc.kernel.events import EVENTS
from ioc.kernel.rules import CaseRules

Row = dict[str, Any]
NATIONAL = {
    "1": "before-reception",
    "2": "open",
    "3": "refused",
    "4": "open",
    "5": "paused",
    "6": "paused",
    "7": "withdrawn",
    "8": "paused",
    "9": "resolved",
    "10": "delivered",
    "activity": "note",
}
NEXT = {  # domain 1.1; tests of the kernel read no file
    "1": frozenset({"2", "3", "5", "6", "7"}),
    "2": frozenset({"4", "5", "6", "7", "8", "9", "10"}),
    "3": frozenset[str](),
    "4": frozenset({"5", "6", "7", "8", "9"}),
    "5": frozenset({"1", "2", "3", "4", "7", "8"}),
    "6": frozenset({"1", "2", "4", "7", "8"}),
    "8": frozenset({"4", "9", "10"}),
    "9": frozenset({"4", "10"}),
    "10": frozenset[str](),
}
RECEIPT = ("received_at", "topic", "partition", "offset", "hash")
ZONES = ("Asia/Ho_Chi_Minh", "Europe/Amsterdam", "America/New_York", "Australia/Lord_Howe")
CHANGES = (  # around midnights and the hours that repeat or do not exist
    datetime(2011, 3, 27, 0, 0, tzinfo=UTC),
    datetime(2011, 10, 29, 22, 0, tzinfo=UTC),
    datetime(2011, 11, 6, 5, 0, tzinfo=UTC),
    datetime(2024, 2, 28, 17, 0, tzinfo=UTC),
)


def rules(
    zone: str = "Asia/Ho_Chi_Minh",
    compare: str = "date",
    following: Mapping[str, frozenset[str]] | None = None,
) -> CaseRules:
    how: Any = compare  # a test may give a wrong word
    hash_ = "0123456789abcdef" if following is None else "fedcba9876543210"
    return CaseRules("example", zone, NATIONAL, frozenset({"2"}), how, hash_, following=following or {})


def event(case_id: str, id: str, occurred_at: datetime, status: str | None = None, **fields: Any) -> Row:
    """One row of EVENTS; its hash follows from what it says."""
    row = dict.fromkeys(EVENTS) | {"source": "portal", "received_at": occurred_at + timedelta(seconds=2)}
    row |= {"case_id": case_id, "id": id, "occurred_at": occurred_at, "status": status} | fields
    said = {name: value for name, value in row.items() if name not in RECEIPT}
    return row | {"hash": hashlib.sha256(repr(said).encode()).hexdigest()[:32]}


def frame(rows: list[Row]) -> pl.LazyFrame:
    return pl.LazyFrame(rows, schema=EVENTS)


@st.composite
def instants(draw: st.DrawFn, around: datetime) -> datetime:
    """Few instants, most around a midnight, some a microsecond apart: ties and both sides are common."""
    half_hours = 48 * draw(st.integers(-1, 3)) + draw(st.sampled_from((-2, -1, 0, 0, 1, 2, 17)))
    return around + timedelta(minutes=30 * half_hours, microseconds=draw(st.sampled_from((0, 0, 0, -1, 1))))


@st.composite
def histories(draw: st.DrawFn, max_events: int = 24) -> list[Row]:
    """Events of a few cases as they may be delivered: with duplicates and conflicting ids, in any order."""
    at = instants(draw(st.sampled_from(CHANGES)))
    some = st.builds(
        event,
        st.sampled_from(("a", "b", "c", "d")),
        st.sampled_from(tuple("123456789")),
        at,
        st.sampled_from((*NATIONAL, "2", "9", "4", "no-such-status", None)),
        source=st.sampled_from(("portal", "ministry")),
        received_at=at,
        due_at=st.none() | at,
        agency=st.sampled_from((None, "H20.1", "H20.2")),
        receiving_agency=st.sampled_from((None, "H20.8", "H20.9")),
        channel=st.sampled_from((None, "online", "direct")),
        procedure=st.sampled_from((None, "1.000001")),
    )
    events = draw(st.lists(some, min_size=1, max_size=max_events))
    again = draw(st.lists(st.tuples(st.sampled_from(events), at), max_size=6))
    return draw(st.permutations(events + [row | {"received_at": received} for row, received in again]))
