"""Rows of a form: the keys of a frame, sums over them at every depth, and their printed order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import polars as pl

from ioc.errors import BadInput
from ioc.forms.alphabet import alphabetical
from ioc.forms.filled import Cells, Key, Row, printable
from schemas.form import Form, RowsBy

Labels = Mapping[Key, str]


def sums(form: Form, frame: pl.DataFrame, figures: Sequence[str]) -> dict[Key, dict[str, int]]:
    """Rows with `agency`, `level`, `sector` as the form's rows ask -> the sum of each figure per key.

    Every depth is summed from the frame itself, so a parent is no sum of sums; () is the total.
    BadInput where a level is in no group of the form.
    """
    keys = [_key(rows) for rows in form.rows]
    _levels_known(form, frame)
    keyed = frame.with_columns(key.alias(f"__{n}") for n, key in enumerate(keys))
    found: dict[Key, dict[str, int]] = {}
    for depth in range(len(keys) + 1):
        by = [f"__{n}" for n in range(depth)]
        added = keyed.group_by(by).agg(pl.col(figures).sum()) if by else keyed.select(pl.col(figures).sum())
        for row in added.iter_rows(named=True):
            found[tuple(row[name] for name in by)] = {name: row[name] for name in figures}
    return found


def names(frame: pl.DataFrame) -> dict[str, str]:
    """Code -> name of a frame's agencies, where it gives both."""
    if not {"agency", "agency_name"} <= {*frame.columns}:
        return {}
    told = frame.select("agency", "agency_name").drop_nulls().unique().sort("agency", "agency_name")
    return dict(told.iter_rows())


def _key(rows: RowsBy) -> pl.Expr:
    if rows.by != "level":
        return pl.col(rows.by)
    groups = {level: name for name, group in rows.groups.items() for level in group.levels}
    return pl.col("level").replace_strict(groups, default=None, return_dtype=pl.String)


def _levels_known(form: Form, frame: pl.DataFrame) -> None:
    for rows in form.rows:
        known = [level for group in rows.groups.values() for level in group.levels]
        strange = frame.filter(~pl.col("level").is_in(known)) if known else frame.clear()
        if strange.height:
            mend = f"take one of {', '.join(known)}, or give it a group in `rows` of form {form.form}"
            raise BadInput("level", strange["level"][0], mend)


def laid(
    form: Form,
    cells: Mapping[Key, Cells],
    agencies: Mapping[str, str],
    figures: Mapping[Key, Mapping[str, int]],
) -> tuple[Row, ...]:
    """The rows as printed: each group before what it holds, by the alphabet, the total last."""
    labels = {key: _label(form, key, agencies) for key in cells if key}
    children: dict[Key, list[Key]] = {}
    for key in labels:
        children.setdefault(key[:-1], []).append(key)
    for siblings in children.values():
        siblings.sort(key=_order(form, labels))
    rows: list[Row] = []

    def lay(parent: Key, said: tuple[str, ...], serial: str) -> None:
        for n, key in enumerate(children.get(parent, []), start=1):
            own, path = _serial(form, len(key), n, serial), (*said, labels[key])
            rows.append(Row(key, path, own, cells[key], figures.get(key, {})))
            lay(key, path, own)

    lay((), (), "")
    return (*rows, Row((), (), "", cells[()], figures.get((), {})))


def _label(form: Form, key: Key, agencies: Mapping[str, str]) -> str:
    rows, own = form.rows[len(key) - 1], key[-1]
    if own is None:
        return rows.unknown.vi
    if rows.by == "level":
        return rows.groups[own].label.vi
    return printable(rows.by, agencies.get(own, own) if rows.by == "agency" else own)


def _order(form: Form, labels: Labels) -> Callable[[Key], Any]:
    """Groups as the form lists them, others by the alphabet; what was not given last."""

    def order(key: Key) -> Any:
        rows, own = form.rows[len(key) - 1], key[-1]
        if own is None:
            return (1,)
        place = [*rows.groups].index(own) if rows.by == "level" else alphabetical(labels[key])
        return 0, place, own

    return order


def _serial(form: Form, depth: int, n: int, parent: str) -> str:
    """I, II, … over 1, 2, … over 1.1, 1.2, …; plain numbers where rows have one depth."""
    if depth == 1:
        return _roman(n) if len(form.rows) > 1 else str(n)
    return str(n) if depth == 2 else f"{parent}.{n}"


def _roman(n: int) -> str:
    signs = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"))
    text = ""
    for worth, sign in (*signs, (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        text += sign * (n // worth)
        n %= worth
    return text
