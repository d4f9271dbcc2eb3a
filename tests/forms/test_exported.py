"""JSON says all that the sheet says, CSV is read again, figures are written as the country writes them."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ioc.forms import Despite, Signature, Standing, issued, table, taken, to_csv, to_json
from ioc.forms.printed import number, percent, signed_at
from tests.effort import tried
from tests.forms.figures import AGENCIES, DONE, FORMS, SIGNED, STANDING, YEAR, Line, form_of, line, lines

FORMATS = FORMS["II.06a"].formats


def test_json_carries_the_whole_form() -> None:
    form = replace(form_of("II.06b", [line(**DONE)]), standing=STANDING, signature=SIGNED)
    told = json.loads(to_json(issued(form)))
    assert told["code"]["code"] == "II.06b/VPCP/KSTT"
    assert told["period"] == {"name": "Năm 2024", "from": "2023-12-15", "to": "2024-12-14"}
    assert told["columns"][3] == {
        "number": 4,
        "under": [
            {"vi": "Số hồ sơ nhận giải quyết", "en": "Cases to resolve"},
            {"vi": "Trong kỳ", "en": "In the period"},
        ],
        "heading": {"vi": "Trực tuyến", "en": "Online"},
        "sum": None,
    }
    leaf = told["rows"][1]
    keys = {"serial": "1", "label": "Đất đai", "row": "sector", "level": "departments", "sector": "Đất đai"}
    assert {name: leaf[name] for name in keys} == keys
    assert leaf["cells"]["3"] == 657_769
    assert leaf["figures"]["new_direct"] == 310_505
    assert told["rates"]["on_time"] | {"label": ""} == {
        "label": "",
        "numerator": 655_914,
        "denominator": 657_262,
        "percent": "99,79",
    }
    assert told["standing"]["as_of"] == "2024-12-15T02:41:07+00:00"
    assert told["standing"]["despite"][0] == {"what": "silent-source", "reason": "đã đối chiếu bằng tay"}
    assert told["signature"]["on"] == "2025-01-05"
    assert "Số liệu đã chốt. Số liệu đã điều chỉnh lần 2." in told["footnotes"]


def test_json_says_what_does_not_agree_and_what_cannot_be_divided() -> None:
    reason = Standing(despite=(Despite("gate", "nguồn gửi trùng"),))
    told = json.loads(to_json(issued(replace(form_of("II.06a", [line(early=2)]), standing=reason))))
    assert told["mismatches"][0] == {
        "gate": "identity",
        "column": 3,
        "row": "Sở A / Đất đai",
        "left": 0,
        "right": 2,
        "difference": -2,
        "text": "cột 3, Sở A / Đất đai: 0, nhưng 7 + 11 = 2; thiếu 2",
    }
    assert told["rates"]["completion"] | {"label": ""} == {
        "label": "",
        "numerator": 2,
        "denominator": 0,
        "percent": None,
    }
    assert told["signature"] is None


@tried(60)
@given(given=lines([*AGENCIES, None]))
def test_csv_is_taken_again(given: list[Line]) -> None:
    form = form_of("II.06b", given)
    read = pl.read_csv(
        io.StringIO(to_csv(issued(form))), schema_overrides={"level": pl.String, "sector": pl.String}
    )
    again = taken(form.form, read.drop("serial", "label"), YEAR)
    assert table(again).equals(table(form))
    assert [row.serial for row in again.rows] == [row.serial for row in form.rows]


@pytest.mark.parametrize(
    ("above", "below", "text"),
    [
        (655_914, 657_262, "99,79"),
        (448_634, 657_262, "68,26"),
        (1, 20_000, "0,01"),
        (1, 20_001, "0,00"),
        (2, 1, "200,00"),
        (1_234, 1, "123.400,00"),
        (-1, 200, "-0,50"),
    ],
)
def test_a_rate_has_two_decimals_and_a_comma(above: int, below: int, text: str) -> None:
    assert percent(above, below, FORMATS) == text


@tried(300)
@given(above=st.integers(0, 10**12), below=st.integers(1, 10**12), digits=st.integers(0, 6))
def test_a_rate_is_exact_to_half_of_its_last_digit(above: int, below: int, digits: int) -> None:
    text = percent(above, below, FORMATS.model_copy(update={"rate_digits": digits}))
    off = Fraction(text.replace(".", "").replace(",", ".")) - Fraction(100 * above, below)
    assert -Fraction(1, 2 * 10**digits) < off <= Fraction(1, 2 * 10**digits)


def test_a_number_has_dots() -> None:
    assert [number(n, FORMATS) for n in (0, 999, 1000, 678_744, -1234)] == [
        "0",
        "999",
        "1.000",
        "678.744",
        "-1.234",
    ]


@pytest.mark.parametrize(("day", "text"), [((2024, 2, 9), "09 tháng 02"), ((2024, 3, 10), "10 tháng 3")])
def test_a_day_in_words_has_zeros_where_they_are_usual(day: tuple[int, int, int], text: str) -> None:
    assert text in signed_at(Signature("Đồng Tháp", date(*day), "Giám đốc", "A"))
