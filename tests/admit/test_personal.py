"""No personal value is stored: not in events, not in quarantine, not in texts that could not be parsed."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import orjson
import pytest

from ioc.admit import Admission, Admitted, Quarantined
from ioc.admit.reasons import Refusal
from ioc.admit.tokens import token
from ioc.event import Receipt

NAMES = ("Nguyễn Văn A", "087090001234", "Trần Thị B", "a@example.vn", "0900000000")
DOSSIER: dict[str, Any] = {
    "MaHoSo": "H20.31.1-240105-0012",
    "MaTTHC": "2.000635",
    "ChuHoSo": "Nguyễn Văn A",
    "SoGiayToChuHoSo": "087090001234",
    "DinhDanhCHS": {"LoaiDinhDanh": "1", "SoDinhDanh": "087090001234"},
    "Email": "a@example.vn",
    "SoDienThoai": "0900000000",
    "NguoiXuLy": "Trần Thị B",
    "NgayTiepNhan": "20240105083000",
    "DonViXuLy": "H20.31",
    "KenhThucHien": "2",
}


def nobody_in(value: bytes) -> None:
    text = json.dumps(orjson.loads(value), ensure_ascii=False)
    assert not [name for name in NAMES if name in text], text


def test_an_accepted_event_holds_tokens(admission: Admission, receipt: Receipt, now: datetime) -> None:
    (found,) = admission.native("national-portal", DOSSIER, receipt, now)
    assert isinstance(found, Admitted)
    nobody_in(found.value)
    assert found.event.data["applicant"] == token(b"k" * 32, "087090001234")


@pytest.mark.parametrize(
    "spoilt",
    [
        {"KenhThucHien": "9"},
        {"NgayTiepNhan": "yesterday"},
        {"DonViXuLy": "H99"},
        {"MaHoSo": ""},
        {"SoGiayToChuHoSo": {"so": "087090001234"}},
        {"KenhThucHien": ["Nguyễn Văn A"]},
        {"DonViXuLy": "a\0b"},
        {"MaTTHC": None, "NgayTiepNhan": None},
    ],
)
def test_a_refused_row_holds_none_of_them(
    spoilt: dict[str, Any], admission: Admission, receipt: Receipt, now: datetime
) -> None:
    (found,) = admission.native("national-portal", DOSSIER | spoilt, receipt, now)
    assert isinstance(found, Quarantined)
    nobody_in(found.to_bytes())


@pytest.mark.parametrize(
    "data",
    [
        {"status": "99", "applicant": "087090001234"},
        {"status": "2", "ho_ten": "Nguyễn Văn A"},
        {"status": "2", "applicant": ["087090001234", "Nguyễn Văn A"]},
        {"status": "2", "agency": {"ten": "Nguyễn Văn A"}},
        {"status": "2", "agency": "H99", "handler": "Trần Thị B"},
    ],
)
def test_a_refused_canonical_event_holds_none_of_them(
    data: dict[str, Any], admission: Admission, receipt: Receipt, now: datetime
) -> None:
    event = {"specversion": "1.0", "id": "1", "source": "s", "type": "records.progress", "subject": "c"}
    event |= {"time": "2024-01-05T08:30:00Z", "dataschema": "records/progress.v1"}
    for broken in (event | {"data": data}, event | {"data": data, "type": "nothing.progress"}):
        found = admission.canonical(broken, receipt, now)
        assert isinstance(found, Quarantined)
        nobody_in(found.to_bytes())


TEXTS = [
    json.dumps(DOSSIER, ensure_ascii=False)[:-1],
    json.dumps(DOSSIER, ensure_ascii=False)[:75],
    str(DOSSIER),
    "H20.31.1-240105-0012,Nguyễn Văn A,087090001234,2024-01-05 08:30",
    "<ChuHoSo>Nguyễn Văn A</ChuHoSo><SoDienThoai>0900000000</SoDienThoai>",
    "ChuHoSo=Nguyễn Văn A\nNguoiXuLy=Trần Thị B",
    "C\0h\0u\0H\0o\0S\0o\0=Nguyễn Văn A",
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_that_cannot_be_parsed_is_masked(
    text: str, admission: Admission, receipt: Receipt, now: datetime
) -> None:
    why = Refusal("unreadable", "line 3", None, "mend it")
    found = [admission.refuse("national-portal", why, text, receipt)]
    found += [
        v
        for v in admission.native("national-portal", text.encode(), receipt, now)
        if isinstance(v, Quarantined)
    ]
    found += [
        v for v in admission.native("nobody-knows", text.encode(), receipt, now) if isinstance(v, Quarantined)
    ]
    assert len(found) == 3
    for verdict in found:
        nobody_in(verdict.to_bytes())


def test_a_row_of_an_unknown_source_keeps_its_field_names_alone(
    admission: Admission, receipt: Receipt, now: datetime
) -> None:
    (found,) = admission.native("nobody-knows", {"Name": "Nguyễn Văn A"}, receipt, now)
    assert isinstance(found, Quarantined)
    assert found.payload is None
    assert found.payload_text == '{"Name":"•••"}'


def test_tokens_pass_through_a_redrive(admission: Admission, receipt: Receipt, now: datetime) -> None:
    (refused,) = admission.native("national-portal", DOSSIER | {"DonViXuLy": "H99"}, receipt, now)
    assert isinstance(refused, Quarantined)
    assert refused.payload is not None
    (again,) = admission.native("national-portal", refused.payload | {"DonViXuLy": "H20.31"}, receipt, now)
    (first,) = admission.native("national-portal", DOSSIER, receipt, now)
    assert isinstance(again, Admitted)
    assert isinstance(first, Admitted)
    assert again.event.hash == first.event.hash


def test_another_key_gives_another_token() -> None:
    assert token(b"a" * 32, "087090001234") != token(b"b" * 32, "087090001234")
    assert token(b"a" * 32, " 087090001234 ") == token(b"a" * 32, "087090001234")


def test_a_short_key_is_refused(admission: Admission) -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        Admission(admission.registry, b"short", 9_999)
