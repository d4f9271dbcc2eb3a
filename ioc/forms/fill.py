"""Figures into a form: derived from named figures, or taken column by column as someone printed them."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from ioc.errors import BadInput
from ioc.forms.filled import PROVISIONAL, Cells, Filled, Heading, Key, Signature, Standing
from ioc.forms.rows import laid, names, sums
from schemas import near
from schemas.form import Form, FormCode
from schemas.formula import terms

KEYS = ("agency", "agency_name", "level", "sector")


def input_schema(form: Form) -> pl.Schema:
    """What `filled` takes: a row per (agency, sector) with a whole number for each figure of the form."""
    return pl.Schema({name: pl.String() for name in KEYS} | {name: pl.Int64() for name in form.figures})


def filled(
    form: Form,
    figures: pl.DataFrame,
    heading: Heading,
    standing: Standing = PROVISIONAL,
    signature: Signature | None = None,
) -> Filled:
    """Frame of `input_schema` -> the form with every column of every row, not checked yet.

    Of `agency_name` and `level` only what the form's rows print is needed; a null agency, level or sector
    gets a row of its own. Without rows there is a total of zeros. BadInput where the frame is not that.
    """
    accepted(form, figures)
    summed = sums(form, figures, [*form.figures])
    cells: dict[Key, Cells] = {key: _cells(form, told) for key, told in summed.items()}
    rows = laid(form, cells, names(figures), summed)
    return Filled(form, code_of(form, heading), heading, rows, standing, signature)


def taken(
    form: Form,
    printed: pl.DataFrame,
    heading: Heading,
    standing: Standing = PROVISIONAL,
    signature: Signature | None = None,
) -> Filled:
    """A frame as `table` makes it -> the form with the columns as given; nothing is derived.

    `row` says what a row is: `total`, or by what it goes (`level`, `sector`). A key or column that is
    missing or null was not printed. BadInput where rows are missing or given twice.
    """
    known = ["row", *KEYS, *map(str, form.numbers)]
    for name in printed.columns:
        if name not in known:
            raise BadInput("columns", name, f"take it out{near(name, known)}; known are {', '.join(known)}")
    cells: dict[Key, Cells] = {}
    for line in printed.iter_rows(named=True):
        key = _key_as_printed(form, line)
        if key in cells:
            raise BadInput("row", key or "total", "it is given twice; keep one")
        cells[key] = {number: _whole(line.get(str(number)), number) for number in form.numbers}
    for key in [(), *cells]:
        if (parent := key[:-1]) not in cells:
            raise BadInput("row", parent or "total", "it is missing; give every row that stands over others")
    rows = laid(form, cells, names(printed), {})
    return Filled(form, code_of(form, heading), heading, rows, standing, signature)


def table(form: Filled) -> pl.DataFrame:
    """A row per printed row: `row`, its keys, and the columns by their number; `taken` reads it again."""
    depths = [rows.by for rows in form.form.rows]
    lines: list[dict[str, object]] = [
        {"row": depths[len(row.key) - 1] if row.key else "total"}
        | dict(zip(depths, row.key, strict=False))
        | {str(number): row.cells[number] for number in form.form.numbers}
        for row in form.rows
    ]
    schema = {"row": pl.String} | dict.fromkeys(depths, pl.String)
    return pl.DataFrame(lines, schema=schema | {str(number): pl.Int64 for number in form.form.numbers})


def code_of(form: Form, heading: Heading) -> FormCode:
    """The code that the form bears on the period's last day; BadInput where it has none."""
    try:
        return form.code_on(heading.last, heading.ministry)
    except ValueError as exc:
        raise BadInput("last", heading.last.isoformat(), str(exc)) from exc


def accepted(form: Form, frame: pl.DataFrame) -> None:
    """BadInput where the frame is not what `filled` takes."""
    keys = ["agency", *(rows.by for rows in form.rows if rows.by != "agency")]
    for name in (*keys, *form.figures):
        if name not in frame.columns:
            raise BadInput("columns", frame.columns, f"add {name!r}")
    for name in form.figures:
        if not frame.schema[name].is_integer():
            raise BadInput(name, str(frame.schema[name]), "give whole numbers, Int64")
        if frame[name].null_count():
            first = frame.filter(pl.col(name).is_null()).select(keys).row(0)
            raise BadInput(name, None, f"give the row {first} a number; nothing counted is 0")
    if twice := frame.filter(frame.select(keys).is_duplicated()).select(keys).rows():
        raise BadInput("row", twice[0], "it is given twice; add its figures up first")
    if form.agencies == "one" and frame["agency"].n_unique() > 1:
        told = ", ".join(map(str, frame["agency"].unique().sort()))
        raise BadInput("agency", told, f"form {form.form} is of one agency; give that one's rows alone")


def _cells(form: Form, figures: Mapping[str, int]) -> dict[int, int]:
    """Every column out of the figures; a sum may stand on sums (the form has no circle)."""

    def cell(number: int) -> int:
        column = form.columns[number]
        if column.sum is None:
            return sum(figures[name] for name in column.figures)
        return sum(sign * cell(part) for sign, part in terms(column.sum))

    return {number: cell(number) for number in form.numbers}


def _key_as_printed(form: Form, line: Mapping[str, object]) -> Key:
    depths = [str(rows.by) for rows in form.rows]
    what = line.get("row")
    if what == "total":
        return ()
    if what not in depths:
        raise BadInput("row", what, f"say total or {' or '.join(depths)}")
    key = tuple(
        None if (own := line.get(by)) is None else str(own) for by in depths[: depths.index(what) + 1]
    )
    for rows, own in zip(form.rows, key, strict=False):
        if rows.by == "level" and own is not None and own not in rows.groups:
            raise BadInput("level", own, f"name a group of the form: {', '.join(rows.groups)}")
    return key


def _whole(value: object, number: int) -> int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise BadInput(f"column {number}", value, "give a whole number, or nothing where none is printed")
