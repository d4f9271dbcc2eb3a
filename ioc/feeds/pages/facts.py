"""Whose a feed is, how often and where it is sent, and the versions of its events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ioc.feeds.listed import state
from ioc.feeds.pages.markup import Inside, Markup, code, codes, el, folded, joined, pair, section, table
from ioc.feeds.pages.words import heads, word
from schemas import AnyFeed, Feed, ObservationFeed, Registry, Vocabulary
from schemas.promise import Label
from schemas.surge import Surge

HOUR, DAY = 60, 1_440


def span(minutes: int) -> Label:
    """Minutes in the largest unit that says them without a rest."""
    if minutes % DAY == 0:
        return word("span", "day", n=minutes // DAY)
    if minutes % HOUR == 0:
        return word("span", "hour", n=minutes // HOUR)
    return word("span", "minute", n=minutes)


def facts(feed: AnyFeed) -> Markup | None:
    """Two columns: what, and what of it."""
    lines = [joined((el("dt", pair(name)), el("dd", *said))) for name, said in _facts(feed)]
    return section(word("title", "facts"), el("dl", *lines))


def _facts(feed: AnyFeed) -> Iterator[tuple[Label, tuple[Inside, ...]]]:
    yield word("fact", "kind"), (pair(word("kind", feed.kind)),)
    yield word("fact", "owner"), (feed.owner,)
    yield word("fact", "rhythm"), (pair(span(feed.rhythm_minutes)),)
    yield word("fact", "zone"), (code(feed.zone),)
    yield word("fact", "address"), (code("/v1/events"),)
    yield word("fact", "topics"), (codes(feed.topics[:2]), f" × {feed.topic.partitions}")
    yield word("fact", "kept"), (pair(word("span", "day", n=feed.topic.retention_days)),)
    yield word("fact", "ahead"), (pair(span(feed.future_minutes)),)
    yield word("fact", "agencies"), (pair(word("policy", feed.agencies)),)
    if isinstance(feed, ObservationFeed):
        if feed.manual:
            yield word("fact", "manual"), (pair(word("manual", "yes")),)
    else:
        yield word("fact", "procedures"), (pair(word("policy", feed.procedures)),)
    if (joined_by := feed.joined_by) is not None:
        yield word("fact", "identity"), (codes([joined_by.event, joined_by.same_as]),)
    if isinstance(feed, Feed) and feed.hide_below is not None:
        yield word("fact", "hidden"), (str(feed.hide_below),)
    if isinstance(feed, Feed) and feed.surge is not None:
        yield word("fact", "surge"), (pair(word("surge", "rule", **_surge(feed.surge))),)
    if isinstance(feed, Feed) and feed.place is not None:
        yield word("fact", "place"), (codes([feed.place.lat, feed.place.lon]),)
    if feed.extends:
        yield word("fact", "extends"), (code(feed.extends),)


def _surge(rule: Surge) -> dict[str, str]:
    return {"weeks": str(rule.weeks), "factor": f"{rule.factor:g}", "at_least": str(rule.at_least)}


def events(feed: AnyFeed) -> Markup | None:
    """Every version of every event, and whether it is published."""
    rows = []
    for dataschema, schema in feed.event_schemas.items():
        event, _, version = dataschema.partition("/")[2].rpartition(".")
        told = pair(word("version", state(feed, f"{event}.{version}")))
        rows.append((code(event), version, told, str(schema.get("title", "")), code(dataschema)))
    listed = table(
        [*heads("event", "version", "state", "says"), Label(vi="dataschema", en="dataschema")], rows
    )
    return section(word("title", "events"), listed)


def sources(feed: AnyFeed, registry: Registry) -> Markup | None:
    """The systems whose own messages become events of the feed."""
    rows = [
        (
            code(name),
            pair(one.label),
            code(one.system),
            code(one.zone),
            code(f"/v1/sources/{name}/messages"),
            folded(pair(word("head", "words")), _vocabularies(one.words)) if one.words else "",
        )
        for name, one in sorted(registry.sources.items())
        if one.feed == feed.feed
    ]
    titles = heads("code", "called", "system", "zone", "address", "words")
    return section(word("title", "sources"), table(titles, rows))


def _vocabularies(words: Mapping[str, Sequence[Vocabulary]]) -> str:
    """What each table of a source makes of its words."""
    lines = []
    for name, tables in words.items():
        for one in tables:
            lines += [f"{name}{one.shown}", *(f"  {word} → {said}" for word, said in one.words.items())]
    return "\n".join(lines)
