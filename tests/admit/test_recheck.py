"""A feed's own topic is read again and never trusted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
import pytest

from ioc.admit import Admission, Admitted, Quarantined
from ioc.admit.admission import UNSAID
from ioc.event import Event, Receipt

PROGRESS = {"MaHoSo": "H20.31.1-240105-0012", "TrangThai": "4", "ThoiDiemXuLy": "20240108091500"}


@pytest.fixture
def stored(admission: Admission, now: datetime) -> dict[str, Any]:
    receipt = Receipt(now, batch="b", seq=1, raw="records.raw/0/7")
    (found,) = admission.native("national-portal", PROGRESS | {"NguoiXuLy": "Trần Thị B"}, receipt, now)
    assert isinstance(found, Admitted)
    event = admission.recheck(found.value, "records", found.key)
    assert event == found.event
    said: dict[str, Any] = orjson.loads(found.value)
    return said


@pytest.mark.parametrize(
    ("spoilt", "reason", "field"),
    [
        ({"hash": "0" * 32}, "schema-violation", "hash"),
        ({"hash": None}, "schema-violation", "hash"),
        ({"receivedat": None}, "missing-field", "receivedat"),
        ({"receivedat": "2024-01-01T00:00:00"}, "no-zone", "receivedat"),
        ({"seq": "1"}, "wrong-type", "seq"),
        ({"batch": 7}, "wrong-type", "batch"),
        ({"caseid": "another"}, "wrong-key", "key"),
        ({"type": "permits.received"}, "unknown-feed", "type"),
        ({"time": "2300-01-01T00:00:00Z"}, "impossible-time", "time"),
        ({"data": {"status": "99"}}, "unknown-status", "status"),
        ({"data": {"status": "4", "handler": "Trần Thị B"}}, "schema-violation", "handler"),
        ({"data": {"status": "4", "section": "a\0b"}}, "poison-text", "section"),
    ],
)
def test_a_value_that_admission_did_not_write_is_quarantined(
    spoilt: dict[str, Any], reason: str, field: str, stored: dict[str, Any], admission: Admission
) -> None:
    found = admission.recheck(orjson.dumps(stored | spoilt), "records", PROGRESS["MaHoSo"].encode())
    assert isinstance(found, Quarantined)
    assert (found.reason, found.field, found.feed) == (reason, field, "records")


@pytest.mark.parametrize("value", [b"", b"null", b"[]", b"\x00", b"{", b'{"data": 1}'])
def test_rubbish_is_quarantined_under_the_topics_feed(value: bytes, admission: Admission) -> None:
    found = admission.recheck(value, "records", None)
    assert isinstance(found, Quarantined)
    assert found.feed == "records"
    assert found.receipt.received_at == UNSAID


def test_an_agency_taken_off_the_list_does_not_unmake_its_events(
    stored: dict[str, Any], admission: Admission
) -> None:
    event = admission.recheck(orjson.dumps(stored), "records")
    assert isinstance(event, Event)
    event.data["agency"] = "H20.gone"
    again = admission.recheck(Event(**{**event.__dict__, "hash": ""}).to_bytes(), "records")
    assert isinstance(again, Event)
