"""What cannot be filled into a form is refused by name; the published year of the seed is refused by 27."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from ioc.errors import BadInput
from ioc.forms import Despite, Heading, NotIssued, Signature, Standing, check, filled, issued, taken
from ioc.forms.alphabet import alphabetical
from ioc.forms.printed import below
from tests.forms.figures import FORMS, YEAR, as_printed, form_of, frame, line

A, B = FORMS["II.06a"], FORMS["II.06b"]
# Đồng Tháp 2024 as printed, and what follows from it. Columns 12 and 13 are not in the seed: chosen here.
PRINTED = {3: 678_744, 4: 347_264, 5: 310_505, 6: 20_948, 7: 657_262, 8: 448_634, 9: 207_280, 10: 1_348}
PROVINCE = Heading("UBND tỉnh Đồng Tháp", date(2023, 12, 15), date(2024, 12, 14), "Năm 2024")


def printed(cells: dict[int, int]) -> pl.DataFrame:
    return pl.DataFrame({"row": ["total"]} | {str(number): [cell] for number, cell in cells.items()})


def test_the_published_year_of_dong_thap_is_refused_by_27() -> None:
    open_then = {11: 21_482, 12: 21_482, 13: 0}
    with pytest.raises(NotIssued) as refused:
        issued(taken(A, printed(PRINTED | open_then), PROVINCE))
    (mismatch,) = refused.value.mismatches
    assert str(mismatch) == (
        "column 3, UBND tỉnh Đồng Tháp / Tổng số: 678.744, but 4 + 5 + 6 = 678.717; 27 too many"
    )
    assert (mismatch.left, mismatch.right, mismatch.difference) == (678_744, 678_717, 27)
    assert mismatch.said("vi") == (
        "cột 3, UBND tỉnh Đồng Tháp / Tổng số: 678.744, nhưng 4 + 5 + 6 = 678.717; thừa 27"
    )
    agreeing = {3: 678_717, 11: 21_455, 12: 21_455, 13: 0}
    assert issued(taken(A, printed(PRINTED | agreeing), PROVINCE)).mismatches == ()


def test_the_year_of_dong_thap_as_its_parts_give_it() -> None:
    parts = {"new_online": 347_264, "new_direct": 310_505, "carried_over": 20_948, "open_in_time": 21_455}
    parts |= {"early": 448_634, "on_due_date": 207_280, "late": 1_348}
    form = filled(A, frame(line(**parts)), PROVINCE)
    assert check(form) == []
    agreeing = {3: 678_717, 11: 21_455, 12: 21_455, 13: 0}
    assert form.total.cells == PRINTED | agreeing
    assert PRINTED[4] + PRINTED[5] == 657_769
    assert below(form)[3:] == [
        "Tỷ lệ giải quyết trước hạn và đúng hạn: 99,79 % (655.914 / 657.262)",
        "Tỷ lệ giải quyết quá hạn: 0,21 % (1.348 / 657.262)",
        "Tỷ lệ tiếp nhận trực tuyến, không kể từ kỳ trước: 52,79 % (347.264 / 657.769)",
        "Tỷ lệ đã giải quyết trên nhận giải quyết: 96,84 % (657.262 / 678.717)",
        "Tỷ lệ đang giải quyết trong hạn: 100,00 % (21.455 / 21.455)",
    ]


def test_what_was_not_printed_is_not_taken_for_zero() -> None:
    found = check(taken(A, printed(PRINTED), PROVINCE))
    assert [(m.gate, m.column) for m in found] == [
        ("given", 11),
        ("given", 12),
        ("given", 13),
        ("identity", 3),
    ]


BAD_FRAMES: list[tuple[pl.DataFrame, str]] = [
    (frame(line()).drop("late"), "columns.*add 'late'"),
    (frame(line()).drop("sector"), "columns.*add 'sector'"),
    (frame(line()).with_columns(pl.col("late").cast(pl.Float64)), "late: 'Float64'.*whole numbers"),
    (frame(line()).with_columns(late=pl.lit(None, pl.Int64)), "late: None.*'Đất đai'.*nothing counted is 0"),
    (frame(line(), line()), "row: .*'Đất đai'.*given twice"),
    (frame(line(), line("H20.02")), "agency: 'H20.01, H20.02'.*one agency"),
    (frame(line(sector="Đất\nđai")), "sector: .*one line"),
    (frame(line(sector=" ")), "sector: .*one line"),
]


@pytest.mark.parametrize(("given", "told"), BAD_FRAMES, ids=range(len(BAD_FRAMES)))
def test_a_frame_that_is_none_is_refused(given: pl.DataFrame, told: str) -> None:
    with pytest.raises(BadInput, match=told):
        filled(A, given, YEAR)


def test_a_level_that_no_group_holds_is_refused() -> None:
    with pytest.raises(BadInput, match=r"level: 'ward' .*province, department, district, commune.*II\.06b"):
        filled(B, frame(line() | {"level": "ward"}), YEAR)


BAD_PRINTS: list[tuple[list[dict[str, Any]], str]] = [
    ([{"row": "total", "14": 1}], "columns: '14'.*known are"),
    ([{"row": "sum"}], "row: 'sum'.*total or level or sector"),
    ([{"row": "total"}, {"row": "total"}], "row: 'total'.*twice"),
    ([{"row": "level", "level": "departments"}], "row: 'total'.*missing"),
    (
        [{"row": "total"}, {"row": "sector", "level": "communes", "sector": "Đất đai"}],
        "row: .*communes.*missing",
    ),
    ([{"row": "total"}, {"row": "level", "level": "Sở"}], "level: 'Sở'.*departments, districts, communes"),
    ([{"row": "total", "3": 1.5}], "column 3: 1.5.*whole number"),
    ([{"row": "total", "3": True}], "column 3: True.*whole number"),
]


@pytest.mark.parametrize(("given", "told"), BAD_PRINTS, ids=range(len(BAD_PRINTS)))
def test_a_print_that_is_none_is_refused(given: list[dict[str, Any]], told: str) -> None:
    with pytest.raises(BadInput, match=told):
        taken(B, pl.DataFrame(given, infer_schema_length=None), YEAR)


def test_what_is_printed_around_the_figures_is_held_to_one_line() -> None:
    with pytest.raises(BadInput, match="agency: ''"):
        replace(YEAR, agency="")
    with pytest.raises(BadInput, match=r"last: '2023-12-14'.*2023-12-15 or later"):
        replace(YEAR, last=date(2023, 12, 14))
    assert replace(YEAR, last=YEAR.first).last == YEAR.first  # a day is a period
    with pytest.raises(BadInput, match=r"period: .*one line"):
        replace(YEAR, period="Năm\n2024")
    with pytest.raises(BadInput, match=r"as_of: '2024-12-15T00:00:00'.*zone"):
        Standing(as_of=datetime(2024, 12, 15))  # noqa: DTZ001
    with pytest.raises(BadInput, match="reason: ' '"):
        Despite("gate", " ")
    with pytest.raises(BadInput, match=r"name: .*one line"):
        Signature("Đồng Tháp", date(2024, 12, 15), "Giám đốc", "A\x07")


def test_the_code_is_that_of_the_last_day_or_of_the_ministry_asked() -> None:
    def code(last: date, ministry: str | None = None) -> tuple[str, bool]:
        form = filled(A, frame(), Heading("Sở A", date(2020, 1, 1), last, ministry=ministry))
        return form.code.code, form.code.assumed

    assert code(date(2025, 12, 31)) == ("II.06a/VPCP/KSTT", False)
    assert code(date(2026, 1, 1)) == ("07a/BTP", True)
    with pytest.raises(
        BadInput, match=r"last: '2026-01-01'.*no code for VPCP.*`codes` in schemas/forms/II\.06a"
    ):
        code(date(2026, 1, 1), "VPCP")
    with pytest.raises(BadInput, match="no code on 2020-10-20"):
        code(date(2020, 10, 20))


def test_a_form_without_rows_is_a_total_of_zeros() -> None:
    form = form_of("II.06b", [])
    assert [row.key for row in form.rows] == [()]
    assert set(form.total.cells.values()) == {0}
    assert check(as_printed(form)) == []


def test_rows_by_agency_bear_its_name_and_numbers_of_their_depth() -> None:
    by_agency = B.rows[0].model_copy(update={"by": "agency", "groups": {}})
    form = filled(
        B.model_copy(update={"rows": (B.rows[0], by_agency, B.rows[1])}),
        frame(line(), line("H20.02", "Hộ tịch"), line("H20.02", "Đất đai"), line(None)),
        YEAR,
    )
    assert [(row.serial, form.where(row.labels)) for row in form.rows][:6] == [
        ("I", "Sở"),
        ("1", "Sở / Sở A"),
        ("1.1", "Sở / Sở A / Đất đai"),
        ("2", "Sở / Sở B"),
        ("2.1", "Sở / Sở B / Đất đai"),
        ("2.2", "Sở / Sở B / Hộ tịch"),
    ]
    assert [row.cells for row in as_printed(form).rows] == [row.cells for row in form.rows]


def test_words_stand_in_the_order_of_the_alphabet() -> None:
    words = ["Đất đai", "dân", "Dạn", "Ấn", "An", "ân", "Ăn", "Ế", "ê", "e", "2", "Ưu", "Ươm", "ư", "u", "Z"]
    assert sorted(words, key=alphabetical) == [
        *("2", "An", "Ăn", "ân", "Ấn", "Dạn", "dân", "Đất đai", "e", "ê", "Ế", "u", "ư", "Ươm", "Ưu", "Z")
    ]
