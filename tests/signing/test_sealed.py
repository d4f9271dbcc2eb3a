"""A form that was signed is the same form when it is read back, and any other cell gives another checksum."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ioc.forms import Despite, Issued, Standing, issued, to_csv, to_json, to_xlsx
from ioc.signing.sealed import Changed, Content, canonical, changes, checksum, same_figures, sealed, unsealed
from tests.effort import tried
from tests.forms.figures import AGENCIES, SIGNED, STANDING, Line, form_of, line, lines

SIGNING = {"feed": "f", "nth": 1}
WHOSE: dict[str, list[str | None]] = {"II.06a": ["H20.01"], "II.06b": [*AGENCIES, None]}
DRAWN = st.sampled_from(sorted(WHOSE)).flatmap(lambda name: st.tuples(st.just(name), lines(WHOSE[name])))


def form(name: str, given_: list[Line]) -> Issued:
    standing = replace(STANDING, checksum=None, definitions="d1", notes=("a line",))
    return issued(replace(form_of(name, given_), standing=standing, signature=SIGNED))


@given(drawn=DRAWN)
@tried(60)
def test_what_was_sealed_is_read_back(drawn: tuple[str, list[Line]]) -> None:
    made = form(*drawn)
    content = sealed(made, SIGNING)
    back = unsealed(json.loads(json.dumps(content)), "c" * 64)
    assert sealed(back, SIGNING) == content
    assert back.filled.standing == replace(made.filled.standing, checksum="c" * 64)
    shown = replace(made, filled=replace(made.filled, standing=back.filled.standing))
    assert to_json(back) == to_json(shown)
    assert to_csv(back) == to_csv(shown)
    assert same_figures(back.filled, made.filled)
    assert list(changes(back.filled, made.filled)) == []


@given(drawn=DRAWN, data=st.data())
@tried(100)
def test_the_checksum_changes_with_any_cell(drawn: tuple[str, list[Line]], data: st.DataObject) -> None:
    content = sealed(form(*drawn), SIGNING)
    row = data.draw(st.sampled_from(range(len(content["rows"]))))
    part = data.draw(st.sampled_from(["cells", "figures"]))
    cell = data.draw(st.sampled_from(sorted(content["rows"][row][part])))
    other: Content = json.loads(json.dumps(content))
    other["rows"][row][part][cell] += data.draw(st.integers(-5, 5).filter(bool))
    assert checksum(other) != checksum(content)


@pytest.mark.parametrize(
    "path",
    [
        ("heading", "agency"), ("heading", "last"), ("standing", "revision"), ("standing", "position"),
        ("standing", "set_aside"), ("signature", "name"), ("signature", "role"), ("signing", "nth"),
        ("rows", 0, "labels", 0), ("standing", "despite", 0, "reason"), ("standing", "notes", 0),
        ("form", "title", "vi"), ("code", "code"),
    ],
)  # fmt: skip
def test_the_checksum_changes_with_all_that_is_printed(path: tuple[Any, ...]) -> None:
    content = sealed(form("II.06a", [line(new_online=1, early=1)]), SIGNING)
    other: Any = json.loads(json.dumps(content))
    *way, last = path
    at = other
    for step in way:
        at = at[step]
    at[last] = f"{at[last]}!"
    assert checksum(other) != checksum(content)


def test_the_checksum_is_of_the_canonical_text() -> None:
    assert canonical({"b": [1, None], "a": "Đất đai"}) == '{"a":"Đất đai","b":[1,null]}'
    assert checksum({"b": 1, "a": 2}) == checksum({"a": 2, "b": 1})
    assert checksum({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    with pytest.raises(ValueError, match="not JSON compliant"):
        checksum({"a": float("nan")})


def test_a_form_signed_in_spite_of_a_gate_keeps_its_mismatches() -> None:
    standing = Standing(despite=(Despite("gate", "đang sửa"),))
    made = issued(replace(form_of("II.06a", [line(new_online=5, early=6)]), standing=standing))
    back = unsealed(sealed(made, SIGNING), "c")
    assert [str(one) for one in back.mismatches] == [str(one) for one in made.mismatches]
    assert len(back.mismatches) == 2
    assert back.mismatches == made.mismatches


def test_the_same_form_gives_the_same_workbook() -> None:
    made = form("II.06a", [line(new_online=1, early=1)])
    back = unsealed(sealed(made, SIGNING), "c")
    assert to_xlsx(back) == to_xlsx(replace(made, filled=replace(made.filled, standing=back.filled.standing)))


def test_a_later_form_file_does_not_touch_what_was_signed() -> None:
    content = sealed(form("II.06a", [line(new_online=1, early=1)]), SIGNING)
    assert content["form"]["columns"]["4"]["heading"]["vi"] == "Trực tuyến"
    content["form"]["columns"]["4"]["heading"]["vi"] = "khác"
    assert unsealed(content, "c").filled.form.columns[4].heading.vi == "khác"


def test_changes_name_every_cell_and_rows_that_come_and_go() -> None:
    then = form_of("II.06a", [line(new_online=1, early=1), line(sector="Hộ tịch", new_online=1, late=1)])
    now = form_of("II.06a", [line(new_online=2, early=2), line(sector="Đường bộ", new_online=1, late=1)])
    assert not same_figures(then, now)
    found = list(changes(then, now))
    assert Changed(4, "Sở A / Đất đai", 1, 2) in found
    assert Changed(10, "Sở A / Đường bộ", None, 1) in found
    assert Changed(10, "Sở A / Hộ tịch", 1, None) in found
    assert Changed(8, "Sở A / Tổng số", 1, 2) in found
    assert {one.column for one in found if one.where == "Sở A / Đất đai"} == {3, 4, 7, 8}


def test_a_name_is_no_figure_but_what_is_counted_within_a_column_is() -> None:
    then, now = (form_of("II.06a", [line(new_postal=n, new_direct=2 - n, early=2)]) for n in (1, 2))
    assert not same_figures(then, now)
    assert Changed(5, "Sở A / Đất đai (Nhận qua dịch vụ bưu chính)", 1, 2) in list(changes(then, now))
    assert same_figures(then, replace(then, heading=replace(then.heading, agency="Sở A mới")))
