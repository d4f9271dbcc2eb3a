"""A form as published figures fill it, beside the form of the period before that it must follow."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from zoneinfo import ZoneInfo

import polars as pl

from ioc.errors import BadInput
from ioc.forms import Filled, Heading, Mismatch, Standing, check, filled
from ioc.forms.printed import say
from ioc.kernel.period_names import NamedPeriod
from ioc.signing.signatures import latest
from ioc.signing.view import AS_PUBLISHED, View
from ioc.signing.whose import Whose, by_kind, chosen, named, whose
from ioc.warehouse.connection import Connection
from ioc.warehouse.months import before, covered, ended_and_covered, restated_since
from ioc.warehouse.revisions import Published
from schemas import Feed, Form, Registry
from schemas.formula import sides, terms
from schemas.history import History


@dataclass(frozen=True)
class Asked:
    """Which form: of what, of which period, of whom."""

    form: Form
    feed: Feed
    period: NamedPeriod
    agency: str

    @property
    def key(self) -> dict[str, str]:
        """Its key in table `signature`."""
        return {
            "form": self.form.form,
            "feed": self.feed.feed,
            "calendar": self.period.calendar.name,
            "period": self.period.name,
            "agency": self.agency,
        }


@dataclass(frozen=True)
class Draft:
    """A filled form, nothing checked; `previous` and `restated` are what its gates compare it with."""

    asked: Asked
    revision: Published
    of: Whose
    filled: Filled
    view: View = AS_PUBLISHED
    previous: Filled | None = None
    restated: pl.DataFrame | None = None

    def mismatches(self) -> list[Mismatch]:
        return check(self.filled, self.previous, self.restated)


def draft(
    conn: Connection,
    registry: Registry,
    asked: Asked,
    revision: Published,
    now: datetime,
    at: datetime | None = None,
    view: View = AS_PUBLISHED,
) -> Draft:
    """The form at the revision. `now`: the stack's clock; `at`: up to when signatures count (None: all do).

    What is viewed otherwise than it is signed is held to the period before as viewed, not to what was signed.

    BadInput where the period has not ended or is not published; Stop as `period_months` and `whose` have it.
    """
    period, feed, history = asked.period, asked.feed, registry.history
    on = view.map_on or period.last
    ended_and_covered(revision, feed.feed, period, now.astimezone(ZoneInfo(feed.zone)).date())
    names = agency_names(conn)
    told = view.told(conn, feed.feed, revision, period)
    frame = view.under(told, history)
    still_there(asked, history, view)
    of = whose(asked.form, history, names, asked.agency, on, frozenset(frame["agency"]))
    standing = _viewed(_standing(conn, asked, revision), view, view.notes(asked.form, history, told, of))
    fill = partial(_filled, registry, asked, of, names, on)
    form = fill(frame, standing, period)
    eve = before(period)
    if asked.form.gates.carried is None or not covered(revision, eve):
        return Draft(asked, revision, of, form, view)
    then = Asked(asked.form, feed, eve, asked.agency)
    if view.signable and (signed := latest(conn, then.key, at)):
        changed = restated_since(conn, feed.feed, revision, eve, signed.revision, _closing(asked.form))
        moved = named(chosen(changed, of), history, names, on)
        return Draft(asked, revision, of, form, view, signed.issued().filled, moved)
    frame = view.under(view.told(conn, feed.feed, revision, eve), history)
    return Draft(asked, revision, of, form, view, fill(frame, Standing(), eve))


def still_there(asked: Asked, history: History, view: View) -> None:
    """Nothing where the agency answers for its cases on the day of the view; else BadInput says who does."""
    if view.map_on is None:
        return
    now = history.responsible(asked.agency, view.map_on)
    if now is not None and now.code != asked.agency:
        mend = f"it ended, and on {view.map_on} {now.code} answers for its cases; ask for {now.code}"
        raise BadInput("agency", asked.agency, mend)


def _viewed(standing: Standing, view: View, notes: list[str]) -> Standing:
    found = replace(standing, notes=(*standing.notes, *notes))
    if view.recounted is None:
        return found
    return replace(found, definitions=view.recounted.definitions, set_aside=view.recounted.set_aside)


def _filled(
    registry: Registry,
    asked: Asked,
    of: Whose,
    names: Mapping[str, str],
    on: date,
    frame: pl.DataFrame,
    standing: Standing,
    period: NamedPeriod,
) -> Filled:
    """Agencies have the names and levels of the day `on`, also on the form of the period before."""
    rows = named(by_kind(chosen(frame, of), asked.feed), registry.history, names, on)
    heading = Heading(of.name, period.start, period.last, called(period))
    return filled(asked.form, rows, heading, standing)


def agency_names(conn: Connection) -> dict[str, str]:
    """Names by code as the warehouse has them: of the reference data, and what a source registered."""
    return {str(code): str(name) for code, name in conn.execute("select code, name from agency").fetchall()}


def called(period: NamedPeriod) -> str:
    """`Quý 1 năm 2024`; empty for a free range, whose days say it all."""
    if period.kind == "range":
        return ""
    key = f"called.{period.kind}"
    part = re.search(r"-[QH]?0?(\d+)$", period.name)
    if period.kind == "half" and part:
        key = f"{key}.{part[1]}"
    return say("vi", key, year=period.name[:4], nth=part[1] if part else "")


def position_text(revision: Published, feed: Feed) -> str:
    """Next offsets of the feed's topic by partition, as links have them: `0-1234.1-567`."""
    offsets = revision.position.get(feed.topics[0], {})
    return ".".join(f"{partition}-{offsets[partition]}" for partition in sorted(offsets, key=int))


def _standing(conn: Connection, asked: Asked, revision: Published) -> Standing:
    row = conn.execute("select set_aside from run where run_id = %s", [revision.run_id]).fetchone()
    aside = row[0] if row else None
    return Standing(
        revision=revision.revision,
        position=position_text(revision, asked.feed) or None,
        definitions=revision.definitions,
        as_of=revision.published_at,
        set_aside=aside if isinstance(aside, int) else 0,
    )


def _closing(form: Form) -> dict[str, int]:
    """The figures of what a period closes with, each with its sign: of `6 = 11` those within column 11."""
    found: dict[str, int] = {}

    def add(formula: str, sign: int) -> None:
        for own, number in terms(formula):
            column = form.columns[number]
            if column.sum is not None:
                add(column.sum, sign * own)
            for figure in column.figures:
                found[figure] = found.get(figure, 0) + sign * own

    if form.gates.carried is not None:
        add(sides(form.gates.carried)[1], 1)
    return found
