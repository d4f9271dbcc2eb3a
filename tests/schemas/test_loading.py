"""Promise files load as people mean them, and every finding names file, line, field, value and mend."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from schemas import Unusable, load
from schemas.source_files import PACKAGED
from tests.schemas.conftest import EVENT, FEED, PORTAL, Spoil

BAD_FEED = [
    ("feed: records", "feed: record", "feed", "folder"),
    ("feed: records", "feed: unknown", "(the file)", "another name"),
    ("kind: case", "kind: cases", "kind", "case"),
    ("zone: Asia/Ho_Chi_Minh", "zone: Asia/Hanoi", "zone", "IANA"),
    ("rhythm_minutes: 15", "rythm_minutes: 15", "rythm_minutes", "rhythm_minutes"),
    ("rhythm_minutes: 15", "", "rhythm_minutes", "add it"),
    ("credit: receiving", "credit: reception", "measures.waiting_reception.credit", "receiving"),
    (
        "in_figures AND entered_on = at_date\n",
        "in_figures AND entered_on = at_date\n    credit: responsible\n",
        "measures.received_today",
        "credit: resolving",
    ),
    ("partitions: 8", "partitions: 0", "topic.partitions", "greater"),
    ("phase: paused", "phase: pause", "lifecycle.statuses.5.phase", "paused"),
    ("enters: true, ", "", "lifecycle", "enters"),
    ("{phase: open, enters: true", "{phase: paused, enters: true", "lifecycle", "open"),
    (
        "phase: delivered, ends: true, next: [], label: {vi: Đã trả kết quả, en: Result handed over}}\n",
        'phase: note, label: {vi: Đã trả kết quả, en: Result handed over}}\n    "9": {phase: resolved}\n',
        "lifecycle.statuses.9",
        "twice",
    ),
    ("vi: Mới đăng ký, en: Submitted", "vi: Mới đăng ký", "lifecycle.statuses.1.label.en", "add it"),
    ("phase: note, apology: true", "phase: open, apology: true", "lifecycle.statuses.M04", "note"),
    (
        "phase: note, consultation: asked",
        "phase: open, consultation: asked",
        "lifecycle.statuses.HOI",
        "note",
    ),
    ("consultation: asked", "apology: true, consultation: asked", "lifecycle.statuses.HOI", "two"),
    (
        'phase: open, next: ["5", "6", "7", "8", "9"], label: {vi: Đang',
        "phase: open, pause: fee, label: {vi: Đang",
        "lifecycle.statuses.4",
        "paused",
    ),
    ("valid_from: 2025-07-01", "valid_from: 2025-06-30", "clocks", "overlap"),
    ("valid_to: 2025-06-30", "valid_from: 2025-07-03, valid_to: 2025-06-30", "clocks", "before it begins"),
    ("reception_channels: [online]", "reception_channels: [by-fax]", "(the file)", "channel"),
    ("fee: resume", "fee: deduct", "clocks.pauses.fee", "restart"),
    ("calendar: vietnam\n", "", "(the file)", "calendar"),
    ("compare: date", "compare: day", "deadline.compare", "date"),
    ("kind: rate", "kind: count", "measures.on_time_rate", "alone"),
    ("    denominator: in_figures AND resolved_on = at_date\n", "", "measures.on_time_rate", "denominator"),
    ("good: up", "good: higher", "measures.resolved_today.good", "up"),
    ("tiles: [received_today", "tiles: [recieved_today", "(the file)", "recieved_today"),
    ("progress: [v1]", "progress: []", "(the file)", "[v1]"),
    ("progress: [v1]", "progres: [v1]", "(the file)", "JSON Schema"),
    ("agencies: known", "agencies: any", "agencies", "known"),
    ("label: {vi: Hồ sơ", "label: {vi: [", "(the file)", "YAML"),
    ("kind: case", "kind: case\nextends: nothing", "extends", "earlier"),
    (
        'next: ["4", "10"]',
        'next: ["4", "11"]',
        "lifecycle",
        "statuses.9.next: '11' is no status; name some of 1, 2,",
    ),
    ('next: ["4", "10"]', 'next: ["4", "M04"]', "lifecycle", "statuses.9.next: 'M04' is a note"),
    ("{phase: note, apology", '{phase: note, next: ["4"], apology', "lifecycle", "statuses.M04.next"),
]


@pytest.mark.parametrize(("old", "new", "field", "word"), BAD_FEED, ids=range(len(BAD_FEED)))
def test_a_feed_that_cannot_be_used_says_why(old: str, new: str, field: str, word: str, spoil: Spoil) -> None:
    found = spoil(FEED, old, new)
    assert any(f.field == field and word in f"{f.mend} {f.value}" for f in found), found


BAD_SOURCE = [
    ("source: national-portal", "source: portal", "source", "its file"),
    ("feed: records", "feed: record", "feed", "'records'"),
    ("zone: Asia/Ho_Chi_Minh", "zone: local", "zone", "required"),
    ("times: [yyyyMMddHHmmss", "times: [YYYYMMDD", "times.0", "yyyy"),
    ("system: dichvucong.gov.vn", "system: the portal", "system", "pattern"),
    ('"10": "10"', '"10": "12"', "messages.tienTrinh.events.0.data.status", "name a status"),
    ('"2": online', '"2": web', "messages.dossier.events.0.data.channel", "online"),
    ('{constant: "3"}', '{constant: "33"}', "messages.dossier.events.2.data.status", "name a status"),
    ("words: status, required", "words: statuses, required", "(the file)", "no table"),
    ("event: progress", "event: progres", "messages.tienTrinh.events.0.event", "progress"),
    ("section: PhongBanXuLy", "room: PhongBanXuLy", "messages.tienTrinh.events.0.data.room", "not in"),
    ("section: PhongBanXuLy", "section: NguoiXuLy", "messages.tienTrinh.events.0.data.section", "x-personal"),
    ('id: "{ThoiDiemXuLy}/{TrangThai}"', 'id: "{NguoiXuLy}"', "messages.tienTrinh", "personal"),
    (
        'id: "{ThoiDiemXuLy}/{TrangThai}"',
        'id: "{ThoiDiemXuLy/{TrangThai}"',
        "messages.tienTrinh.events.0.id",
        "{Field}",
    ),
    (
        "{0,5})-",
        "{0,5})(-)",
        "messages.tienTrinh.events.0.data.receiving_agency.pattern",
        "group",
    ),
    (
        "{0,5})-",
        "{0,5}-",
        "messages.tienTrinh.events.0.data.receiving_agency.pattern",
        "regular",
    ),
    ("field: TrangThai,", "constant: x, ", "messages.tienTrinh.events.0.data.status", "takes no"),
    ("field: TrangThai, words", "words", "messages.tienTrinh.events.0.data.status", "either"),
    ("        time: ThoiDiemXuLy\n", "", "messages.tienTrinh.events.0.time", "add it"),
]


@pytest.mark.parametrize(("old", "new", "field", "word"), BAD_SOURCE, ids=range(len(BAD_SOURCE)))
def test_a_mapping_that_cannot_be_used_says_why(
    old: str, new: str, field: str, word: str, spoil: Spoil
) -> None:
    found = spoil(PORTAL, old, new)
    assert any(f.field == field and word in f"{f.mend} {f.value}" for f in found), found


BAD_EVENT = [
    ("2020-12", "2019-09", "$schema"),
    ('"type": "object"', '"type": "objekt"', "(the schema)"),
    ('"type": "object"', '"type": "array"', "type"),
    ('"additionalProperties": false', '"additionalProperties": true', "additionalProperties"),
    ('"status": {"type": "string"', '"status": {"type": "integer"', "properties.status.type"),
    ("{", "", "(the file)"),
]


@pytest.mark.parametrize(("old", "new", "field"), BAD_EVENT, ids=range(len(BAD_EVENT)))
def test_an_event_schema_that_cannot_be_used_says_why(old: str, new: str, field: str, spoil: Spoil) -> None:
    first = spoil(EVENT, old, new)[0]
    assert (first.field, Path(first.file).name) == (field, "progress.v1.json")


def test_a_finding_about_an_event_schema_names_its_line(spoil: Spoil, tmp_path: Path) -> None:
    (found,) = [one for one in spoil(EVENT, '"status": {"type": "string"', '"status": {"type": "integer"')][
        :1
    ]
    lines = (tmp_path / EVENT).read_text(encoding="utf-8").splitlines()
    assert '"status": {"type": "integer"' in lines[found.line - 1]
    assert spoil(EVENT, '"properties": {', '"properties": {{')[0].line == lines.index('  "properties": {') + 1


def test_a_finding_names_the_line_and_all_come_at_once(spoil: Spoil, tmp_path: Path) -> None:
    (tmp_path / "reference").mkdir()
    rows = "code,name,level,parent,valid_from,valid_to,made\nH1,,department,,,,true\nH2,B,office,H9,,,true\n"
    (tmp_path / "reference/agencies.csv").write_text(rows, encoding="utf-8")
    found = spoil(FEED, "phase: paused", "phase: pause")
    text = (tmp_path / FEED).read_text(encoding="utf-8").splitlines()
    phase = next(f for f in found if f.field.endswith("phase"))
    assert "phase: pause," in text[phase.line - 1]
    assert {(f.field, f.line) for f in found if f.file.endswith(".csv")} == {("name", 2), ("level", 3)}
    assert str(phase).startswith(f"{tmp_path / FEED}:{phase.line}: lifecycle.statuses.5.phase: 'pause'; ")


def test_one_slip_of_a_new_feed_is_one_finding(tmp_path: Path) -> None:
    """Neither the list that it stands in nor a mapping onto the feed is wrong too."""
    for name in ("feeds/mine", "sources"):
        (tmp_path / name).mkdir(parents=True)
    limits = "limits: [{when: {}, limit: 2, unit: weeks, source: ours, confidence: C}]"
    stages = f"stages: {{one: {{label: {{vi: M, en: O}}, from: ['2'], to: ['9'], {limits}}}}}"
    feed = f"feed: mine\nextends: records\n{stages}\n"
    (tmp_path / "feeds/mine/feed.yaml").write_text(feed, encoding="utf-8")
    portal = (PACKAGED / PORTAL).read_text(encoding="utf-8")
    mapping = portal.replace("feed: records", "feed: mine").replace("source: national-portal", "source: mine")
    (tmp_path / "sources/mine.yaml").write_text(mapping, encoding="utf-8")
    with pytest.raises(Unusable) as unusable:
        load([tmp_path])
    assert [one.field for one in unusable.value.findings] == ["stages.one.limits.0.unit"]


def test_a_folder_that_is_not_there_is_a_finding(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="IOC_SCHEMAS_PATH"):
        load([tmp_path / "nowhere"])


def test_a_later_folder_overrides_by_name_and_extends_what_came_before(tmp_path: Path) -> None:
    own = tmp_path / FEED
    own.parent.mkdir(parents=True)
    own.write_text(
        "feed: records\nextends: records\nrhythm_minutes: 5\nmeasures: {due_today: null}\n"
        "tiles: [in_process]\nchannels: {kiosk: {vi: Ki-ốt, en: Kiosk}}\nchannel_kinds: {kiosk: direct}\n",
        encoding="utf-8",
    )
    packaged, laid = load().feed("records"), load([tmp_path]).feed("records")
    assert (laid.rhythm_minutes, laid.tiles) == (5, ("in_process",))
    assert set(laid.channels) == {*packaged.channels, "kiosk"}
    assert set(laid.measures) == set(packaged.measures) - {"due_today"}
    assert laid.lifecycle == packaged.lifecycle
    assert laid.event_schemas == packaged.event_schemas
    assert laid.definitions_hash != packaged.definitions_hash


def test_a_feed_of_another_name_extends_with_its_events(tmp_path: Path) -> None:
    own = tmp_path / "feeds/city-requests/feed.yaml"
    own.parent.mkdir(parents=True)
    own.write_text(
        "feed: city-requests\nextends: service-requests\nzone: Asia/Ho_Chi_Minh\n", encoding="utf-8"
    )
    feed = load([tmp_path]).feed("city-requests")
    assert set(feed.event_schemas) == {f"city-requests/{event}.v1" for event in feed.events}
    assert (feed.zone, feed.topics[2]) == ("Asia/Ho_Chi_Minh", "city-requests.quarantine")


def test_the_definitions_hash_moves_with_what_can_change_a_figure_alone() -> None:
    feed = load().feed("records")
    words = feed.model_copy(update={"owner": "someone else", "rhythm_minutes": 1})
    deadline = feed.model_copy(update={"deadline": feed.deadline.model_copy(update={"compare": "instant"})})
    assert words.definitions_hash == feed.definitions_hash
    assert deadline.definitions_hash != feed.definitions_hash
    assert feed.authority is not None
    assert feed.identity is not None
    others = feed.authority.model_copy(update={"tolerance_minutes": 61})
    assert feed.model_copy(update={"authority": others}).definitions_hash != feed.definitions_hash
    codes = feed.identity.model_copy(update={"codes": ()})
    assert feed.model_copy(update={"identity": codes}).definitions_hash != feed.definitions_hash
    assert json.loads(json.dumps(feed.definitions)) == feed.definitions


def test_yaml_is_read_as_written(tmp_path: Path) -> None:
    own = tmp_path / "sources/national-portal.yaml"
    own.parent.mkdir()
    text = (PACKAGED / PORTAL).read_text(encoding="utf-8")
    own.write_text(
        text.replace('{"1": direct', "{no: direct, 012: direct, 2024-01-01: direct, 1: direct"),
        encoding="utf-8",
    )
    words = load([tmp_path]).sources["national-portal"].words_of("channel")
    assert {"no", "012", "2024-01-01", "1"} <= set(words)
