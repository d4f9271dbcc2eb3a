"""`--definitions-of`: figures by the rules then in force, at any revision's position, to the unit."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner, Result

import jobs.recount
from ioc.cli.main import app
from ioc.errors import BadInput
from ioc.event import Event
from ioc.settings import Settings
from ioc.warehouse import connect, live
from jobs.recount import recount
from jobs.staging import months_of
from jobs.window import Window
from schemas import load
from schemas.source_files import PACKAGED
from tests.jobs.offices import FEED, FIRST, Office, courses, told

OPENS, ENDS = date(2024, 1, 1), date(2024, 4, 30)
BEGUN, CHANGED, NOW = (datetime(2024, month, 2, 2, tzinfo=UTC) for month in (5, 6, 7))
THEN, SINCE = "2024-05-10", "2024-06-10"  # days on which the old and the new rules were known
PROCEDURE, OLD, NEW = "1.000028", "Đường bộ", "Đường thủy"
NAMES = {"A": "H20.01", "B": "H20.02", "C": "H20.03", "1": "online", "2": "direct", "1.000001": PROCEDURE}
Ask = Callable[..., Result]


def packaged_names(event: Event) -> Event:
    data = {key: NAMES.get(value, value) if key != "status" else value for key, value in event.data.items()}
    made = replace(event, data=data)
    return replace(made, hash=made.content_hash())


@pytest.fixture(scope="module")
def events() -> list[Event]:
    made = [packaged_names(event) for event in (*courses(Random(5), 160, 80), *on_the_day())]
    return sorted(made, key=lambda event: event.receipt.received_at)


def on_the_day() -> Iterator[Event]:
    """Cases resolved on the due date's day, hours after the due instant."""
    for n in range(12):
        case, at = f"H20-240301-{n:04}-due", FIRST + timedelta(days=5 * n)
        said = {"agency": "A", "channel": "1", "procedure": "1.000001"}
        due = (at + timedelta(days=3)).isoformat()
        yield told(case, f"{n}-in", at, "2", at, due_at=due, **said)
        done = at + timedelta(days=3, hours=4)
        yield told(case, f"{n}-out", done, "9", done)


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """Promises in which due dates count by the instant, and the procedure is of another field."""
    folder = tmp_path / "schemas"
    place = folder / "feeds" / FEED
    place.mkdir(parents=True)
    for file in (PACKAGED / "feeds" / FEED).iterdir():
        if file.is_file():
            text = file.read_text(encoding="utf-8")
            (place / file.name).write_text(text.replace("compare: date", "compare: instant"))
    lines = (PACKAGED / "reference" / "procedures.csv").read_text(encoding="utf-8").splitlines()
    (mine,) = (line for line in lines if line.startswith(PROCEDURE))
    (folder / "reference").mkdir()
    (folder / "reference" / "procedures.csv").write_text(f"{lines[0]}\n{mine.replace(OLD, NEW)}\n")
    return folder


@pytest.fixture
def office(warehouse: Settings, events: list[Event], changed: Path) -> Iterator[Office]:
    """Half of the events published by the old rules, all of them by the new ones."""
    with connect(warehouse, name="test") as conn, connect(warehouse, autocommit=True) as worker:
        live.prepare(worker)
        made = Office(conn, worker, load(), now=BEGUN)
        half = len(events) * 2 // 3
        made.deliver(events[:half])
        made.roll(Window(OPENS, ENDS))
        made.now = CHANGED
        made.promised(load([changed]))
        made.deliver(events[half:])
        made.roll(Window(OPENS, ENDS))
        yield made


