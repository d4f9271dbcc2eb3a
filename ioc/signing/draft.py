"""A form as published figures fill it, beside the form of the period before that it must follow."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import polars as pl

from ioc.forms import Filled, Heading, Mismatch, Standing, check, filled
from ioc.forms.printed import say
from ioc.kernel.period_names import NamedPeriod
from ioc.signing.signatures import latest
from ioc.signing.whose import Whose, by_kind, chosen, named, whose
from ioc.warehouse.connection import Connection
from ioc.warehouse.months import before, covered, ended_and_covered, period_months, restated_since
from ioc.warehouse.revisions import Published
from schemas import Feed, Form, Registry
from schemas.formula import sides, terms


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
) -> Draft:
    """The form at the revision. `now`: the stack's clock; `at`: up to when signatures count (None: all do).

    BadInput where the period has not ended or is not published; Stop as `period_months` and `whose` have it.
    """
    period, feed, on = asked.period, asked.feed, asked.period.last
    ended_and_covered(revision, feed.feed, period, now.astimezone(ZoneInfo(feed.zone)).date())
    names = agency_names(conn)
    frame = period_months(conn, feed.feed, revision, period)
    of = whose(asked.form, registry.history, names, asked.agency, on, frozenset(frame["agency"]))
    form = _filled(registry, asked, frame, of, names, _standing(conn, asked, revision), period)
    eve = before(period)
    if asked.form.gates.carried is None or not covered(revision, eve):
        return Draft(asked, revision, of, form)
    then = Asked(asked.form, feed, eve, asked.agency)
    if signed := latest(conn, then.key, at):
        changed = restated_since(conn, feed.feed, revision, eve, signed.revision, _closing(asked.form))
        moved = named(chosen(changed, of), registry.history, names, on)
        return Draft(asked, revision, of, form, signed.issued().filled, moved)
    frame = period_months(conn, feed.feed, revision, eve)
    return Draft(asked, revision, of, form, _filled(registry, asked, frame, of, names, Standing(), eve))


def _filled(
    registry: Registry,
    asked: Asked,
    frame: pl.DataFrame,
    of: Whose,
    names: Mapping[str, str],
    standing: Standing,
    period: NamedPeriod,
) -> Filled:
    """Agencies have the names and levels of the asked period's last day, also on the form before it."""
    rows = named(by_kind(chosen(frame, of), asked.feed), registry.history, names, asked.period.last)
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
