"""How a cell is named, and what names no cell."""

from __future__ import annotations

import pytest

from ioc.errors import BadInput
from ioc.ledger.cell import Cell, cell, held_to


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("figure=new", Cell("new")),
        ("agency=H20.01,channel=online,figure=late", Cell("late", "H20.01", "online")),
        (" figure = new , agency = H20.01 ", Cell("new", "H20.01")),
        ("sector=Tổ chức, cán bộ,figure=new", Cell("new", sector="Tổ chức, cán bộ")),
        (
            "figure=open_overdue,sector=Phòng cháy, chữa cháy",
            Cell("open_overdue", sector="Phòng cháy, chữa cháy"),
        ),
        ("sector=,figure=new", Cell("new", sector="")),
        ("agency=a=b,figure=new", Cell("new", "a=b")),
        ("under=H20,figure=new", Cell("new", under="H20")),
    ],
)
def test_a_cell_is_its_parts_in_any_order_with_commas_in_a_sector(text: str, named: Cell) -> None:
    assert cell(text) == named


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "CELL: '' cannot be used; write it as agency="),
        ("H20.01", "CELL: 'H20.01' cannot be used; write it as agency="),
        (
            "figure=new,H20.01=,",
            "CELL: 'H20.01' cannot be used; its parts are agency, channel, sector, under, figure",
        ),
        (
            "agncy=H20.01,figure=new",
            "CELL: 'agncy' cannot be used; its parts are agency, channel, sector, under, figure; near: ",
        ),
        ("figure=new,figure=late", "CELL: 'figure=new,figure=late' cannot be used; figure is given twice"),
        ("x,figure=new", "CELL: 'x,figure=new' cannot be used; write it as"),
        ("agency=H20.01", "figure: '' cannot be used; name one of carried_over, new, resolved, early"),
        ("figure=resolvd", "figure: 'resolvd' cannot be used; name one of carried_over"),
        ("figure=open_end", "figure: 'open_end' cannot be used; name one of carried_over"),
    ],
)
def test_what_names_no_cell_is_refused_with_the_known_names(text: str, error: str) -> None:
    with pytest.raises(BadInput) as refused:
        cell(text)
    assert str(refused.value).startswith(error)


def test_a_part_that_nobody_knows_is_refused_with_the_known_names() -> None:
    known = {"agency": {"A", ""}, "channel": [f"c{n:02}" for n in range(25)], "sector": {""}}
    held_to(Cell("new", "A", "c03", ""), known)
    held_to(Cell("new"), known)
    for wanted, error in (
        (Cell("new", "B"), "agency: 'B' cannot be used; name one of A"),
        (Cell("new", channel="c25"), "c18, c19 and 5 more; near: 'c2"),
        (Cell("new", sector="x"), "sector: 'x' cannot be used; name one of none is known; leave it out"),
    ):
        with pytest.raises(BadInput) as refused:
            held_to(wanted, known)
        assert error in str(refused.value)
