"""What a mapping can do, on a small one of the test's own."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from ioc.admit import Admission, Admitted, Quarantined
from ioc.event import Receipt
from schemas import Registry, Unusable, load
from schemas.source_files import PACKAGED

MAPPING = """
source: desk
feed: permits
label: {vi: Quầy, en: Desk}
system: desk.example
zone: Europe/Amsterdam
times: ["dd/MM/yyyy HH:mm"]
missing: ["-"]
agencies: own
personal: [who]
words: {channel: {Bàn: Desk}}
messages:
  note:
    shape: {equals: {kind: note}}
    case: "P-{no}"
    events:
      - event: activity
        id: "{no}/{at}"
        time: at
        data: {status: {constant: activity}, activity: {field: a.b}}
  row:
    shape: {present: [no], absent: [void]}
    case: "P-{no}"
    events:
      - event: received
        id: received
        time: at
        data:
          status: {constant: received}
          agency: {field: unit, pattern: '^([A-Z]+)-', unmatched: missing}
          channel: {field: by, words: channel}
          due_at: due
          responsible: {field: who, pattern: '^(NV[0-9]+)$'}
      - event: completed
        when: {present: [done]}
        id: "{done}"
        time: done
        data: {status: {constant: completed}}
"""
V2 = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "additionalProperties": False,
    "required": ["status", "floor"],
    "properties": {"status": {"const": "completed", "type": "string"}, "floor": {"type": "integer"}},
}
Read = Callable[..., list[Admitted | Quarantined]]


@pytest.fixture
def read(tmp_path: Path, receipt: Receipt, now: datetime) -> Read:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources/desk.yaml").write_text(MAPPING, encoding="utf-8")
    admission = Admission(load([tmp_path]), b"k" * 32, 4_000)
    return lambda **row: admission.native("desk", row, receipt, now)


def datas(found: list[Admitted | Quarantined]) -> list[dict[str, Any] | tuple[str, str | None]]:
    return [v.event.data if isinstance(v, Admitted) else (v.reason, v.field) for v in found]


def test_several_time_columns_give_several_events_numbered_from_the_row(read: Read) -> None:
    found = read(no="1", at="01/02/2024 09:00", done="03/02/2024 09:00", unit="ENV-7", by="Bàn", due="-")
    assert datas(found) == [
        {"status": "received", "agency": "ENV", "channel": "Desk"},
        {"status": "completed"},
    ]
    assert [v.receipt.seq if isinstance(v, Quarantined) else v.event.receipt.seq for v in found] == [112, 113]
    assert {v.event.case_id for v in found if isinstance(v, Admitted)} == {"P-1"}


def test_empty_and_missing_words_say_nothing(read: Read) -> None:
    assert datas(read(no="1", at="01/02/2024 09:00", done=" ", unit="-", by="")) == [{"status": "received"}]


def test_a_bad_event_does_not_take_the_good_one_along(read: Read) -> None:
    found = read(no="1", at="01/02/2024 09:00", done="soon")
    assert datas(found) == [{"status": "received"}, ("bad-time", "done")]


def test_words_are_compared_as_unicode_means_them(read: Read) -> None:
    assert datas(read(no="1", at="01/02/2024 09:00", by="Ba\u0300n"))[0] == {
        "status": "received",
        "channel": "Desk",
    }


def test_the_shape_chooses_the_kind_of_message(read: Read) -> None:
    note = read(kind="note", no="1", at="01/02/2024 09:00", a={"b": "checked"})
    assert datas(note) == [{"status": "activity", "activity": "checked"}]
    assert datas(read(void="x", no="1")) == [("no-event", None)]


def test_fields_that_the_mapping_does_not_read_are_stored_nowhere(read: Read) -> None:
    good, bad = read(no="1", at="01/02/2024 09:00", done="soon", phone="0900000000", at2="x")
    assert isinstance(good, Admitted)
    assert isinstance(bad, Quarantined)
    assert b"0900000000" not in good.value + bad.to_bytes()
    assert bad.payload == {"no": "1", "at": "01/02/2024 09:00", "done": "soon"}


def test_what_is_too_large_to_keep_is_cut_to_text(read: Read) -> None:
    (found,) = read(no="1", at="01/02/2024 09:00", unit="X" * 5_000 + "-")
    assert isinstance(found, Quarantined)
    assert found.reason == "schema-violation"
    assert found.payload is None
    assert len(found.to_bytes()) < 4_000


def test_the_same_row_gives_the_same_events(read: Read) -> None:
    row = {"no": "1", "at": "01/02/2024 09:00", "done": "03/02/2024 09:00"}
    assert [v.event.hash for v in read(**row) if isinstance(v, Admitted)] == [
        v.event.hash for v in read(**row) if isinstance(v, Admitted)
    ]


def test_a_personal_value_is_masked_where_it_is_the_reason(read: Read) -> None:
    (found,) = read(no="1", at="01/02/2024 09:00", who="Trần Thị B")
    assert isinstance(found, Quarantined)
    assert (found.reason, found.field, found.value) == ("unknown-word", "who", "•••")
    assert "Trần" not in found.to_bytes().decode()


@pytest.fixture
def with_v2(tmp_path: Path) -> Callable[[str], Registry]:
    """Promises in which `completed` has a v2 that asks for what the desk does not know."""
    feed = tmp_path / "feeds/permits"
    shutil.copytree(PACKAGED / "feeds/permits", feed)
    text = (feed / "feed.yaml").read_text(encoding="utf-8")
    (feed / "feed.yaml").write_text(text.replace("completed: [v1]", "completed: [v1, v2]"), encoding="utf-8")
    (feed / "completed.v2.json").write_text(json.dumps(V2), encoding="utf-8")
    (tmp_path / "sources").mkdir()

    def loaded(version: str) -> Registry:
        mapping = MAPPING.replace("event: completed\n", f"event: completed\n{version}")
        (tmp_path / "sources/desk.yaml").write_text(mapping, encoding="utf-8")
        return load([tmp_path])

    return loaded


def test_a_source_stays_at_the_version_it_names(
    with_v2: Callable[[str], Registry], receipt: Receipt, now: datetime
) -> None:
    admission = Admission(with_v2("        version: v1\n"), b"k" * 32, 4_000)
    row = {"no": "1", "at": "01/02/2024 09:00", "done": "03/02/2024 09:00", "by": "Bàn"}
    found = admission.native("desk", row, receipt, now)
    assert [v.event.dataschema for v in found if isinstance(v, Admitted)] == [
        "permits/received.v1",
        "permits/completed.v1",
    ]


@pytest.mark.parametrize(
    ("version", "field", "value", "mend"),
    [
        ("        version: v3\n", "version", "v3", "name a version of completed: v1, v2"),
        ("", "data", "floor", "permits/completed.v2 requires it: map it, or name an older `version`"),
    ],
)
def test_a_version_that_is_none_or_asks_for_more_is_found(
    with_v2: Callable[[str], Registry], version: str, field: str, value: str, mend: str
) -> None:
    with pytest.raises(Unusable) as unusable:
        with_v2(version)
    (found,) = unusable.value.findings
    assert found.field == f"messages.row.events.1.{field}"
    assert (found.value, found.mend.startswith(mend)) == (value, True)
