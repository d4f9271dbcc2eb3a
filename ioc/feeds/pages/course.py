"""What happens to a case: statuses and what may follow, its deadline, channels and attributes."""

from __future__ import annotations

from collections.abc import Iterator

from ioc.feeds.pages.markup import Inside, Markup, code, codes, el, joined, pair, section, table, worded
from ioc.feeds.pages.words import heads, word
from schemas import Feed, Status
from schemas.clocks import Clocks
from schemas.promise import Label

Line = tuple[Inside, ...]


def lifecycle(feed: Feed) -> Markup | None:
    """A row per status; `what may follow` names statuses by their codes."""
    rows = [
        (code(name), pair(one.label), pair(word("phase", one.phase)), _notes(one), _after(one))
        for name, one in feed.lifecycle.statuses.items()
    ]
    listed = table(heads("status", "called", "phase", "notes", "after"), rows)
    flagged = any(one.next is not None for one in feed.lifecycle.statuses.values())
    note = el("p", pair(word("say", "flagged")), class_="note") if flagged else None
    return section(word("title", "course"), listed, note)


def _notes(status: Status) -> Markup:
    marks = {"enters": status.enters, "ends": status.ends, "apology": status.apology}
    said = [name for name, holds in marks.items() if holds]
    said += [name for name in (status.pause, status.consultation) if name]
    return joined(el("div", pair(word("status", name))) for name in said)


def _after(status: Status) -> Markup:
    if status.next:
        return codes(status.next)
    if status.phase == "note":
        return pair(word("say", "anywhere"))
    return pair(word("say", "anything" if status.next is None else "nothing"))


def deadline(feed: Feed) -> Markup | None:
    """How due dates are held, and the feed's other clocks."""
    rows: list[Line] = [
        (pair(word("deadline", "compare")), pair(word("deadline", feed.deadline.compare)), ""),
    ]
    if feed.calendar:
        rows.append((pair(word("deadline", "calendar")), code(feed.calendar), ""))
    if feed.clocks:
        rows += _clocks(feed.clocks)
    if feed.authority:
        for name, stage in feed.authority.stages.items():
            phases = joined(el("div", pair(word("phase", one))) for one in stage.phases)
            rows.append((pair(word("deadline", "authority", stage=name)), phases, codes(stage.sources)))
    return section(word("title", "deadline"), table(heads("name", "rule", "notes"), rows))


def _clocks(clocks: Clocks) -> Iterator[Line]:
    if clocks.reception_channels:
        by = ", ".join(clocks.reception_channels)
        within = word("deadline", "reception_hours", n=clocks.reception_hours)
        yield pair(word("deadline", "reception", channels=by)), pair(within), ""
    yield pair(word("deadline", "breach")), pair(word("deadline", "breach_hours", n=clocks.breach_hours)), ""
    for why, how in clocks.pauses.items():
        told = word("status", why)
        title = Label(
            vi=word("deadline", "pause", why=told.vi).vi, en=word("deadline", "pause", why=told.en).en
        )
        yield pair(title), pair(word("deadline", how)), ""
    for rule in clocks.apology:
        days = pair(word("deadline", "apology_days", n=rule.days))
        held = f"{rule.valid_from or '…'} – {rule.valid_to or '…'}"
        yield pair(word("deadline", "apology")), joined((days, el("div", held))), rule.source


def channels(feed: Feed) -> Markup | None:
    """The words for how a case came; in forms they are counted as one of three."""
    rows: list[Line] = [
        (code(name), pair(label), *_counted(feed, name)) for name, label in feed.channels.items()
    ]
    if feed.channel_kinds:
        rows.append(("", pair(word("say", "no_channel")), *_counted(feed, "")))
    titles = heads("code", "called", *(["in_forms"] if feed.channel_kinds else []))
    note = el("p", pair(word("say", "unlisted")), class_="note") if rows else None
    return section(word("title", "channels"), table(titles, rows), note)


def _counted(feed: Feed, channel: str) -> Line:
    return (code(feed.channel_kinds[channel]),) if feed.channel_kinds else ()


def attributes(feed: Feed) -> Markup | None:
    """What a case keeps besides what all cases have."""
    rows = [
        (
            code(name),
            pair(one.label),
            pair(word("attribute", one.kind)),
            worded(one.words),
        )
        for name, one in feed.attributes.items()
    ]
    return section(word("title", "attributes"), table(heads("code", "called", "kind", "words"), rows))
