"""The stages of a case with limits of their own: by kind and day, with the act and what is to be checked."""

from __future__ import annotations

from collections.abc import Iterator

from ioc.feeds.pages.markup import Inside, Markup, code, codes, el, joined, pair, section, table
from ioc.feeds.pages.words import heads, word
from ioc.story.words import WORDS
from schemas import Feed
from schemas.promise import Label
from schemas.stages import StageLimit, TimedStage


def stages(feed: Feed) -> Markup | None:
    """A row for each limit; the first of a stage says when it begins and ends."""
    rows = [row for name, stage in feed.stages.items() for row in _rows(name, stage)]
    return section(word("title", "stages"), table(heads("stage", "kind", "limit", "held", "source"), rows))


def _rows(name: str, stage: TimedStage) -> Iterator[tuple[Inside, ...]]:
    marks = [mark for mark in ("optional", "stops") if getattr(stage, mark)]
    title = joined(
        (
            el("div", code(name), " ", pair(stage.label)),
            el("div", codes(stage.from_), " → ", codes(stage.to)),
            *(el("div", pair(word("stage", mark))) for mark in marks),
        )
    )
    for i, one in enumerate(stage.limits):
        kinds = joined(el("div", code(attribute), " ", codes(words)) for attribute, words in one.when.items())
        held = f"{one.valid_from or '…'} – {one.valid_to or '…'}"
        yield "" if i else title, kinds, pair(_limit(one)), held, _source(one)


def _limit(one: StageLimit) -> Label:
    if one.unit is None:
        return word("stage", "no_limit")
    vi, en = WORDS[f"unit.{one.unit}"]
    return Label(vi=vi.format(n=one.limit), en=en.format(n=one.limit))


def _source(one: StageLimit) -> Markup:
    to_check = el("div", pair(word("stage", "to_check")), f": {one.to_check}") if one.to_check else None
    return joined((el("div", f"{one.source} [{one.confidence}]"), to_check))
