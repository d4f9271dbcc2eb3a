"""Every guard of `ioc check` refuses what it must, with file, line, field and mend, and takes the rest."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ioc.check import check
from ioc.check.personal import looks_personal
from schemas import load
from tests.check.conftest import NOW, Spoil

FEED = "feeds/records/feed.yaml"
EVENT = "feeds/records/progress.v1.json"
SERIES = "feeds/lgsp/observed.v1.json"
PORTAL = "sources/national-portal.yaml"
VALID = "feeds/records/examples/valid/received.json"
ASKS = "in_figures AND entered_on = at_date"
SERVICE = '"service": {"type": "string"'
STATUS = '"status": {"type": "string"'
BAD = [
    # life cycle
    (
        FEED,
        '"3": {phase: refused, ends: true, next: []',
        '"3": {phase: refused, next: []',
        "3.next",
        "an end",
    ),
    (FEED, 'next: ["4", "9", "10"]', 'next: ["8"]', "8.next", "an end"),
    (EVENT, STATUS, '"status": {"type": "string", "enum": ["2", "11"]', "status", "11"),
    (EVENT, STATUS, '"status": {"type": "string", "enum": ["2"]', "statuses.4", "lets"),
    (
        EVENT,
        '"channel": {"type": "string"',
        '"channel": {"enum": ["fax"], "type": "string"',
        "channel",
        "fax",
    ),
    (
        SERIES,
        '"series": {"type": "string"',
        '"series": {"type": "string", "enum": ["failed", "lost"]',
        "series",
        "lost",
    ),
    (
        SERIES,
        '"series": {"type": "string"',
        '"series": {"type": "string", "const": "failed"',
        "latency",
        "lets",
    ),
    (SERIES, '"service": {"type": "string"', '"user_phone": {"type": "string"', "user_phone", "x-personal"),
    (SERIES, SERVICE, f'{SERVICE}, "enum": ["ho-tich"]', "service.values.vnpost", "lets `service` say it"),
    ("feeds/lgsp/feed.yaml", "retention_days: 30", "retention_days: 2", "topic.retention_days", "14"),
    (
        "feeds/lgsp/feed.yaml",
        "{vi: Giao dịch, en: Transactions}",
        "{vi: '-', en: Transactions}",
        "label.vi",
        "words",
    ),
    # measures
    (FEED, ASKS, "1 / 0 = 1", "received_today.where", "not allowed"),
    (FEED, ASKS, "dued_on = at_date", "where", "column"),
    (
        FEED,
        "numerator: in_figures AND resolved_on = at_date AND",
        "numerator: in_figures AND",
        "numerator",
        "begin",
    ),
    # labels
    (FEED, "vi: Tiếp nhận trong ngày", "vi: TBD", "measures.received_today.label.vi", "holds a place"),
    (FEED, "vi: Tiếp nhận trong ngày", "vi: '  '", "measures.received_today.label.vi", "say in words"),
    (FEED, "vi: Tiếp nhận trong ngày", "vi: '…'", "measures.received_today.label.vi", "say in words"),
    (FEED, "vi: Tiếp nhận trong ngày", "vi: Received today", "measures.received_today.label", "translate"),
    (FEED, "vi: Mới đăng ký", "vi: 'Mới đăng ký '", "statuses.1.label.vi", "blanks"),
    (PORTAL, "en: National Public Service Portal", "en: '?'", "label.en", "say in words"),
    # due dates
    (EVENT, '"format": "date-time", ', "", "properties.due_at", "instant"),
    (EVENT, '"due_at": {', '"until": {', "measures.overdue.where", "due_at"),
    (FEED, "fee: resume, stop", "stop", "statuses.6", "clocks.pauses"),
    (FEED, "phase: paused, pause: fee,", "phase: paused,", "statuses.6", "whom"),
    (FEED, "phase: note, consultation: answered", "phase: note", "statuses.HOI", "answered"),
    # personal data
    (
        EVENT,
        '"applicant": {"type": "string", "x-personal": true,',
        '"applicant": {"type": "string",',
        "applicant",
        "points to",
    ),
    (EVENT, '"section": {', '"so_dien_thoai": {', "so_dien_thoai", "x-personal"),
    (EVENT, '"x-personal": true', '"x-personal": "yes"', "handler.x-personal", "true or false"),
    (EVENT, '"pattern": "^tok_[0-9a-f]{24}$"', '"pattern": "^[A-Z]+$"', "properties.handler", "token"),
    (
        EVENT,
        '"section": {',
        '"section": {"properties": {"phone": {}}, ',
        "section.properties.phone",
        "of its own",
    ),
    (PORTAL, "section: PhongBanXuLy", "section: HoTenCanBo", "data.section", "personal"),
    # topics
    (FEED, "retention_days: 30", "retention_days: 3", "topic.retention_days", "14"),
    (FEED, "retention_days: 30", "retention_days: 30, cleanup_policy: compact", "topic", "compaction"),
    # examples
    (VALID, '"status": "2"', '"status": "77"', "status", "unknown-status"),
]


@pytest.mark.parametrize(("file", "old", "new", "field", "word"), BAD, ids=range(len(BAD)))
def test_what_cannot_work_is_refused(
    file: str, old: str, new: str, field: str, word: str, spoil: Spoil, own: Path
) -> None:
    found = [one for one in spoil(file, old, new) if one.field.endswith(field)]
    assert any(word in f"{one.value} {one.mend}" for one in found), found
    assert all(Path(one.file).is_relative_to(own) for one in found)


def test_a_finding_names_the_line_of_its_value(spoil: Spoil, own: Path) -> None:
    found = next(one for one in spoil(EVENT, '"section": {', '"ho_ten": {') if one.value == "ho_ten")
    lines = (own / EVENT).read_text(encoding="utf-8").splitlines()
    assert '"ho_ten"' in lines[found.line - 1]
    assert str(found).startswith(f"{own / EVENT}:{found.line}: properties.ho_ten: 'ho_ten'; ")


def test_packaged_promises_and_worked_examples_pass(root: Path) -> None:
    checked = check([root / "docs/examples"], NOW)
    assert checked.findings == ()
    assert checked.counts["feed"] == len(load().every)
    assert checked.counts["example"] > 60
    assert not checked.compared


def test_an_example_under_a_false_name_is_found(own: Path) -> None:
    invalid = own / "feeds/records/examples/invalid"
    (invalid / "no-zone.json").rename(invalid / "bad-date.json")
    (invalid / "unknown-status.json").rename(invalid / "unknown-word--status.json")
    taken = (own / VALID).read_text(encoding="utf-8")
    (invalid / "wrong-type--none.json").write_text(taken, encoding="utf-8")
    said = {Path(one.file).name: one.mend for one in check([own], NOW).findings}
    assert said.keys() == {"bad-date.json", "unknown-word--status.json", "wrong-type--none.json"}
    assert "name the file by the reason" in said["bad-date.json"]
    assert "refused as unknown-status (status: " in said["unknown-word--status.json"]
    assert "it is accepted" in said["wrong-type--none.json"]


def test_a_feed_without_examples_is_found_unless_it_extends_another(own: Path) -> None:
    for path in (own / "feeds/permits/examples/invalid").iterdir():
        path.unlink()
    like = own / "feeds/desk/feed.yaml"
    like.parent.mkdir()
    like.write_text("feed: desk\nextends: service-requests\n", encoding="utf-8")
    (found,) = check([own], NOW).findings
    assert (found.field, found.value) == ("examples", "invalid")
    assert found.file == str(own / "feeds/permits/examples/invalid")


def test_examples_of_a_feed_that_cannot_be_used_are_not_tried(spoil: Spoil) -> None:
    found = spoil(EVENT, '"additionalProperties": false', '"additionalProperties": true')
    assert [one.field for one in found] == ["additionalProperties"]


def test_examples_are_not_blamed_for_broken_reference_data(own: Path) -> None:
    (own / "reference").mkdir()
    rows = "code,name,level,parent,valid_from,valid_to,made\nH1,,department,,,,true\n"
    (own / "reference/agencies.csv").write_text(rows, encoding="utf-8")
    assert {Path(one.file).name for one in check([own], NOW).findings} == {"agencies.csv"}


def test_all_findings_come_at_once(spoil: Spoil, own: Path) -> None:
    (own / "sources/portal.yaml").write_text("source: [", encoding="utf-8")
    event = json.loads((own / EVENT).read_text(encoding="utf-8"))
    event["properties"]["address"] = {"type": "string"}
    (own / EVENT).write_text(json.dumps(event), encoding="utf-8")
    found = spoil(FEED, "retention_days: 30", "retention_days: 3")
    assert {one.field for one in found} == {"(the file)", "properties.address", "topic.retention_days"}


@pytest.mark.parametrize(
    "name",
    ["ho_ten", "HoTenNguoiNop", "Địa chỉ", "SoDienThoai", "e-mail", "caller_name", "CCCD", "phoneNumber"],
)
def test_names_of_personal_data_are_known(name: str) -> None:
    assert looks_personal(name)


@pytest.mark.parametrize(
    "name",
    ["section", "PhongBanXuLy", "MaTTHC", "surplus", "diachinh", "Incident Zip", "filename_hash", "latitude"],
)
def test_names_of_other_data_are_left_alone(name: str) -> None:
    assert looks_personal(name) is None
