"""Whole pages: the index and one feed's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ioc.feeds.listed import listed
from ioc.feeds.pages import course, data, facts, figures, samples, stages
from ioc.feeds.pages.markup import Inside, Markup, code, codes, el, joined, pair, section, table
from ioc.feeds.pages.words import heads, word
from ioc.feeds.shown import Shown
from schemas import AnyFeed, Feed, ObservationFeed, Registry
from schemas.promise import Label

STYLE_FILE = "catalogue.css"
STYLE = Path(__file__).with_name(STYLE_FILE)
INDEX = "index.html"


@dataclass(frozen=True)
class Site:
    """Where pages lie: how a feed's address ends, the index, the AsyncAPI document, the browser's icon."""

    suffix: str = ".html"
    home: str = INDEX
    asyncapi: str = "asyncapi.yaml"
    icon: str = "data:,"  # none, and none is asked for


def index(registry: Registry, feeds: Mapping[str, AnyFeed], site: Site) -> bytes:
    """Feeds of cases, then of observations; a line each."""
    kinds = {"cases": set(registry.feeds), "observations": set(registry.observations)}
    tables = [
        section(
            word("title", name),
            table(
                heads("feed", "called", "owner", "rhythm", "events", "figures", "sources"),
                [_line(registry, feeds[one], site) for one in feeds if one in held],
            ),
        )
        for name, held in kinds.items()
    ]
    to_machines = joined(
        (pair(word("say", "machines")), " ", el("a", f"AsyncAPI 3 ({site.asyncapi})", href=site.asyncapi))
    )
    head = [el("p", pair(word("say", "what"))), el("p", to_machines)]
    return _whole(site, word("title", "all"), *head, *tables)


def _line(registry: Registry, feed: AnyFeed, site: Site) -> tuple[Inside, ...]:
    line = listed(registry, feed)
    versions = codes(f"{event} {' '.join(said)}" for event, said in line.events.items())
    return (
        el("a", code(feed.feed), href=f"{feed.feed}{site.suffix}"),
        pair(feed.label),
        feed.owner,
        pair(facts.span(feed.rhythm_minutes)),
        versions,
        str(line.figures),
        codes(line.sources),
    )


def feed(registry: Registry, feed: AnyFeed, examples: Sequence[Shown], site: Site) -> bytes:
    """Everything that the feed promises."""
    own: list[Markup | None] = []
    if isinstance(feed, Feed):
        own = [course.lifecycle(feed), course.deadline(feed), course.channels(feed), course.attributes(feed)]
        own += [stages.stages(feed), figures.measures(feed), figures.targets(feed)]
    elif isinstance(feed, ObservationFeed):
        own = [figures.series(feed), figures.dimensions(feed)]
    back = el("a", pair(word("say", "all")), href=site.home)
    parts = [facts.facts(feed), facts.events(feed), data.fields(feed), *own, facts.sources(feed, registry)]
    parts += [samples.accepted(examples), samples.refused(examples)]
    return _whole(site, feed.label, el("p", back, " ", code(feed.feed)), *parts)


def _whole(site: Site, title: Label, *inside: Inside) -> bytes:
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("title", f"{title.vi} · {title.en}"),
        el("link", rel="icon", href=site.icon),
        el("link", rel="stylesheet", href=STYLE_FILE),
    )
    body = el("body", el("main", el("h1", pair(title)), *inside))
    return f"<!doctype html>\n{el('html', head, body, lang='vi')}\n".encode()
