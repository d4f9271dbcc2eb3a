"""An issued form for a terminal: title, table, notes and signature, as the sheet has them."""

from __future__ import annotations

import io
import sys

from rich.console import Console
from rich.table import Table

from ioc.forms import Issued
from ioc.forms.printed import below, day, footnotes, number, say, signed_at

PIPE = 400  # characters of a line where there is no edge to wrap at


def as_table(issued: Issued) -> str:
    """The form as text, figures as it prints them."""
    filled = issued.filled
    form, heading = filled.form, filled.heading
    out = io.StringIO()
    console = Console(file=out, highlight=False, width=None if sys.stdout.isatty() else PIPE)
    days = {"first": day(heading.first, form.formats), "last": day(heading.last, form.formats)}
    period = [say("vi", "period", period=heading.period)] if heading.period else []
    for line in (
        f"{say('vi', 'code', code=filled.code.code)} – {form.title.vi}",
        say("vi", "reporting", agency=heading.agency),
        say("vi", "receiving", receiver=filled.code.receiver.vi),
        " ".join([*period, say("vi", "days", **days)]),
        say("vi", "unit", unit=form.unit.vi),
    ):
        console.print(line, markup=False)
    console.print(_table(issued))
    for note in [*below(filled), *footnotes(filled, [one.said("vi") for one in issued.mismatches])]:
        console.print(note, markup=False)
    if filled.signature is not None:
        signed = filled.signature
        console.print(f"{signed_at(signed)}. {signed.role}: {signed.name}", markup=False)
    return out.getvalue()


def _table(issued: Issued) -> Table:
    filled = issued.filled
    form = filled.form
    table = Table(box=None, pad_edge=False)
    for n, column in form.columns.items():
        head = [*(form.heads[name].vi for name in column.under), column.heading.vi, f"({n})"]
        figures = column.text is None
        table.add_column("\n".join(head), justify="right" if figures else "left", vertical="bottom")
    for row in filled.rows:
        said = {"serial": row.serial, "label": filled.label(row)}
        cells = (
            said[column.text] if column.text else _figure(row.cells[n], issued)
            for n, column in form.columns.items()
        )
        table.add_row(*cells)
    return table


def _figure(n: int | None, issued: Issued) -> str:
    return "" if n is None else number(n, issued.filled.form.formats)
