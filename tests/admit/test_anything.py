"""Whatever is sent, admission answers; and what it accepts, a feed's own topic gives back unchanged."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from ioc.admit import REASONS, Admission, Admitted, Quarantined, topic
from ioc.event import Receipt

NOW = datetime(2025, 1, 1, tzinfo=UTC)
AT = Receipt(NOW, "b", 1)
EVERY = settings(max_examples=200, deadline=None)

texts = st.text(st.characters(), max_size=12)  # lone surrogates and NUL among them
scalars = st.none() | st.booleans() | st.integers() | st.floats() | texts
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
SAID: dict[str, Any] = {"specversion": "1.0", "id": "1", "source": "s", "type": "records.progress"}
SAID |= {
    "subject": "H20.31.1-240105-0012",
    "time": "2024-01-05T08:30:00Z",
    "dataschema": "records/progress.v1",
}
DATA = {"status": "2", "agency": "H20.31", "channel": "online", "due_at": "2024-01-09T00:00:00+07:00"}
PORTAL = {
    "MaHoSo": "H20.31.1-240105-0012",
    "TrangThai": "4",
    "ThoiDiemXuLy": "20240108091500",
    "NguoiXuLy": "B",
}
DOSSIER = {"MaHoSo": "H20.31.1-240105-0012", "MaTTHC": "2.000635", "NgayTiepNhan": "20240108091500"}


def sound(found: Admitted | Quarantined, admission: Admission) -> None:
    if isinstance(found, Admitted):
        assert admission.recheck(found.value, found.feed, found.key) == found.event
        assert topic(found) == found.feed
        again = admission.canonical(found.value, AT, NOW, found.feed, found.key)
        if isinstance(again, Admitted):  # a mapping may bring agencies that the feed's own door does not know
            assert again.event.hash == found.event.hash
        return
    assert found.reason in REASONS
    said = orjson.loads(found.to_bytes())
    assert "\0" not in str(said.get("payload"))
    assert said["mend"]


@EVERY
@given(raw=st.binary(max_size=60) | anything.map(lambda v: orjson.dumps(v, default=str) if sane(v) else b"?"))
def test_any_bytes_get_an_answer(raw: bytes, admission: Admission) -> None:
    sound(admission.canonical(raw, AT, NOW, "records"), admission)
    for found in admission.native("national-portal", raw, AT, NOW):
        sound(found, admission)


def sane(value: Any) -> bool:
    try:
        orjson.dumps(value)
    except TypeError:
        return False
    return True


@EVERY
@given(
    attribute=st.sampled_from([*SAID, "caseid", "data"]),
    value=anything,
    datum=st.sampled_from([*DATA, "procedure", "section", "applicant", "handler", "new"]),
    inside=anything,
)
def test_any_canonical_event_gets_an_answer(
    attribute: str, value: Any, datum: str, inside: Any, admission: Admission
) -> None:
    sound(admission.canonical(SAID | {"data": DATA | {datum: inside}}, AT, NOW, "records"), admission)
    sound(admission.canonical(SAID | {"data": DATA} | {attribute: value}, AT, NOW, None), admission)


@EVERY
@given(
    base=st.sampled_from([PORTAL, DOSSIER]),
    field=st.sampled_from(
        ["MaHoSo", "TrangThai", "ThoiDiemXuLy", "NguoiXuLy", "MaTTHC", "NgayHenTra", "DonViXuLy"]
    ),
    value=anything,
)
def test_any_native_message_gets_an_answer(
    base: dict[str, str], field: str, value: Any, admission: Admission
) -> None:
    found = admission.native("national-portal", base | {field: value}, AT, NOW)
    assert found
    for verdict in found:
        sound(verdict, admission)


@EVERY
@given(
    attribute=st.sampled_from([*SAID, "hash", "hash16", "receivedat", "batch", "seq", "raw", "data"]),
    value=anything,
)
def test_any_stored_value_gets_an_answer(attribute: str, value: Any, admission: Admission) -> None:
    good = admission.canonical(SAID | {"data": DATA}, AT, NOW)
    assert isinstance(good, Admitted)
    spoilt = orjson.loads(good.value) | {attribute: value}
    if sane(spoilt):
        found = admission.recheck(orjson.dumps(spoilt), "records", good.key)
        if isinstance(found, Quarantined):
            assert found.reason in REASONS
