"""A payload in quarantine is what was sent, or it is text: sent again it never says something else."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
import pytest

from ioc.admit import Admission, Quarantined
from ioc.event import Receipt

PROGRESS = {"MaHoSo": "H20.31.1-240105-0012", "TrangThai": "4", "ThoiDiemXuLy": "20240108091500"}
EVENT: dict[str, Any] = {"specversion": "1.0", "id": "1", "source": "s", "type": "records.progress"}
EVENT |= {"subject": "c", "time": "2024-01-05T08:30:00Z", "dataschema": "records/progress.v1"}


def stored(found: Quarantined) -> dict[str, Any] | None:
    """The payload as it stands in the warehouse, or None where it is text, which no redrive takes."""
    said = orjson.loads(found.to_bytes())
    assert said.get("payload") or said["payload_text"]
    payload: dict[str, Any] | None = said.get("payload")
    return payload


@pytest.mark.parametrize(
    "spoilt",
    [
        {"TrangThai": "x"},
        {"TrangThai": ["4"]},
        {"PhongBanXuLy": ["Phòng Tư pháp"]},
        {"PhongBanXuLy": "a\0b"},
        {"PhongBanXuLy": "x" * 501},
        {"ThoiDiemXuLy": "21990101000000"},
    ],
)
def test_a_refused_row_is_refused_again(
    spoilt: dict[str, Any], admission: Admission, receipt: Receipt, now: datetime
) -> None:
    (found,) = admission.native("national-portal", PROGRESS | spoilt, receipt, now)
    assert isinstance(found, Quarantined)
    payload = stored(found)
    if payload is None:
        return
    (again,) = admission.native("national-portal", payload, receipt, now)
    assert isinstance(again, Quarantined)
    assert again.reason == found.reason
    assert again.payload == payload


@pytest.mark.parametrize(
    "data",
    [
        {"status": "4", "not_listed": "x"},
        {"status": "4", "agency": {"code": "H20"}},
        {"status": "4", "section": "a\0b"},
        {"status": "4", "applicant": ["x"]},
        {"status": "44"},
    ],
)
def test_a_refused_event_is_refused_again(
    data: dict[str, Any], admission: Admission, receipt: Receipt, now: datetime
) -> None:
    found = admission.canonical(EVENT | {"data": data}, receipt, now)
    assert isinstance(found, Quarantined)
    payload = stored(found)
    if payload is None:
        return
    again = admission.canonical(payload, receipt, now)
    assert isinstance(again, Quarantined)
    assert again.reason == found.reason
