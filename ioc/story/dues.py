"""The due dates of a case: by which rule, by the source and by us, and the outcome under each definition."""

from __future__ import annotations

from collections.abc import Iterator

from ioc.story.about import About
from ioc.story.lines import Line

PAUSES = ("supplement", "fee", "stop")


def dues(about: About) -> Iterator[Line]:
    """Rule, due date of the source, due date by us and their difference."""
    if about.row["entered_at"] is None:
        return
    yield from rule(about)
    said, due = about.speaker, about.row["due_at"]
    text = said.say("due.no-source") if due is None else said.say("due.source", due=said.when(due))
    yield Line("due_source", text)
    if about.rules.clocks is not None:
        yield Line("due_by_us", by_us(about))


def rule(about: About) -> Iterator[Line]:
    """Procedure, its version and limit, what pauses do, and the calendar's version."""
    said, row, version = about.speaker, about.row, about.version
    if about.rules.clocks is None or row["procedure"] is None:
        return
    calendar = about.calendar or said.say("rule.no-limit")
    if version is None:
        yield Line("rule", said.say("rule.no-version", procedure=row["procedure"], calendar=calendar))
        return
    many = version.limit_by(row["channel"] in about.rules.clocks.online)
    known = version.unit is not None and (many is not None or version.unit == "same_day")
    limit = said.say(f"unit.{version.unit}", n=many) if known else said.say("rule.no-limit")
    words = {"procedure": row["procedure"], "version": version.version, "calendar": calendar}
    policies = {reason: str(getattr(version, f"pause_{reason}")).upper() for reason in PAUSES}
    alike = len({*policies.values()}) == 1
    pauses = (
        said.say("rule.pauses-alike", policy=policies["stop"])
        if alike
        else said.say("rule.pauses", **policies)
    )
    yield Line("rule", f"{said.say('rule', limit=limit, **words)} {pauses}")


def by_us(about: About) -> str:
    """The due date recomputed, against the one of the source by local date."""
    row, said = about.row, about.speaker
    check, ours = row["due_check"], row["due_by_us_at"]
    if check is None or check == "no-limit":
        paused = row["paused_at"] is not None
        return said.say("due.no-limit" if check else "due.paused" if paused else "due.no-answer")
    if ours is None:
        return said.say("due.no-answer")
    days = abs((row["due_on"] - row["due_by_us_on"]).days) if row["due_on"] is not None else 0
    if check in ("same", "no-source-due"):
        return said.say(f"due.{check}", ours=said.when(ours))
    why = "by-letter" if check == "longer" and row["apology_at"] is not None else check
    way = "due.source-later" if row["due_on"] > row["due_by_us_on"] else "due.source-earlier"
    return said.say(way, ours=said.when(ours), days=said.days(days), why=said.say(f"check.{why}"))


def outcomes(about: About) -> Iterator[Line]:
    """Early, on time or late by local date, by instant and by index 766, with the numbers compared."""
    if not about.row["in_figures"]:
        return
    if about.standing is not None:
        yield Line("outcome_date", open_by_date(about), tone=tone(about.standing[0]))
    elif about.row["outcome_by_date"] is not None:
        yield Line("outcome_date", by_date(about), tone=tone(about.row["outcome_by_date"]))
        yield Line("outcome_instant", by_instant(about), tone=tone(about.row["outcome_by_instant"]))
    by = about.standing[1] if about.standing is not None else about.row["outcome_766"]
    if by is not None:
        yield Line("outcome_766", by_766(about, by), tone=tone(by))


def tone(by: str) -> str:
    """The page's colour of an outcome."""
    return {
        "on_time": "on_due_date",
        "in_time": "on_due_date",
        "overdue": "late",
        "no_due_date": "plain",
    }.get(by, by)


def open_by_date(about: About) -> str:
    said, row = about.speaker, about.row
    assert about.standing is not None
    by = said.say(f"by.{about.standing[0]}")
    if row["paused_at"] is not None:
        return said.say("date.paused", since=said.when(row["paused_at"]), by=by)
    if row["due_on"] is None:
        return said.say("date.open-no-due", by=by)
    return said.say("date.open", on=said.day(said.local(about.at)), due=said.day(row["due_on"]), by=by)


def by_date(about: About) -> str:
    said, row = about.speaker, about.row
    if row["withdrawn"]:
        return said.say("date.withdrawn")
    if row["due_on"] is None:
        return said.say("date.no-due")
    by = said.say(f"by.{row['outcome_by_date']}")
    return said.say("date.ended", on=said.day(row["resolved_on"]), due=said.day(row["due_on"]), by=by)


def by_instant(about: About) -> str:
    said, row = about.speaker, about.row
    if row["withdrawn"]:
        return said.say("instant.withdrawn")
    if row["due_at"] is None:
        return said.say("instant.no-due")
    by = row["outcome_by_instant"]
    words = {"at": said.when(row["resolved_at"]), "due": said.when(row["due_at"]), "by": said.say(f"by.{by}")}
    return said.say("instant.late" if by == "late" else "instant.in-time", **words)


def by_766(about: About, by: str) -> str:
    said, row = about.speaker, about.row
    waits = row["resolved_at"] is None and row["pause_reason"] in ("supplement", "stop")
    if waits and row["pause_reason"] == "supplement" and row["supplements"] > 1:
        return said.say("766.asked-again", n=row["supplements"])
    if row["resolved_at"] is not None:
        end, at = ("withdrawn" if row["withdrawn"] else "resolved"), row["resolved_at"]
    else:
        end, at = (row["pause_reason"], row["paused_at"]) if waits else ("open", about.at)
    words = {"end": said.say(f"766.{end}"), "at": said.when(at), "until": said.when(row["due_766_at"])}
    return said.say("766", basis=_basis(about), by=said.say(f"by.{by}"), **words)


def _basis(about: About) -> str:
    """What the due date by index 766 is made of."""
    said, due = about.speaker, about.row["due_at"]
    if due is None:
        return said.say("766.statutory")
    waited = about.row["due_766_at"] - due
    if not waited:
        return said.say("766.due")
    hours = said.hours(round(waited.total_seconds() * 1_000_000), "clock")
    return said.say("766.due-and-supplements", hours=hours)
