"""`ioc feed new`, `list` and `try`: a feed begun, found and tried on a sample, with nothing written."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ioc.check import check
from ioc.cli.feed import app
from ioc.errors import BadInput, IocError
from ioc.feeds.begin import Kind, begin
from schemas import load
from tests.check.conftest import NOW

KINDS: tuple[Kind, ...] = ("case", "observation")
WORDS = {"vi": "Cuộc gọi: cấp cứu", "en": 'Calls, "urgent"', "owner": "Sở Y tế"}


@pytest.fixture
def begun(tmp_path: Path) -> Path:
    """A folder with a new feed of each kind."""
    for kind in KINDS:
        begin(load(), f"new-{kind}", kind, tmp_path, WORDS)
    return tmp_path


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


def run(home: Path, _: str, *words: str, **environment: str) -> Done:
    """A command in this process, with the errors that `main` would print."""
    result = CliRunner().invoke(
        app, words, env={"IOC_HOME": str(home), "IOC_SCHEMAS_PATH": "", **environment}
    )
    said = result.stderr
    if isinstance(result.exception, IocError):
        said += str(result.exception)
    elif result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Done(result.exit_code, result.stdout, said)


def tried(folder: Path, *words: str) -> tuple[int, dict[str, Any]]:
    done = run(folder, "feed", "try", *words, "--json", IOC_SCHEMAS_PATH=str(folder))
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def test_a_new_feed_passes_the_check_and_is_called_as_it_was_said(begun: Path) -> None:
    assert check([begun], NOW).findings == ()
    registry = load([begun])
    for kind in KINDS:
        feed = registry.every[f"new-{kind}"]
        assert (feed.kind, feed.label.vi, feed.label.en, feed.owner) == (kind, *WORDS.values())
        assert registry.sources[f"new-{kind}-sheet"].feed == feed.feed
        first = (begun / f"feeds/new-{kind}/feed.yaml").read_text(encoding="utf-8").splitlines()[0]
        page = begun / "feeds" / f"new-{kind}" / first.partition("$schema=")[2]
        assert page.resolve().name == "feed.schema.json"
        assert page.exists()


@pytest.mark.parametrize(
    "name", ["Ambulance", "ambulance_calls", "a--b", "records", "unknown", "new-case", "x" * 51]
)
def test_a_name_that_cannot_be_used_is_refused(name: str, begun: Path) -> None:
    with pytest.raises(BadInput, match="NAME"):
        begin(load([begun]), name, "case", begun, {})
    assert not (begun / "feeds" / name).exists() or name == "new-case"


def test_what_lies_there_is_not_written_over(begun: Path) -> None:
    with pytest.raises(BadInput, match="is there already"):
        begin(load(), "new-case", "case", begun, {})


def test_new_goes_to_the_home_that_every_process_reads_and_is_listed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    made = run(home, "feed", "new", "ambulance-calls", "--en", "Ambulance calls")
    assert made.returncode == 0, made.stderr
    assert str(home / "schemas/feeds/ambulance-calls/feed.yaml") in made.stdout.splitlines()
    assert "no stack reads it yet" not in made.stderr
    told = json.loads(run(home, "feed", "list", "--json").stdout)
    (mine,) = [one for one in told if one["feed"] == "ambulance-calls"]
    assert (mine["kind"], mine["label"], mine["figures"]) == ("case", "Ambulance calls", 6)
    assert mine["events"] == {"progress": ["v1 (draft)"]}
    assert mine["sources"] == ["ambulance-calls-sheet"]
    assert {one["feed"] for one in told} > load().every.keys()
    assert run(home, "feed", "freeze", "ambulance-calls").returncode == 0
    line = next(x for x in run(home, "feed", "list").stdout.splitlines() if x.startswith("ambulance-calls"))
    assert "progress v1 " in line
    assert "draft" not in line


def test_a_folder_nobody_reads_is_said(tmp_path: Path) -> None:
    made = run(tmp_path, "feed", "new", "ambulance", "--in", str(tmp_path / "mine"))
    assert made.returncode == 0, made.stderr
    assert f"add {tmp_path / 'mine'} to IOC_SCHEMAS_PATH" in made.stderr


def test_a_sample_of_cases_is_tried_and_not_kept(begun: Path) -> None:
    before = {path: path.read_bytes() for path in begun.rglob("*") if path.is_file()}
    code, told = tried(begun, "new-case", str(begun / "feeds/new-case/examples/sample.csv"))
    assert (code, told["rows"], told["accepted"], told["repeated"]) == (1, 5, 4, 0)
    (refused,) = told["refused"]
    assert (refused["row"], refused["reason"], refused["value"]) == (5, "unknown-word", "fax")
    assert "new-case-sheet.yaml" in refused["mend"]
    assert {one["case_id"]: (one["phase"], one["outcome"]) for one in told["cases"]} == {
        "A-1": ("resolved", "early"),
        "A-2": ("open", None),
    }
    assert told["at"] == "2024-12-03T03:00:00+00:00"
    figures = {one["name"]: (one["value"], one["part"], one["whole"]) for one in told["figures"]}
    assert figures == {
        "received_today": (0, None, None),
        "done_today": (1, None, None),
        "in_process": (1, None, None),
        "urgent_in_process": (1, None, None),
        "overdue": (1, None, None),
        "on_time_rate": (100.0, 1, 1),
    }
    assert "Nguyễn" not in json.dumps(told, ensure_ascii=False)
    assert {path: path.read_bytes() for path in begun.rglob("*") if path.is_file()} == before


def test_figures_are_told_of_the_instant_that_is_asked_for(begun: Path) -> None:
    sample = str(begun / "feeds/new-case/examples/sample.csv")
    _, told = tried(begun, "new-case", sample, "--at", "2024-12-02T10:00:00+07:00")
    assert {one["name"]: one["value"] for one in told["figures"]}["received_today"] == 2
    for at in ("2024-12-02T10:00:00", "soon"):
        done = run(begun, "feed", "try", "new-case", sample, "--at", at, IOC_SCHEMAS_PATH=str(begun))
        assert (done.returncode, "--at" in done.stderr) == (1, True)


def test_a_correction_of_an_observation_wins(begun: Path) -> None:
    code, told = tried(begun, "new-observation", str(begun / "feeds/new-observation/examples/sample.csv"))
    assert (code, told["accepted"], [one["row"] for one in told["refused"]]) == (1, 4, [5])
    values = {one["case_id"]: json.loads(one["attributes"])["value"] for one in told["cases"]}
    assert {key: float(value) for key, value in values.items()} == {
        "handled/H20/2024-12-02": 14,
        "handled/H20/2024-12-03": 12,
        "satisfied_share/H20/2024-11": 93.5,
    }


def test_canonical_events_need_no_mapping_and_repeats_are_counted(begun: Path, tmp_path: Path) -> None:
    event = json.loads((begun / "feeds/new-case/examples/valid/received.json").read_text(encoding="utf-8"))
    lines = tmp_path / "events.jsonl"
    lines.write_text("\n".join([json.dumps(event), json.dumps(event), "{"]), encoding="utf-8")
    code, told = tried(begun, "new-case", str(lines))
    assert (code, told["accepted"], told["repeated"]) == (1, 1, 1)
    assert [(one["row"], one["reason"]) for one in told["refused"]] == [(3, "unreadable")]


def test_two_codes_are_one_case_and_clocks_run(tmp_path: Path) -> None:
    events = [
        json.loads(path.read_text(encoding="utf-8"))
        for name in ("received", "alias")
        for path in Path(load().feeds["records"].file).parent.glob(f"examples/valid/{name}.json")
    ]
    codes = {events[1]["subject"], events[1]["data"]["same_as"]}
    events[0]["subject"] = min(codes)
    lines = tmp_path / "events.jsonl"
    lines.write_text("\n".join(map(json.dumps, events)), encoding="utf-8")
    done = run(tmp_path, "feed", "try", "records", str(lines), "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["accepted"], len(told["cases"])) == (2, 1)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["new-case", "nowhere.csv"], "FILE"),
        (["service-requests", "FILE"], "no canonical events; name their mapping (none yet)"),
        (["new-case", "FILE", "--source", "national-portal"], "new-case-sheet"),
        (["new-case", "FILE", "--source", "nowhere.yaml"], "nowhere.yaml"),
    ],
)
def test_what_cannot_be_tried_says_why(words: list[str], said: str, begun: Path) -> None:
    sample = str(begun / "feeds/new-case/examples/sample.csv")
    given = [sample if word == "FILE" else word for word in words]
    done = run(begun, "feed", "try", *given, IOC_SCHEMAS_PATH=str(begun))
    assert done.returncode == 1
    assert said in done.stderr


def test_a_mapping_by_its_file_and_the_printed_form(begun: Path, root: Path, tmp_path: Path) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text(
        "case:concept:name,case:startdate,case:deadline,case:department,case:channel,case:responsible,case:enddate,"
        "concept:instance,time:timestamp,concept:name,org:group,org:resource\n"
        "c1,2011-10-11T13:42:22+02:00,2011-12-06T13:41:31+01:00,General,Desk,R1,2011-10-12T10:00:00+02:00,"
        "t1,2011-10-11T13:45:40+02:00,Confirmation,G1,R1\n",
        encoding="utf-8",
    )
    mapping = str(root / "docs/examples/sources/receipt.yaml")
    done = run(begun, "feed", "try", "permits", str(rows), "--source", mapping)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("rows 1, events accepted 3, repeated 0, refused 0\n\ncases: 1\n")
    assert "On-time rate today: 100.00 % (1 of 1)" in done.stdout
    assert done.stdout.endswith("nothing was written\n")
