"""HTML made of elements: what is no Markup is escaped, so no label, value or example becomes markup."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping

from schemas.promise import Label

UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
VOID = frozenset({"link", "meta"})


class Markup(str):
    """Text that is HTML already; only this module makes it."""

    __slots__ = ()


Inside = str | Markup | None


def escaped(text: str) -> Markup:
    """Text as it is to be read; what has no shape or turns the line around is shown by its number."""
    return Markup(html.escape(UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)))


def el(tag: str, *inside: Inside, **attributes: str) -> Markup:
    """An element; `class_` is its class, and None holds nothing."""
    said = "".join(f' {name.rstrip("_")}="{escaped(value)}"' for name, value in attributes.items())
    return Markup(f"<{tag}{said}>" if tag in VOID else f"<{tag}{said}>{joined(inside)}</{tag}>")


def joined(parts: Iterable[Inside]) -> Markup:
    """The parts one after another."""
    return Markup("".join(p if isinstance(p, Markup) else escaped(p) for p in parts if p is not None))


def pair(label: Label, tag: str = "span") -> Markup:
    """Words in both languages, side by side."""
    return el("span", el(tag, label.vi, lang="vi"), el(tag, label.en, lang="en"), class_="pair")


def code(text: str) -> Markup:
    return el("code", text)


def codes(texts: Iterable[str]) -> Markup:
    """Codes in a row."""
    return joined(part for i, text in enumerate(texts) for part in ((" " if i else None), code(text)))


def worded(words: Mapping[str, Label]) -> Markup | None:
    """Each code with what it is called."""
    items = (el("li", code(said), pair(label)) for said, label in words.items())
    return el("ul", *items, class_="words") if words else None


def table(heads: Iterable[Label], rows: Iterable[Iterable[Inside]]) -> Markup | None:
    """Nothing where there is no row."""
    lines = [el("tr", *(el("td", cell) for cell in row)) for row in rows]
    if not lines:
        return None
    head = el("tr", *(el("th", pair(one), scope="col") for one in heads))
    return el("div", el("table", el("thead", head), el("tbody", *lines)), class_="scroll")


def section(title: Label, *inside: Inside) -> Markup | None:
    """A heading and what it is about; nothing where that is nothing."""
    held = [part for part in inside if part]
    return el("section", el("h2", pair(title)), *held) if held else None


def folded(title: Inside, text: str) -> Markup:
    """A long text behind its title; opens without a script."""
    return el("details", el("summary", title), el("pre", text))
