"""The story's words stand in both languages, and every case can be told in them at any instant."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, get_args

import pytest
from hypothesis import given

from ioc.kernel.clocked import CAUSES, DUE_CHECKS
from ioc.kernel.fold import fold_now
from ioc.kernel.limits import POLICIES, REASONS, UNITS
from ioc.kernel.rules import CaseRules
from ioc.rules import case_rules
from ioc.story import LANGS, Lang, Line, Story
from ioc.story.lines import TIMED
from ioc.story.words import WORDS, words
from schemas import Registry, load
from schemas.procedures import Pause, ProcedureVersion, Unit
from tests.effort import tried
from tests.kernel.calendars import at as local
from tests.kernel.calendars import moments
from tests.kernel.histories import Row, event, frame
from tests.kernel.test_clocks import RULES, clocked_histories

FEED = "records"


@cache
def registry() -> Registry:
    """The packaged promises; the procedure has five working days."""
    said = {"file": "", "line": 1, "code": "1.000045", "version": "1", "limit": 5, "unit": "working_days"}
    return replace(load(), procedure_versions={"1.000045": (ProcedureVersion(**said),)})


@cache
def rules(feed: str = FEED) -> CaseRules:
    return case_rules(registry().feed(feed), registry())


def told(events: list[Row], at: datetime, lang: Lang = "en", rules_: CaseRules | None = None) -> list[Line]:
    by = rules_ or rules()
    row = fold_now(frame(events).collect(), by).to_dicts()[0]
    return Story(registry(), by).tell(row, events, at, lang)


def happened(*steps: tuple[str, str], **more: Any) -> list[Row]:
    """Steps (local time, status) of one case; `due`: of the first."""
    due, received = more.pop("due", None), more.pop("received", None)
    said = {"channel": "online", "procedure": "1.000045", "agency": "H20.01", **more}
    rows = []
    for n, (text, status) in enumerate(steps):
        dated = {"due_at": local(due) if due and n == 0 else None}
        if received and n == len(steps) - 1:
            dated["received_at"] = local(received)
        rows.append(event("c", str(n), local(text), status, **dated, **said))
    return rows


def texts(lines: list[Line], kind: str) -> list[str]:
    return [line.text for line in lines if line.kind == kind]


def test_every_word_has_the_same_places_in_both_languages() -> None:
    for key, pair in WORDS.items():
        places = [sorted(re.findall(r"\{(\w+)\}", text)) for text in pair]
        assert places[0] == places[1], key


def test_every_code_of_the_kernel_has_words() -> None:
    owed = {f"cause.{cause}" for cause in CAUSES}
    owed |= {f"span.{policy}" for policy in POLICIES} | {f"pause.{reason}" for reason in REASONS}
    owed |= {f"unit.{unit}" for unit in UNITS}
    owed |= {f"due.{check}" for check in ("same", "no-source-due", "no-limit")}
    owed |= {f"check.{c}" for c in DUE_CHECKS if c not in ("same", "no-source-due", "no-limit")}
    assert owed - WORDS.keys() == set()
    assert {*get_args(Unit)} == {*UNITS}
    assert {*get_args(Pause)} == {*POLICIES}


@pytest.mark.parametrize("text", ["now: [nay]", "now: nay", "now: [nay, '']", "now: [nay, 1]"])
def test_a_word_that_lacks_a_language_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"now: .* write \[Vietnamese, English\]"):
        words(text)


@tried(15)
@given(clocked_histories(), moments())
def test_every_history_can_be_told_at_any_instant(events: list[Row], at: datetime) -> None:
    mixed = replace(RULES, feed=FEED)
    row = fold_now(frame(events).collect(), mixed).to_dicts()[0]
    stories = [Story(registry(), mixed).tell(row, events, at, lang) for lang in LANGS]
    assert [line.kind for line in stories[0]] == [line.kind for line in stories[1]]
    assert [(line.since, line.until) for line in stories[0]] == [
        (line.since, line.until) for line in stories[1]
    ]
    assert stories[0][0].kind == "stands"
    timed = [line.since for line in stories[0] if line.kind in TIMED and line.since]
    assert {line.kind for line in stories[0] if line.since} <= {*TIMED}
    if row["set_aside"] is None and row["entered_at"] and row["flags"] == []:
        assert timed == sorted(timed)


def test_what_waits_for_reception_is_late_after_eight_working_hours() -> None:
    events = happened(("2025-05-05T07:00", "1"))
    assert texts(told(events, local("2025-05-05T17:00")), "reception") == [
        "Reception owed by 2025-05-05 17:00: still waiting, in time."
    ]
    late = told(events, local("2025-05-05T17:01"), "vi")
    assert texts(late, "reception") == ["Hạn tiếp nhận 17:00 05/05/2025: đang chờ, đã chậm."]
    assert texts(late, "stands") == ["Chưa được tiếp nhận, nên chưa tính hạn và không có trong số nào."]


@pytest.mark.parametrize(
    ("events", "kind", "text"),
    [
        (happened(("2025-05-05T08:00", "2"), ("2025-05-09T08:00", "9"), due="2025-05-12T17:00",
                  received="2025-05-13T09:00"), "cause",
         "Shown as overdue because of late synchronisation: resolved 2025-05-09 08:00, due 2025-05-12 17:00, "
         "but told only 2025-05-13 09:00."),
        (happened(("2025-05-05T08:00", "2"), ("2025-05-09T08:00", "9"), due="2025-05-08T17:00"), "cause",
         "Likely cause: a wrong limit in the source; due 2025-05-08 17:00, by us 2025-05-12 17:00."),
        (happened(("2025-05-05T08:00", "2"), ("2025-05-05T07:00", "9"), due="2025-05-08T17:00"), "stands",
         "Set aside, in no figure: resolved before it was received, which cannot be; an event that mends "
         "this brings it back."),
        (happened(("2025-05-05T08:00", "1"), ("2025-05-05T09:00", "3")), "stands",
         "Refused, so it is in no figure."),
        (happened(("2025-05-05T08:00", "2"), procedure="9.999999"), "rule",
         "The version of procedure 9.999999 on the day of reception is not known; working calendar library."),
        (happened(("2025-05-05T08:00", "2"), procedure="9.999999"), "due_by_us",
         "Due by us: none, since the procedure's limit or its unit is not known."),
        (happened(("2025-05-05T08:00", "2"), procedure="9.999999"), "flags",
         "To be looked at: Procedure not in the catalogue."),
        (happened(("2008-05-05T08:00", "2")), "counted",
         "Received: outside the working calendar, counted."),
        (happened(("2025-05-05T08:00:05", "2"), ("2025-05-05T09:00:05", "9")), "end", "Resolved."),
        (happened(("2025-05-05T08:00", "2"), agency="H20.31"), "agencies",
         "Resolved by UBND Thành phố Cao Lãnh. Now with UBND Phường Cao Lãnh."),
    ],
)  # fmt: skip
def test_a_case_says(events: list[Row], kind: str, text: str) -> None:
    assert texts(told(events, local("2025-07-14T08:00")), kind) == [text]


def test_seconds_are_told_where_there_are_any() -> None:
    said = Story(registry(), rules()).speaker("en")
    assert said.when(local("2025-05-05T08:00:05")) == "2025-05-05 08:00:05"
    assert said.when(local("2025-05-05T08:00:00")) == "2025-05-05 08:00"


def test_a_feed_without_clocks_is_told_by_its_due_date_alone() -> None:
    plain = case_rules(registry().feed("permits"), registry())
    entered, ended = sorted(plain.enters)[0], next(s for s, p in plain.phases.items() if p == "resolved")
    day = datetime(2011, 1, 4, 8, tzinfo=UTC)
    events = [
        event("c", "0", day, entered, due_at=day + timedelta(days=3)),
        event("c", "1", day + timedelta(days=4), ended),
    ]
    lines = told(events, day + timedelta(days=9), "vi", plain)
    assert [line.kind for line in lines] == [
        "stands", "compared", "received", "agencies", "due_source", "outcome_date", "outcome_instant",
    ]  # fmt: skip
    assert lines[0].text == "Giải quyết ngày 08/01/2011, hẹn trả 07/01/2011: quá hạn 1 ngày."


def test_by_instant_the_hour_of_the_due_date_counts_while_open() -> None:
    by_instant = replace(rules(), compare="instant")
    events = happened(("2025-05-05T08:00", "2"), due="2025-05-12T17:00")
    assert told(events, local("2025-05-12T17:30"), "en", by_instant)[0].text == (
        "In process; due 2025-05-12 17:00: past its hour."
    )
    assert told(events, local("2025-05-12T16:30"), "en", by_instant)[0].tone == "soon"


def test_a_line_is_data_for_the_page() -> None:
    said, line = (
        Story(registry(), rules()).speaker("en"),
        told(happened(("2025-05-05T08:00", "2")), local("2025-05-05T09:00"))[2],
    )
    assert said.data(line) == {
        "kind": "counted",
        "text": "Received: 1 working hour, counted.",
        "time": "2025-05-05 08:00 – now",
        "from": local("2025-05-05T08:00"),
        "lasts": True,
    }
