"""The table to join says on every day what the history says, and loses no row."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from ioc.agencies import restated, spells
from schemas import Agency, History, Succession, load
from schemas.reference import by_code

REFORM = date(2025, 7, 1)


@pytest.fixture
def history() -> History:
    def version(code: str, name: str, first: date | None, last: date | None) -> Agency:
        return Agency(code=code, name=name, level="commune", valid_from=first, valid_to=last)

    rows = [
        version("A", "first A", date(2025, 1, 3), date(2025, 1, 6)),
        version("A", "second A", date(2025, 1, 9), date(2025, 1, 12)),
        version("B", "B", None, None),
        version("C", "C", date(2025, 1, 7), None),
    ]
    edges = [("A", "C", date(2025, 1, 7)), ("A", "B", date(2025, 1, 13))]
    said = [{"from": f, "to": t, "kind": "rename", "effective": on} for f, t, on in edges]
    return History(by_code(rows), tuple(Succession.model_validate(one) for one in said))


@pytest.mark.parametrize("on", [date(2025, 1, 1), date(2025, 1, 8), date(2025, 2, 1)])
def test_the_table_says_what_the_history_says(history: History, on: date) -> None:
    days = [date(2024, 12, 31) + timedelta(days=n) for n in range(20)]
    frame = pl.DataFrame([(c, d) for d in reversed(days) for c in "CAB"], schema=["who", "day"], orient="row")
    found = restated(frame, spells(history, on), "who", "day")
    assert found.select("who", "day").equals(frame)
    for row in found.rows(named=True):
        said = history.agency_said(row["who"], row["day"])
        now = history.responsible(row["who"], on, said=row["day"])
        assert said is not None
        assert now is not None
        valid = history.agency_at(row["who"], row["day"]) is not None
        assert (row["agency_name"], row["agency_valid"]) == (said.name, valid), row
        assert (row["responsible"], row["responsible_name"]) == (now.code, now.name), row


def test_what_reference_data_does_not_know_stays_as_it_was(history: History) -> None:
    rows = [("desk-7", date(2025, 1, 4)), (None, date(2025, 1, 4)), ("A", None)]
    frame = pl.DataFrame(rows, schema={"agency": pl.String, "day": pl.Date}, orient="row")
    found = restated(frame, spells(history, date(2025, 2, 1)), "agency", "day")
    assert found["responsible"].to_list() == ["desk-7", None, "B"]
    assert found["agency_valid"].to_list() == [None, None, False]


def test_an_empty_frame_and_an_empty_history_join() -> None:
    frame = pl.DataFrame(schema={"agency": pl.String, "day": pl.Date})
    assert restated(frame, spells(History(), REFORM), "agency", "day").height == 0


def test_as_was_and_as_now_count_the_same_cases_across_the_merger() -> None:
    history = load().history
    ended = [v.code for same in history.versions.values() for v in same if v.ended(REFORM)]
    frame = pl.DataFrame({"agency": ended, "day": [date(2025, 6, 30)] * len(ended)})
    found = restated(frame, spells(history, REFORM), "agency", "day")
    assert found.height == len(ended)
    assert found["agency_valid"].all()
    now = set(found["responsible"])
    assert all(history.agency_at(code, REFORM) for code in now)
    assert now <= {code for code, same in history.versions.items() if same[-1].holds(REFORM)}