@pytest.fixture
def ask(
    office: Office, warehouse: Settings, changed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Ask:
    monkeypatch.setenv("IOC_WAREHOUSE_URL", warehouse.warehouse_url)
    monkeypatch.setenv("IOC_HOME", str(tmp_path))
    monkeypatch.setenv("IOC_SCHEMAS_PATH", str(changed))
    monkeypatch.setenv("IOC_CLOCK", f"{NOW.isoformat()}@{NOW.isoformat()}*0")

    def asked(*words: str) -> Result:
        said = CliRunner().invoke(app, [*words, "--format", "json"], catch_exceptions=False)
        assert said.exit_code == 0, said.output
        return said

    return asked


FLOW = ("flow", "--feed", FEED, "--period", "month", "--by", "agency")
FORM = ("form", "II.06b", "2024-Q1", "--feed", FEED, "--agency", "H20")
COMMANDS = (FLOW, (*FLOW, "--from", "2024-02", "--to", "2024-03"), FORM)


def figures(said: Result) -> Any:
    found = json.loads(said.stdout)
    return found if isinstance(found, list) else [(row["label"], row["cells"]) for row in found["rows"]]


def test_by_the_rules_of_then_the_revision_of_then_comes_out(ask: Ask) -> None:
    for command in COMMANDS:
        then = figures(ask(*command, "--as-of", THEN))
        assert figures(ask(*command, "--as-of", THEN, "--definitions-of", THEN)) == then
        now = figures(ask(*command))
        assert figures(ask(*command, "--definitions-of", SINCE)) == now
        assert then != now


def test_other_rules_at_the_same_position_move_only_what_they_define(ask: Ask) -> None:
    """What did we sign in May, and what would we sign of it by the rules of June."""
    kept = ("period", "group", "carried_over", "new", "resolved", "no_due_date", "open_end")
    for command in COMMANDS:
        then = figures(ask(*command, "--as-of", THEN))
        by_now = figures(ask(*command, "--as-of", THEN, "--definitions-of", SINCE))
        assert by_now != then
        if command[0] == "flow":
            same = [[[row[name] for name in kept] for row in one] for one in (then, by_now)]
            assert same[0] == same[1]
        else:
            assert by_now[-1][1]["3"] == then[-1][1]["3"]
            assert [then[1][0], by_now[1][0]] == [OLD, NEW]


def test_it_says_by_which_definitions_and_that_nobody_published_it(ask: Ask, office: Office) -> None:
    old, new = load().feeds[FEED].definitions_hash, office.feed.definitions_hash
    said = ask(*FLOW, "--definitions-of", THEN).stderr
    assert said == (
        f"definitions of {THEN}: not published: counted again by definitions {old}, known since"
        " 2024-05-02T09:00:00+07:00\n"
    )
    form = json.loads(ask(*FORM, "--definitions-of", SINCE).stdout)
    assert form["standing"]["definitions"] == new != old
    note = f"Không phải số liệu công bố: đếm lại theo định nghĩa {new}, biết từ 09:00 02/06/2024."
    assert note in form["footnotes"]


def test_before_any_definitions_were_known_the_earliest_are_named(ask: Ask) -> None:
    with pytest.raises(BadInput, match=r"definitions-of: '2024-05-01' .*earliest are known since 2024-05-02"):
        ask(*FLOW, "--definitions-of", "2024-05-01")
    with pytest.raises(BadInput, match="definitions-of: '2024-07-03'"):
        ask(*FLOW, "--definitions-of", "2024-07-03")
    with pytest.raises(BadInput, match=f"definitions-of: '{THEN}' .*--signed prints that"):
        ask(*FORM, "--signed", "--definitions-of", THEN)


def test_rules_that_come_back_are_in_force_again(ask: Ask, office: Office) -> None:
    office.now = NOW - timedelta(days=10)
    office.promised(load())
    old = ask(*FLOW, "--definitions-of", THEN).stdout
    assert ask(*FLOW, "--definitions-of", "2024-06-25").stdout == old
    assert ask(*FLOW, "--definitions-of", SINCE).stdout != old


def test_a_changed_field_is_restated_by_the_definitions(office: Office) -> None:
    rows = office.conn.execute(
        "select distinct sector, sign(new - old) from restatement where cause = 'definitions'"
        " and figure = 'new' order by sector"
    ).fetchall()
    assert rows == [(OLD, -1), (NEW, 1)]


def test_any_memory_gives_the_same(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    months, built = months_of(office.feed, office.registry, ENDS), office.built(ENDS)
    assert recount(office.conn, office.rules, {}, months).cells.is_empty()
    for at_once in (1, 47, 10_000):
        monkeypatch.setattr(jobs.recount, "AT_ONCE", at_once)
        found = recount(office.conn, office.rules, {0: office.taken}, months)
        assert (found.cases, found.set_aside) == (built.cases, built.set_aside)
        for one, other in ((found.cells, built.cells), (found.cells_of_months, built.months["months"])):
            assert one.sort(pl.all()).equals(other.select(one.columns).sort(pl.all()))
