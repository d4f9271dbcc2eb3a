"""The whole story of one case; it reads the derived row and decides nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from ioc.kernel.rules import CaseRules
from ioc.story.about import About, Row
from ioc.story.course import course
from ioc.story.dues import dues, outcomes
from ioc.story.lines import Line
from ioc.story.speaker import Lang, Speaker
from ioc.story.stages import stages
from schemas import Registry
from schemas.flags import flags


class Story:
    """Of one feed's cases. `rules` with the clocks of the registry, or cases have none in words either."""

    def __init__(self, registry: Registry, rules: CaseRules) -> None:
        self._registry, self._rules = registry, rules

    def speaker(self, lang: Lang) -> Speaker:
        return Speaker(lang, self._rules.zone)

    def tell(self, row: Row, events: Sequence[Row], at: datetime, lang: Lang) -> list[Line]:
        """Lines of the case as at `at`: `row` as in `cases`, `events` with the columns of EVENTS, any order.

        The first says how it stands, then its course, due dates, outcomes, stages, letter, cause and flags.
        """
        feed = self._registry.feed(self._rules.feed)
        about = About(feed, self._registry, self._rules, row, events, at, self.speaker(lang))
        return [*stands(about), *course(about), *dues(about), *outcomes(about), *stages(about), *asked(about)]


def stands(about: About) -> Iterator[Line]:
    """How the case stands against its due date by the feed's own comparison."""
    said, row = about.speaker, about.row
    tone, key = _stands(about)
    words = {}
    if row["due_at"] is not None:
        on = row["resolved_on"] or said.local(about.at)
        words = {
            "due": said.day(row["due_on"]),
            "due_at": said.when(row["due_at"]),
            "days": said.days(abs((row["due_on"] - on).days)),
        }
    if row["paused_at"] is not None:
        words["since"] = said.when(row["paused_at"])
    if row["resolved_at"] is not None:
        words |= {"on": said.day(row["resolved_on"]), "at": said.when(row["resolved_at"])}
    if row["set_aside"] is not None:
        words["why"] = said.known("aside", row["set_aside"])
    yield Line("stands", said.say(f"stands.{key}", **words), tone=tone)
    yield Line("compared", said.say(f"compared.{about.rules.compare}", zone=said.zone))


def _stands(about: About) -> tuple[str, str]:
    row, today = about.row, about.speaker.local(about.at)
    if row["set_aside"] is not None:
        return "soon", "set-aside"
    if row["entered_at"] is None or not row["in_figures"]:
        return "silent", "refused" if row["phase"] == "refused" else "not-entered"
    if row["withdrawn"]:
        return "on_due_date", "withdrawn"
    outcome = row["outcome"]
    if outcome is not None:
        hours = outcome == "late" and row["due_on"] == row["resolved_on"]
        ways = {"no_due_date": ("plain", "no-due")}
        return ("late", "late-hours") if hours else ways.get(outcome, (outcome, outcome))
    if row["paused_at"] is not None:
        late = row["due_on"] is not None and row["due_on"] < today
        return "paused", "paused-late" if late else "paused" if row["due_on"] else "paused-no-due"
    if row["due_on"] is None:
        return "plain", "open-no-due"
    if row["due_on"] == today:
        passed = about.rules.compare == "instant" and row["due_at"] < about.at
        return ("late", "open-late-hours") if passed else ("soon", "open-soon")
    return ("late", "open-late") if row["due_on"] < today else ("on_due_date", "open")


def asked(about: About) -> Iterator[Line]:
    """What a reader asks of a case: apology letter, likely cause, and what is to be looked at."""
    said, row = about.speaker, about.row
    yield from apology(about)
    if about.cause is not None:
        yield Line("cause", cause(about, about.cause))
    words = flags()
    if row["flags"]:
        told = "; ".join(said.label(words[flag].label) if flag in words else flag for flag in row["flags"])
        yield Line("flags", said.say("flags", flags=told), tone="soon")


def apology(about: About) -> Iterator[Line]:
    """In time, late, or missing where the case is overdue (domain 2.6)."""
    said, row, clocks = about.speaker, about.row, about.rules.clocks
    if clocks is None:
        return
    if row["apology_at"] is None:
        if about.overdue:
            yield Line("apology", said.say("apology.missing"), tone="late")
        return
    days = clocks.apology_days(row["entered_on"]) if row["entered_on"] else None
    words = {"at": said.when(row["apology_at"]), "days": "" if days is None else said.days(days)}
    judged = row["apology"] if days is not None else "unjudged"
    yield Line("apology", said.say(f"apology.{judged}", **words), tone="late" if judged == "late" else None)


def cause(about: About, found: str) -> str:
    """The likely cause of an overdue case, with the instants that speak for it (domain 7.3)."""
    said, row = about.speaker, about.row
    words = {"due": said.when(row["due_at"])}
    if found == "sync-lag" and about.told is not None:
        return said.say(
            "cause.sync-lag", at=said.when(row["resolved_at"]), told=said.when(about.told), **words
        )
    if found == "pause-not-transmitted" and row["pause_reason"] in ("supplement", "fee"):
        why = said.say(f"pause.{row['pause_reason']}")
        return said.say("cause.waits", since=said.when(row["paused_at"]), why=why)
    if row["due_by_us_at"] is not None:
        words["ours"] = said.when(row["due_by_us_at"])
    paused = said.hours((row["paused_seconds"] or 0) * 1_000_000)
    return said.say(f"cause.{found}", paused=paused, **words)
