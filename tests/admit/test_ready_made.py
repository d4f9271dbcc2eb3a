"""What the packaged sources make of what is sent; their examples say the rest."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from ioc.admit import Admission, Admitted, Quarantined
from ioc.event import Receipt

# domain 1.2: the English states of an inter-agency feed and the national codes
STATES = {
    **{"receiving": "1", "new": "2", "denied": "3", "processing": "4", "waiting": "5"},
    **{"paying": "6", "cancelled": "7", "unresolved": "8", "releasing": "9", "done": "10"},
}
CODE = "H20.31.1-240105-0012"


def told(admission: Admission, source: str, now: datetime, **row: Any) -> list[Admitted | Quarantined]:
    return admission.native(source, row, Receipt(now), now)


def datas(found: list[Admitted | Quarantined]) -> list[tuple[str, dict[str, Any]]]:
    assert all(isinstance(one, Admitted) for one in found), found
    return [(one.event.time.isoformat(), one.event.data) for one in found if isinstance(one, Admitted)]


@pytest.mark.parametrize("state", STATES)
def test_each_english_state_is_its_national_code(admission: Admission, now: datetime, state: str) -> None:
    said = {"MaHoSo": CODE, "TrangThai": state, "ThoiDiemXuLy": "20240108091500"}
    ((at, data),) = datas(told(admission, "vnpt-igate", now, **said))
    assert at == "2024-01-08T02:15:00+00:00"
    assert data["status"] == STATES[state]


@pytest.mark.parametrize("state", ["interoperating", "posting"])
def test_a_state_without_a_national_code_is_kept_apart(
    admission: Admission, now: datetime, state: str
) -> None:
    said = {"MaHoSo": CODE, "TrangThai": state, "ThoiDiemXuLy": "20240108091500"}
    (found,) = told(admission, "vnpt-igate", now, **said)
    assert isinstance(found, Quarantined)
    assert (found.reason, found.field, found.value) == ("unknown-word", "TrangThai", state)
    assert found.mend.startswith("add it under words.status in schemas/sources/vnpt-igate.yaml")


@pytest.mark.parametrize(("code", "kind"), [(0, "citizen"), ("1", "enterprise"), ("2", "household-business")])
def test_a_ministrys_subjects_are_its_own(
    admission: Admission, now: datetime, code: int | str, kind: str
) -> None:
    said = {"MaHoSo": CODE, "MaTTHC": "2.000635", "NgayTiepNhan": "2024-01-05 08:30:00", "LoaiDoiTuong": code}
    ((at, data),) = datas(told(admission, "ministry-api", now, **said))
    assert at == "2024-01-05T01:30:00+00:00"
    assert data["applicant_kind"] == kind


def test_both_kinds_of_csv_tell_one_life_alike(admission: Admission, now: datetime) -> None:
    known = {"agency": "H20.31", "receiving_agency": "H20.31.1", "channel": "Trực tuyến"}
    whole = {
        **known,
        **{"case": CODE, "procedure": "2.000635", "due": "12/01/2024 17:00"},
        **{"submitted": "04/01/2024 20:15", "received": "05/01/2024 08:30"},
        **{"resolved": "11/01/2024 15:00", "delivered": "12/01/2024 08:05"},
    }
    first = {"channel": "online", "procedure": "2.000635"}
    steps = [
        {"time": "2024-01-04T20:15+07:00", "status": "Mới đăng ký"} | first,
        {"time": "2024-01-05T08:30+07:00", "status": "2", "due": "2024-01-12 17:00"} | known | first,
        {"time": "2024-01-11T15:00+07:00", "status": "9"},
        {"time": "2024-01-12T08:05+07:00", "status": "Đã trả kết quả"},
    ]
    by_event = [
        one for step in steps for one in told(admission, "csv-event-rows", now, **step | {"case": CODE})
    ]
    assert datas(told(admission, "csv-case-rows", now, **whole)) == datas(by_event)
