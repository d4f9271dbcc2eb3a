"""Each gate of the form on an input that it must refuse, told with the cell and both sides."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from ioc.errors import BadInput, Stop
from ioc.forms import Despite, Filled, Heading, NotIssued, Standing, check, filled, issued, table, taken
from tests.forms.figures import FORMS, YEAR, Line, as_printed, form_of, frame, line

SMALL = {"new_online": 5, "new_direct": 3, "new_postal": 2, "early": 6, "on_due_date": 2, "open_in_time": 2}
NEXT = Heading("Sở A", date(2024, 12, 15), date(2025, 12, 14), "Năm 2025")


def changed(form: Filled, row: int, **cells: int | None) -> Filled:
    """The form as printed, some cells of one row otherwise; `c3` is column 3."""
    printed = table(form).to_dicts()
    printed[row] |= {name.removeprefix("c"): cell for name, cell in cells.items()}
    return taken(form.form, pl.DataFrame(printed, schema=table(form).schema), form.heading)


def said(form: Filled) -> list[str]:
    return [str(mismatch) for mismatch in check(form)]


def test_the_columns_of_one_agency() -> None:
    form = form_of(
        "II.06a",
        [line(**SMALL, withdrawn=1), line(sector="Hộ tịch", no_due_date=4, carried_over=5, open_overdue=1)],
    )
    assert [(row.serial, form.label(row)) for row in form.rows] == [
        ("1", "Đất đai"),
        ("2", "Hộ tịch"),
        ("", "Tổng số"),
    ]
    assert list(form.rows[0].cells.values()) == [10, 5, 5, 0, 8, 6, 2, 0, 2, 2, 0]
    assert list(form.rows[1].cells.values()) == [5, 0, 0, 5, 4, 0, 4, 0, 1, 0, 1]
    assert list(form.total.cells.values()) == [15, 5, 5, 5, 12, 6, 6, 0, 3, 2, 1]
    assert said(form) == []


def test_the_rows_of_a_province_by_level_and_sector() -> None:
    given = [
        line("H20.31.1", "Đường bộ", **SMALL),
        line("H20.02", "Đất đai", **SMALL),
        line("H20.01", "Đất đai", **SMALL),
        line("H20", None, **SMALL),
        line("H20.02", "Dân tộc", **SMALL),
        line(None, "Đất đai", **SMALL),
    ]
    form = form_of("II.06b", given)
    assert [(row.serial, form.label(row), row.cells[3]) for row in form.rows] == [
        ("I", "Sở", 40),
        ("1", "Dân tộc", 10),
        ("2", "Đất đai", 20),
        ("3", "Chưa rõ lĩnh vực", 10),
        ("II", "Xã", 10),
        ("1", "Đường bộ", 10),
        ("III", "Chưa rõ cơ quan", 10),
        ("1", "Đất đai", 10),
        ("", "Tổng số", 60),
    ]
    assert said(form) == []


def test_figures_that_do_not_agree_are_named_with_both_sides() -> None:
    given = line(
        new_online=347_264, new_direct=310_505, carried_over=20_948, early=657_262, open_in_time=21_482
    )
    assert said(form_of("II.06a", [given])) == [
        "column 3, Sở A / Đất đai: 678.717, but 7 + 11 = 678.744; 27 too few",
        "column 3, Sở A / Tổng số: 678.717, but 7 + 11 = 678.744; 27 too few",
    ]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"c3": 11}, ["3, {}: 11, but 4 + 5 + 6 = 10; 1 too many", "3, {}: 11, but 7 + 11 = 10; 1 too many"]),
        ({"c8": 4}, ["7, {}: 8, but 8 + 9 + 10 = 6; 2 too many"]),
        ({"c13": 1}, ["11, {}: 2, but 12 + 13 = 3; 1 too few"]),
        ({"c4": 11, "c5": -1}, ["5, {}: -1, but no figure is below 0; 1 too few"]),
        ({"c12": None}, ["12, {}: not given; give it as printed"]),
    ],
)  # fmt: skip
def test_a_cell_as_printed_is_refused(cells: dict[str, int | None], expected: list[str]) -> None:
    form = changed(form_of("II.06a", [line(**SMALL)]), 0, **cells)
    of_the_row = [text for text in said(form) if "Đất đai" in text]
    assert of_the_row == [f"column {text}".format("Sở A / Đất đai") for text in expected]


def test_a_row_over_others_is_their_sum() -> None:
    form = form_of("II.06b", [line(**SMALL), line(sector="Hộ tịch", **SMALL)])
    wrong = changed(form, 0, c3=21, c4=11)
    assert [text for text in said(wrong) if "rows in it" in text] == [
        "column 3, Sở: 21, but the rows in it add up to 20; 1 too many",
        "column 4, Sở: 11, but the rows in it add up to 10; 1 too many",
        "column 3, Tổng số: 20, but the rows in it add up to 21; 1 too few",
        "column 4, Tổng số: 10, but the rows in it add up to 11; 1 too few",
    ]


def test_a_figure_within_a_column_is_no_more_than_it() -> None:
    assert "withdrawn (of column 9), Sở A / Đất đai: 3, but column 9 = 2; 1 too many" in str(
        said(form_of("II.06a", [line(**SMALL, withdrawn=3)]))
    )


@pytest.mark.parametrize(("name", "column"), [("new_postal", 5), ("withdrawn", 9), ("no_due_date", 9)])
def test_a_sum_hides_no_negative_figure(name: str, column: int) -> None:
    given = line(**SMALL) | {"new_direct": 6, "on_due_date": 3, "early": 6} | {name: -1}
    assert f"{name} (of column {column}), Sở A / Đất đai: -1, but no figure is below 0; 1 too few" in said(
        form_of("II.06a", [given])
    )


def next_year(*given: Line) -> Filled:
    return filled(FORMS["II.06a"], frame(*given), NEXT)


def test_a_period_opens_with_what_the_one_before_closed_with() -> None:
    before = form_of("II.06a", [line(**SMALL)])
    assert check(next_year(line(carried_over=2, open_in_time=2)), before) == []
    assert check(as_printed(next_year(line(carried_over=2, early=2))), as_printed(before)) == []
    found = check(next_year(line(carried_over=5, open_in_time=5)), before)
    assert str(found[0]) == (
        "column 6, Sở A / Đất đai: 5, but column 11 of the period before, restated by 0, = 2; 3 too many"
    )
    assert [m.gate for m in found] == ["carried", "carried"]


def test_what_was_restated_since_is_carried_too() -> None:
    before, now = form_of("II.06a", [line(**SMALL)]), next_year(line(carried_over=5, open_in_time=5))
    restated = pl.DataFrame({"sector": ["Đất đai", "Đất đai"], "change": [4, -1]})
    assert check(now, before, restated) == []
    elsewhere = pl.DataFrame({"sector": ["Đất đai", "Hộ tịch"], "change": [3, 1]})
    assert [str(m) for m in check(now, before, elsewhere)] == [
        "column 6, Sở A / Tổng số: 5, but column 11 of the period before, restated by 4, = 6; 1 too few",
        "column 6, Sở A / Hộ tịch: 0, but column 11 of the period before, restated by 1, = 1; 1 too few",
    ]


def test_a_row_that_vanished_with_open_cases_is_found() -> None:
    before = form_of("II.06a", [line(**SMALL), line(sector="Hộ tịch", new_online=1, open_overdue=1)])
    found = check(next_year(line(carried_over=3, open_in_time=3)), before)
    assert [(m.where, m.left, m.right) for m in found] == [("Sở A / Đất đai", 3, 2), ("Sở A / Hộ tịch", 0, 1)]


def test_only_the_period_just_before_is_compared() -> None:
    before, now = form_of("II.06a", [line(**SMALL)]), next_year(line(carried_over=2, open_in_time=2))
    with pytest.raises(BadInput, match=r"2024-12-13.*ends on 2024-12-14"):
        check(now, replace(before, heading=replace(YEAR, last=date(2024, 12, 13))))
    with pytest.raises(BadInput, match=r"give the form II\.06a"):
        check(now, form_of("II.06b", [line(**SMALL)]))
    with pytest.raises(BadInput, match="the form of the period before too"):
        check(now, restated=pl.DataFrame({"sector": ["Đất đai"], "change": [1]}))
    with pytest.raises(BadInput, match="add 'change'"):
        check(now, before, pl.DataFrame({"sector": ["Đất đai"]}))


def test_a_form_whose_gate_fails_is_not_issued() -> None:
    form = form_of("II.06a", [line(**SMALL) | {"early": 7}])
    with pytest.raises(NotIssued) as refused:
        issued(form)
    assert isinstance(refused.value, Stop)
    assert str(refused.value).splitlines() == [
        "form II.06a/VPCP/KSTT of Sở A, 2023-12-15..2024-12-14, is not issued;"
        " mend the figures, or write why it is signed all the same:",
        "  column 3, Sở A / Đất đai: 10, but 7 + 11 = 11; 1 too few",
        "  column 3, Sở A / Tổng số: 10, but 7 + 11 = 11; 1 too few",
    ]
    assert issued(form_of("II.06a", [line(**SMALL)])).mismatches == ()


def test_only_a_reason_for_the_gate_lets_it_out() -> None:
    form = form_of("II.06a", [line(**SMALL) | {"early": 7}])
    silent = replace(form, standing=Standing(despite=(Despite("silent-source", "đã đối chiếu"),)))
    with pytest.raises(NotIssued):
        issued(silent)
    gate = replace(form, standing=Standing(despite=(Despite("gate", "nguồn gửi trùng, đang sửa"),)))
    assert len(issued(gate).mismatches) == 2
