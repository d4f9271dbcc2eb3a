"""The course of a case: submission and reception, whose it is, every interval, and the hours used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ioc.story.about import About
from ioc.story.lines import Line
from ioc.story.speaker import instant


def course(about: About) -> Iterator[Line]:
    """Lines in the order of time; then reception, agencies and hours."""
    row, said = about.row, about.speaker
    if row["submitted_at"] is not None:
        yield Line("submitted", said.say("submitted", channel=channel(about)), row["submitted_at"])
    if not about.spans and row["entered_at"] is not None:
        yield Line("received", said.say("received", channel=channel(about)), row["entered_at"])
    yield from intervals(about)
    if row["delivered_at"] is not None and row["delivered_at"] != row["resolved_at"]:
        yield Line("delivered", said.say("delivered"), row["delivered_at"])
    yield from reception(about)
    yield from agencies(about)
    yield from used(about)


def channel(about: About) -> str:
    given = about.row["channel"]
    label = about.feed.channels.get(given) if given else None
    if label is None:
        return given or about.speaker.say("no-channel")
    return label.vi if about.speaker.lang == "vi" else label.en


def reception(about: About) -> Iterator[Line]:
    """Whether an online case was, or is being, received in time (domain 2.3)."""
    due, entered, said = about.row["reception_due_at"], about.row["entered_at"], about.speaker
    if due is None:
        return
    late = (entered or about.at) > due
    if entered is not None:
        how = said.say("reception.late" if late else "reception.in-time", at=said.when(entered))
    else:
        how = said.say("reception.waits-late" if late else "reception.waits")
    tone = "late" if late else None
    yield Line("reception", said.say("reception", due=said.when(due), how=how), tone=tone)


def agencies(about: About) -> Iterator[Line]:
    """Receiving and resolving agency as named when the case came, and who has its cases now (domain 2.3)."""
    row, said, history = about.row, about.speaker, about.registry.history
    on = row["entered_on"] or said.local(row["last_occurred_at"])

    def name(code: str | None) -> str:
        known = history.agency_said(code, on) if code else None
        return known.name if known else code or said.say("agencies.none")

    resolving = name(row["agency"])
    if row["receiving_agency"] is None:
        text = said.say("agencies.resolving", resolving=resolving)
    else:
        text = said.say("agencies", receiving=name(row["receiving_agency"]), resolving=resolving)
    now = history.responsible(row["agency"], said.local(about.at), said=on) if row["agency"] else None
    if now is not None and now.name != resolving:
        text = f"{text} {said.say('agencies.now', responsible=now.name)}"
    yield Line("agencies", text)


def intervals(about: About) -> Iterator[Line]:
    """Each span with its hours: counted, paused and why, dropped by a restart, or the end."""
    for span in about.spans:
        until = None if span["until"] is None else instant(span["until"])
        if span["part"] == "end":
            yield Line("end", about.speaker.say("span.end", status=status(about, span)), instant(span["at"]))
            return
        text = _span(about, span)
        yield Line(span["part"], text, instant(span["at"]), until, lasts=until is None)
        if until is not None and span["reason"] and span["part"] == "paused" and span["policy"] == "restart":
            yield Line("restart", about.speaker.say("restart"), until)


def status(about: About, span: dict[str, Any]) -> str:
    known = about.feed.lifecycle.statuses.get(span["status"])
    if known is None:
        return str(span["status"])
    return about.speaker.label(known.label)


def _span(about: About, span: dict[str, Any]) -> str:
    said = about.speaker
    words = {"status": status(about, span), "hours": said.hours(span["work"])}
    if span["phase"] == "paused":
        why = said.say(f"pause.{span['reason']}")
        return said.say(f"span.{span['policy']}", why=why, **words)
    return said.say("span.voided" if span["voided"] else "span.counted", **words)


def used(about: About) -> Iterator[Line]:
    """Hours since the reception or the last restart: counted, and of pauses that are not."""
    said = about.speaker
    if about.rules.clocks is None or not about.spans:
        return
    hours = {
        part: sum(s["work"] or 0 for s in about.spans if s["part"] == part and not s["voided"])
        for part in ("counted", "paused")
    }
    anew = any(span["voided"] for span in about.spans)
    paused = said.say("used.paused", hours=said.hours(hours["paused"]))
    words = {
        "worked": said.hours(hours["counted"]),
        "paused": paused if hours["paused"] else said.say("used.no-pause"),
    }
    if about.row["resolved_at"] is None:
        key, words["at"] = ("used.so-far-anew" if anew else "used.so-far"), said.when(about.at)
    else:
        key = "used.anew" if anew else "used"
    yield Line("used", said.say(key, **words))
