"""How a form is looked at that nobody signs: by other definitions, or by the agencies of a day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import polars as pl

from ioc.agencies import orphaned, successors
from ioc.forms.printed import day, say
from ioc.kernel.period_names import NamedPeriod
from ioc.signing.whose import Whose, chosen
from ioc.warehouse.connection import Connection
from ioc.warehouse.months import GROUP, PERIOD_MONTHS, period_months
from ioc.warehouse.revisions import Published
from schemas import Form
from schemas.history import History


@dataclass(frozen=True)
class Recounted:
    """Figures by definitions that were known `since`: period -> frame of PERIOD_MONTHS. Not published."""

    months: Callable[[NamedPeriod], pl.DataFrame]
    definitions: str
    since: datetime
    set_aside: int


@dataclass(frozen=True)
class View:
    """recounted: the figures in place of the published ones. map_on: the day whose agencies answer for all
    of them; None: those that the cases name, as a form is signed.
    """

    recounted: Recounted | None = None
    map_on: date | None = None

    @property
    def signable(self) -> bool:
        return self.recounted is None and self.map_on is None

    def told(self, conn: Connection, feed: str, revision: Published, period: NamedPeriod) -> pl.DataFrame:
        """Frame of PERIOD_MONTHS, under the agencies that the cases name."""
        if self.recounted is not None:
            return self.recounted.months(period)
        return period_months(conn, feed, revision, period)

    def under(self, told: pl.DataFrame, history: History) -> pl.DataFrame:
        """The same figures under the agencies that the form is of; their sums are the same."""
        return told if self.map_on is None else mapped(told, history, self.map_on)

    def notes(self, form: Form, history: History, told: pl.DataFrame, of: Whose) -> list[str]:
        """What the form says of it. told: its figures under the agencies that the cases name."""
        said = []
        if self.recounted is not None:
            since = self.recounted.since.astimezone(ZoneInfo(form.zone)).strftime("%H:%M %d/%m/%Y")
            said.append(say("vi", "definitions-of", definitions=self.recounted.definitions, since=since))
        if self.map_on is not None:
            said.append(say("vi", "as-now", day=day(self.map_on, form.formats)))
            said += _split(told, history, of, self.map_on)
            if alone := orphaned(chosen(self.under(told, history), of), history, self.map_on):
                named = (history.agency_said(code, self.map_on) for code in alone)
                said.append(say("vi", "as-now.alone", names=", ".join(one.name for one in named if one)))
        return said


def _split(told: pl.DataFrame, history: History, of: Whose, on: date) -> list[str]:
    """Of each agency that several bodies took over from, in the form: whose all its figures are."""
    now = successors(history, on)
    parts: dict[str, set[str]] = {}
    for edge in history.successions:
        if edge.ends and edge.effective <= on:
            parts.setdefault(edge.from_, set()).add(edge.to)
    held = [code for code in told["agency"].unique().sort() if len(parts.get(code, ())) > 1 and code in now]
    mine = [code for code in held if of.agencies is None or now[code] in of.agencies]
    names = ((history.agency_said(code, on), history.agency_said(now[code], on)) for code in mine)
    return [say("vi", "as-now.split", name=was.name, to=to.name) for was, to in names if was and to]


AS_PUBLISHED = View()


def mapped(months: pl.DataFrame, history: History, on: date) -> pl.DataFrame:
    """Frame of PERIOD_MONTHS -> the same figures under the agencies responsible on the day."""
    figures = [name for name in PERIOD_MONTHS if name not in GROUP]
    moved = months.with_columns(pl.col("agency").replace(successors(history, on)))
    return moved.group_by(GROUP).agg(pl.col(figures).sum()).select(*PERIOD_MONTHS).sort(GROUP)
