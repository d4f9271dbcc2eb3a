"""A sheet entered twice is told once; a corrected one wins, and so does one that is corrected back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from ioc.admit import Admission, Admitted
from ioc.admit.tokens import token
from ioc.entry import Told, person, told
from ioc.errors import BadInput
from ioc.event import Receipt
from ioc.settings import Settings
from ioc.warehouse import connect, live, offsets
from ioc.warehouse.events import Delivery
from ioc.warehouse.observations import asked_told
from schemas import ObservationFeed, Registry
from streams.live.worker import kernel
from tests.entry.conftest import AGENCY, NOW, Check, Fill

ROW = {"series": "guests", "agency": AGENCY, "period": "05/03/2026", "value": 12}
OTHER = {"series": "fairs", "period": 2025, "value": 1}
KEY = f"guests/{AGENCY}/2026-03-05/"
TOKEN_KEY = b"k" * 32


class Desk:
    """Admission and the live transaction over one warehouse, as intake and live workers run them."""

    def __init__(self, settings: Settings, registry: Registry, feed: ObservationFeed) -> None:
        self.conn: Any = connect(settings, autocommit=True)
        self.feed, self.next, self.at = feed, 0, NOW
        live.prepare(self.conn)
        offsets.register(self.conn, feed.feed, "id-1", range(1))
        self.kernel = kernel(registry)
        self.admission = Admission(registry, TOKEN_KEY, 100_000)

    def known(self, keys: list[str]) -> dict[str, list[str]]:
        return dict(self.conn.execute(*asked_told(self.feed.feed, keys)).fetchall())

    def take(self, events: Told) -> tuple[int, int]:
        """New events and duplicates of it."""
        self.at += timedelta(minutes=1)
        verdicts = [self.admission.canonical(one, Receipt(self.at), self.at) for one in events.messages]
        assert all(isinstance(one, Admitted) for one in verdicts), verdicts
        found = [one.event for one in verdicts if isinstance(one, Admitted)]
        deliveries = [Delivery(self.feed.feed, 0, self.next + n, event) for n, event in enumerate(found)]
        move = offsets.Move(self.feed.feed, 0, self.next, self.next + len(found))
        self.next += len(found)
        outcome = live.take(self.conn, live.Batch([move], deliveries), self.kernel, live.Agencies(set()))
        return outcome.events, outcome.duplicates

    def values(self) -> dict[str, tuple[str | None, list[str]]]:
        rows = self.conn.execute(
            "select case_id, attributes->>'value', flags from cases where feed = %s", [self.feed.feed]
        )
        return {case: (value, flags) for case, value, flags in rows}


@pytest.fixture
def desk(warehouse: Settings, registry: Registry, feed: ObservationFeed) -> Iterator[Desk]:
    made = Desk(warehouse, registry, feed)
    yield made
    made.conn.close()


Enter = Callable[..., Told]


@pytest.fixture
def enter(fill: Fill, check: Check, feed: ObservationFeed) -> Enter:
    """What rows come to, beside what is known."""

    def events(*rows: dict[str, Any], who: str = "An", known: dict[str, list[str]] | None = None) -> Told:
        found = check(fill(*rows))
        assert found.findings == []
        given = [(one.row, one.key, one.data) for one in found.entries]
        return told(feed, given, who, "manual:visits", known or {})

    return events


def test_an_event_says_who_and_what_and_no_name_is_stored(desk: Desk, enter: Enter) -> None:
    events = enter(ROW, who=person("  Nguyễn  Văn A "))
    assert events.messages[0]["source"] == "manual:visits"
    assert events.messages[0]["time"] == "2026-03-04T17:00:00.000000Z"
    assert desk.take(events) == (1, 0)
    data, received = desk.conn.execute("select data, received_at from event").fetchone()
    assert data["entered_by"] == token(TOKEN_KEY, "Nguyễn Văn A")
    assert received == NOW + timedelta(minutes=1)
    stored = desk.conn.execute("select string_agg(e::text, '') from event e").fetchone()[0]
    assert "Nguy" not in stored


def test_the_same_sheet_twice_is_duplicates(desk: Desk, enter: Enter) -> None:
    assert desk.take(enter(ROW, OTHER)) == (2, 0)
    assert desk.take(enter(ROW, OTHER)) == (0, 2)  # sent before the first was known
    again = enter(OTHER, ROW, who="Bình", known=desk.known([KEY, "fairs//2025/"]))
    assert (again.messages, again.standing) == ((), 2)
    assert desk.values() == {KEY: ("12", []), "fairs//2025/": ("1", [])}


def test_a_corrected_sheet_wins_and_so_does_one_that_is_corrected_back(desk: Desk, enter: Enter) -> None:
    for value, told_before in ((12, 0), (13, 1), (12, 2), (13, 3), (12, 4)):
        known = desk.known([KEY, "fairs//2025/"])
        assert len(known.get(KEY, [])) == told_before
        events = enter(ROW | {"value": value}, OTHER, known=known)
        assert events.rows == ((4, 5) if not told_before else (4,))
        assert desk.take(events) == (len(events.rows), 0)
        assert desk.values()[KEY] == (str(value), [])


def test_a_figure_of_another_source_is_corrected_too(enter: Enter) -> None:
    events = enter(ROW, known={KEY: [enter(ROW).messages[0]["id"], "its-own-id"]})
    assert events.messages[0]["id"] == enter(ROW).messages[0]["id"] + "-2"


@pytest.mark.parametrize("who", ["", "  ", "a" * 201, "An\x00", "An\u202e"])
def test_nobody_enters_nothing(who: str) -> None:
    with pytest.raises(BadInput, match="--by"):
        person(who)


def test_ids_do_not_depend_on_how_a_cell_was_written(enter: Enter) -> None:
    ids = {
        enter(ROW | more).messages[0]["id"]
        for more in ({}, {"value": 12.0}, {"period": datetime(2026, 3, 5)}, {"agency": f"{AGENCY} · x"})  # noqa: DTZ001
    }
    assert len(ids) == 1
