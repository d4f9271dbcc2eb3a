"""Each reason code is given by an input that must be refused for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import orjson
import pytest

from ioc.admit import REASONS, Admission, Quarantined
from ioc.admit.reasons import Refusal
from ioc.event import Receipt

EVENT: dict[str, Any] = {
    "specversion": "1.0",
    "id": "1",
    "source": "one-stop.example",
    "type": "records.progress",
    "subject": "H20.31.1-240105-0012",
    "time": "2024-01-05T08:30:00+07:00",
    "dataschema": "records/progress.v1",
    "data": {"status": "2", "agency": "H20.31", "channel": "online"},
}
PROGRESS = {"MaHoSo": "H20.31.1-240105-0012", "TrangThai": "4", "ThoiDiemXuLy": "20240108091500"}
Refused = Callable[[Admission, Receipt, datetime], Quarantined]


def canonical(**changed: Any) -> Refused:
    return sent(orjson.dumps(EVENT | changed))


def data(**changed: Any) -> Refused:
    return canonical(data=EVENT["data"] | changed)


def sent(raw: bytes, feed: str = "records", key: bytes | None = None) -> Refused:
    def refused(admission: Admission, receipt: Receipt, now: datetime) -> Quarantined:
        found = admission.canonical(raw, receipt, now, feed, key)
        assert isinstance(found, Quarantined)
        return found

    return refused


def native(message: dict[str, Any] | bytes, source: str = "national-portal") -> Refused:
    def refused(admission: Admission, receipt: Receipt, now: datetime) -> Quarantined:
        (found,) = admission.native(source, message, receipt, now)
        assert isinstance(found, Quarantined)
        return found

    return refused


def unreadable(admission: Admission, receipt: Receipt, now: datetime) -> Quarantined:
    why = Refusal("unreadable", "line 7", "3 columns instead of 15", "mend the row")
    return admission.refuse("receipt", why, "Internet,case-1,Resource21", receipt)


ROW = {"case:concept:name": "case-1", "case:startdate": "2011-10-11 13:42:22", "concept:instance": "t"}
ROW |= {"time:timestamp": "2011-10-11 13:42:22+02:00", "concept:name": "x"}

# reason, refused, field, a word of the mend
CASES: list[tuple[str, Refused, str | None, str]] = [
    ("not-json", sent(b'{"id": '), None, "JSON"),
    ("not-json", native(b"\xff\xfe"), None, "UTF-8"),
    ("not-an-object", sent(b"[1]"), None, "object"),
    ("unreadable", unreadable, "line 7", "mend the row"),
    ("missing-field", canonical(subject=None), "subject", "send subject"),
    ("missing-field", native(PROGRESS | {"ThoiDiemXuLy": " "}), "ThoiDiemXuLy", "ThoiDiemXuLy"),
    ("wrong-type", data(agency=3), "agency", "string"),
    ("wrong-type", native(PROGRESS | {"TrangThai": {"ma": 4}}), "TrangThai", "text"),
    ("bad-time", canonical(time="yesterday"), "time", "iso"),
    (
        "bad-time",
        native(PROGRESS | {"ThoiDiemXuLy": "20240231000000"}),
        "ThoiDiemXuLy",
        "national-portal.yaml",
    ),
    ("no-zone", canonical(time="2024-01-05T08:30:00"), "time", "zone"),
    ("future-time", canonical(time="2025-01-01T00:06:00Z"), "time", "2025-01-01T00:00:00Z"),
    *(  # a reception or an end in the future (domain 1.7) does not come in at all
        ("future-time", canonical(time="2025-01-02T00:00:00Z", data={"status": status}), "time", "2025")
        for status in ("2", "9", "10")
    ),
    ("future-time", native(PROGRESS | {"ThoiDiemXuLy": "20250101080000"}), "time", "occurred"),
    ("impossible-time", canonical(time="1899-12-31T23:59:59Z"), "time", "1900"),
    ("impossible-time", data(due_at="0001-01-01T00:00:00+14:00"), "due_at", "1900"),
    ("unknown-word", data(channel="onlin"), "channel", "'online'"),
    (
        "unknown-word",
        native(PROGRESS | {"TrangThai": "11"}),
        "TrangThai",
        "schemas/sources/national-portal.yaml",
    ),
    ("unknown-status", data(status="12"), "status", "schemas/feeds/records/feed.yaml"),
    ("unknown-agency", data(agency="H20.33x"), "agency", "'H20.33'"),
    ("unknown-source", native(PROGRESS, "nationalportal"), "source", "'national-portal'"),
    ("unknown-feed", canonical(type="record.progress"), "type", "'records'"),
    ("unknown-feed", sent(orjson.dumps(EVENT), "permits"), "type", "records"),
    ("unknown-schema", canonical(dataschema="records/progres.v1"), "dataschema", "'records/progress.v1'"),
    ("schema-violation", data(phone="x"), "phone", "additionalProperties"),
    ("schema-violation", data(section="x" * 501), "section", "500"),
    ("too-large", sent(b" " * 262_145), None, "262144"),
    ("too-large", canonical(subject="x" * 401), "case", "400"),
    ("wrong-key", sent(orjson.dumps(EVENT), key=b"another"), "key", "H20.31.1-240105-0012"),
    ("poison-text", data(section="a\0b"), "section", "NUL"),
    ("poison-text", sent(b'{"id": "\\ud800"}'), None, "surrogate"),
    ("poison-text", sent(b'{"id": NaN}'), None, "finite"),
    ("no-event", native({"MaHoSo": "x"}), None, "tienTrinh has TrangThai"),
]
ELSEWHERE = {"data-error", "kernel-error"}  # the warehouse's and the fold's, given by the live stream


@pytest.mark.parametrize(
    ("reason", "refused", "field", "word"), CASES, ids=[f"{i}-{case[0]}" for i, case in enumerate(CASES)]
)
def test_it_is_refused_for_its_reason_with_field_and_mend(
    reason: str,
    refused: Refused,
    field: str | None,
    word: str,
    admission: Admission,
    receipt: Receipt,
    now: datetime,
) -> None:
    found = refused(admission, receipt, now)
    assert (found.reason, found.field) == (reason, field)
    assert word in found.mend
    said = orjson.loads(found.to_bytes())
    assert said["reason"] == reason
    assert ("payload" in said) != ("payload_text" in said)


def test_every_reason_has_an_input_here() -> None:
    asked = {case[0] for case in CASES} | {"unknown-procedure"}  # the latter: test_policies
    assert asked | ELSEWHERE == REASONS
