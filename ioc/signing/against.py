"""What stands against signing a form: gates that fail, sources that were silent, messages in quarantine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ioc.calendars import calendars_of
from ioc.errors import BadInput
from ioc.forms import Mismatch
from ioc.forms.filled import Obstacle
from ioc.forms.printed import day, number, say
from ioc.kernel.period_names import NamedPeriod
from ioc.signing.draft import Draft
from ioc.story.speaker import Lang
from ioc.warehouse.connection import Connection
from ioc.warehouse.flags import REFUSED
from ioc.warehouse.silence import Silent, silent
from schemas import Feed, Registry
from schemas.form import Formats

SHOWN = 10  # days of a silent source; more are counted
_DAY = timedelta(days=1)
_WEEKEND = 5  # Monday is 0


@dataclass(frozen=True)
class Against:
    """One thing that stands against it: what was found, in both languages, and the lines of it."""

    what: Obstacle
    found: tuple[str, str]
    lines: tuple[str, ...] = ()

    def said(self, lang: Lang) -> str:
        return self.found[lang == "en"]


def against(
    conn: Connection, registry: Registry, draft: Draft, mismatches: Sequence[Mismatch]
) -> list[Against]:
    """Everything that stands against signing the draft, nothing where it may be signed."""
    asked, formats, found = draft.asked, draft.asked.form.formats, list[Against]()
    if mismatches:
        told = _both("against.gate", n=number(len(mismatches), formats))
        found.append(Against("gate", told, tuple(map(str, mismatches))))
    agencies = None if draft.of.agencies is None else sorted(draft.of.agencies)
    days = working_days(registry, asked.feed, asked.period)
    sources = silent(conn, asked.feed.feed, asked.feed.zone, asked.feed.rhythm_minutes, days, agencies)
    if sources:
        found.append(_silent(sources, formats))
    if refused := _refused(conn, asked.feed):
        found.append(Against("quarantine", _both("against.quarantine", n=number(refused, formats))))
    return found


def working_days(registry: Registry, feed: Feed, period: NamedPeriod) -> list[date]:
    """Those of the period by the newest version of the feed's calendar; Monday to Friday for a feed without.

    BadInput where the calendar does not know all of the period's days.
    """
    days = [period.start + n * _DAY for n in range((period.until - period.start).days)]
    if feed.calendar is None:
        return [on for on in days if on.weekday() < _WEEKEND]
    calendar = registry.calendars[feed.calendar]
    first, last = calendar.years
    if not first <= period.start.year <= period.last.year <= last:
        mend = (
            f"calendar {feed.calendar} knows the years {first} to {last}; add to `years` in {calendar.file}"
        )
        raise BadInput("period", period.name, mend)
    every = calendars_of(calendar.model_copy(update={"years": (period.start.year, period.last.year)}))
    newest = [one for one in every if one.agency == ""][-1]
    worked = {one.on for one in newest.days if one.hand_over is not None}
    return [on for on in days if on in worked]


def _silent(sources: Sequence[Silent], formats: Formats) -> Against:
    def told(lang: Lang) -> str:
        return "; ".join(
            say(
                lang,
                "against.silent-source.one",
                source=one.source,
                n=len(one.days),
                days=_days(one, formats),
            )
            for one in sources
        )

    vi, en = (say(lang, "against.silent-source", sources=told(lang)) for lang in ("vi", "en"))
    return Against("silent-source", (vi, en))


def _days(one: Silent, formats: Formats) -> str:
    shown = [day(on, formats) for on in one.days[:SHOWN]]
    return ", ".join(shown + (["…"] if len(one.days) > SHOWN else []))


def _refused(conn: Connection, feed: Feed) -> int:
    row: Any = conn.execute(REFUSED.encode(), {"feed": feed.feed}).fetchone()
    return int(row[0])


def _both(key: str, **values: object) -> tuple[str, str]:
    return say("vi", key, **values), say("en", key, **values)
