"""Events that are accepted, and events that are refused with the reason and the mend."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ioc.feeds.pages.markup import Inside, Markup, code, el, folded, joined, pair, section, table
from ioc.feeds.pages.words import heads, word
from ioc.feeds.shown import Shown

LONGEST = 4_000  # characters of an example; some are too large on purpose


def accepted(examples: Sequence[Shown]) -> Markup | None:
    """As sent, and as stored: personal data are tokens there."""
    rows = [
        (code(one.name), folded(pair(word("say", "sent")), cut(one.text)), _stored(one))
        for one in examples
        if one.stored is not None
    ]
    return section(word("title", "accepted"), *(el("article", *row, class_="sample") for row in rows))


def _stored(one: Shown) -> Markup:
    return folded(pair(word("say", "stored")), cut(json.dumps(one.stored, ensure_ascii=False, indent=2)))


def refused(examples: Sequence[Shown]) -> Markup | None:
    """What is wrong with each, in admission's own words."""
    rows = [_refused(one) for one in examples if one.stored is None]
    return section(word("title", "refused"), table(heads("reason", "field", "mend", "example"), rows))


def _refused(one: Shown) -> tuple[Inside, ...]:
    detail = one.name.partition("--")[2].replace("-", " ")
    return (
        joined((code(one.reason), el("div", detail, lang="en", class_="note"))),
        code(one.field) if one.field else "",
        el("span", one.mend, lang="en"),
        folded(pair(word("say", "sent")), cut(one.text)),
    )


def cut(text: str) -> str:
    """The beginning of what is long."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}\n… {len(text) - LONGEST}"
