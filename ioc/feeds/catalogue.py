"""The catalogue of feeds as files: an index, a page per feed, their style, and the AsyncAPI document."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from functools import cached_property

from ioc.feeds.asyncapi import as_yaml, document
from ioc.feeds.pages import page
from ioc.feeds.pages.page import STYLE, STYLE_FILE, Site
from ioc.feeds.shown import Examples, Shown
from schemas import AnyFeed, Registry

FILES = Site()


class Catalogue:
    """Pages of one registry's feeds, made when asked for."""

    def __init__(
        self, registry: Registry, now: datetime, names: Collection[str] = (), site: Site = FILES
    ) -> None:
        self._registry, self._now, self._site = registry, now, site
        self.feeds = {n: feed for n, feed in sorted(registry.every.items()) if not names or n in names}

    @cached_property
    def _examples(self) -> Examples:
        return Examples(self._registry, self._now)

    def _of(self, feed: AnyFeed) -> list[Shown]:
        return self._examples.of(feed)

    def index(self) -> bytes:
        """All feeds by kind."""
        return page.index(self._registry, self.feeds, self._site)

    def page(self, name: str) -> bytes:
        """One feed; KeyError where there is none of the name."""
        feed = self.feeds[name]
        return page.feed(self._registry, feed, self._of(feed), self._site)

    def asyncapi(self) -> bytes:
        """The document of all of them."""
        shown = {name: self._of(feed) for name, feed in self.feeds.items()}
        return as_yaml(document(list(self.feeds.values()), shown)).encode()

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Name and content of everything."""
        yield self._site.asyncapi, self.asyncapi()
        yield STYLE_FILE, STYLE.read_bytes()
        yield self._site.home, self.index()
        for name in self.feeds:
            yield f"{name}{self._site.suffix}", self.page(name)
