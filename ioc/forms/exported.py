"""An issued form as JSON and CSV: whole numbers as they are, words as the form prints them."""

from __future__ import annotations

import json
from typing import Any

import polars as pl

from ioc.forms.fill import table
from ioc.forms.filled import Filled
from ioc.forms.gates import Mismatch
from ioc.forms.issue import Issued
from ioc.forms.printed import footnotes, percent
from schemas.formula import value


def to_json(issued: Issued) -> str:
    """The form with its layout, rows, rates, standing, mismatches and signature; the same text each time."""
    filled = issued.filled
    form, code, heading = filled.form, filled.code, filled.heading
    said = {
        "form": form.form,
        "code": code.model_dump(mode="json", include={"code", "ministry", "source", "assumed"}),
        "title": form.title.model_dump(),
        "unit": form.unit.model_dump(),
        "agency": heading.agency,
        "receiver": code.receiver.model_dump(),
        "period": {"name": heading.period, "from": heading.first, "to": heading.last},
        "columns": _columns(filled),
        "rows": _rows(filled),
        "rates": _rates(filled),
        "standing": _standing(filled),
        "mismatches": [_mismatch(one) for one in issued.mismatches],
        "signature": vars(filled.signature) if filled.signature else None,
        "footnotes": footnotes(filled, [one.said("vi") for one in issued.mismatches]),
    }
    return json.dumps(said, ensure_ascii=False, indent=1, default=lambda when: when.isoformat()) + "\n"


def to_csv(issued: Issued) -> str:
    """`serial`, `label`, `row`, the row's keys and the columns by number; `taken` reads all after `label`."""
    rows = issued.filled.rows
    words = {"serial": [row.serial for row in rows], "label": [issued.filled.label(row) for row in rows]}
    return pl.DataFrame(words).hstack(table(issued.filled)).write_csv()


def _columns(filled: Filled) -> list[dict[str, Any]]:
    form = filled.form
    return [
        {
            "number": number,
            "under": [form.heads[name].model_dump() for name in column.under],
            "heading": column.heading.model_dump(),
            "sum": column.sum,
        }
        for number, column in form.columns.items()
    ]


def _rows(filled: Filled) -> list[dict[str, Any]]:
    lines = table(filled).to_dicts()
    numbers = [str(number) for number in filled.form.numbers]
    return [
        {"serial": row.serial, "label": filled.label(row)}
        | {name: line[name] for name in line if name not in numbers}
        | {"cells": {number: line[number] for number in numbers}}
        | ({"figures": dict(row.figures)} if row.figures else {})
        for row, line in zip(filled.rows, lines, strict=True)
    ]


def _rates(filled: Filled) -> dict[str, dict[str, Any]]:
    """`percent` is null where there is nothing to divide by."""
    rates: dict[str, dict[str, Any]] = {}
    for name, rate in filled.form.rates.items():
        above, below = (value(part, filled.total.cells) for part in (rate.numerator, rate.denominator))
        divides = above is not None and below is not None and below > 0
        told = percent(above or 0, below or 1, filled.form.formats) if divides else None
        rates[name] = {"label": rate.label.model_dump(), "numerator": above, "denominator": below}
        rates[name] |= {"percent": told}
    return rates


def _standing(filled: Filled) -> dict[str, Any]:
    at = filled.standing
    return vars(at) | {"despite": [vars(one) for one in at.despite]}


def _mismatch(one: Mismatch) -> dict[str, Any]:
    sides = {"left": one.left, "right": one.right, "difference": one.difference}
    return {"gate": one.gate, "column": one.column, "row": one.where, **sides, "text": one.said("vi")}
