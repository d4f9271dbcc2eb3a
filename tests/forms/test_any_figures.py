"""Whatever figures agree pass every gate and add up; whatever single cell is changed is refused."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ioc.forms import NotIssued, check, issued, table, taken
from tests.effort import tried
from tests.forms.figures import AGENCIES, FORMS, YEAR, Line, as_printed, form_of, lines

GROUP = {"province": "departments", "department": "departments", "district": "districts"}
WHOSE: dict[str, list[str | None]] = {"II.06a": ["H20.01"], "II.06b": [*AGENCIES, None]}


def by_hand(given: list[Line]) -> dict[int, int]:
    """The columns as the domain's table says them, in plain Python."""

    def add(*names: str) -> int:
        return sum(row[name] for row in given for name in names)

    cells = {4: add("new_online"), 5: add("new_direct", "new_postal"), 6: add("carried_over")}
    cells |= {8: add("early"), 9: add("on_due_date", "no_due_date"), 10: add("late")}
    cells |= {12: add("open_in_time"), 13: add("open_overdue")}
    sums = {3: cells[4] + cells[5] + cells[6], 7: cells[8] + cells[9] + cells[10], 11: cells[12] + cells[13]}
    return cells | sums


def path(name: str, row: Line) -> tuple[str | None, ...]:
    if name == "II.06a":
        return (row["sector"],)
    level = row["level"]
    return None if level is None else GROUP.get(level, "communes"), row["sector"]


@pytest.mark.parametrize("name", WHOSE)
@tried(100)
@given(data=st.data())
def test_figures_that_agree_pass_and_every_total_is_their_sum(name: str, data: Any) -> None:
    given = data.draw(lines(WHOSE[name]))
    form = form_of(name, given)
    assert check(form) == []
    assert check(as_printed(form)) == []
    keys = {()} | {path(name, row)[:n] for row in given for n in (1, 2)}
    inside = {key: [row for row in given if path(name, row)[: len(key)] == key] for key in keys}
    assert {row.key: row.cells for row in form.rows} == {key: by_hand(rows) for key, rows in inside.items()}


@pytest.mark.parametrize("name", WHOSE)
@tried(150)
@given(data=st.data())
def test_any_one_cell_changed_is_refused_by_its_gate(name: str, data: Any) -> None:
    form = form_of(name, data.draw(lines(WHOSE[name])))
    printed = table(form)
    at = data.draw(st.integers(0, printed.height - 1))
    column = data.draw(st.sampled_from(form.form.numbers))
    off = data.draw(st.integers(-(10**9), 10**9).filter(bool))
    there = pl.when(pl.int_range(pl.len()) == at).then(off).otherwise(0)
    changed = printed.with_columns(pl.col(str(column)) + there)
    with pytest.raises(NotIssued) as refused:
        issued(taken(FORMS[name], changed, YEAR))
    key = form.rows[at].key
    named = [m for m in refused.value.mismatches if m.key == key and column in m.columns]
    assert [m for m in named if m.gate == "identity" and abs(m.difference or 0) == abs(off)]
    if key or len(form.rows) > 1:  # a row over others, or one within another
        totals = [m for m in refused.value.mismatches if m.gate == "total" and m.column == column]
        assert totals
        assert {abs(m.difference or 0) for m in totals} == {abs(off)}
