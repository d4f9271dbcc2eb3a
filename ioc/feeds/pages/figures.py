"""What is counted: measures of cases with their SQL, series of observations, and targets."""

from __future__ import annotations

from collections.abc import Sequence

from ioc.feeds.pages.markup import Inside, Markup, code, el, joined, pair, section, table, worded
from ioc.feeds.pages.words import heads, word
from schemas import Feed, Measure, ObservationFeed, Series
from schemas.period_measures import period_measures


def measures(feed: Feed) -> Markup | None:
    """One block each: called, meant, counted."""
    blocks = [_measure(name, one) for name, one in feed.measures.items()]
    return section(word("title", "measures"), *blocks)


def _measure(name: str, measure: Measure) -> Markup:
    shown = {
        role: text
        for role, text in measure.expressions().items()
        if measure.kind == "count" or role != "where"
    }
    kind = word("say", "share" if measure.kind == "rate" else "count")
    marks = [code(name), pair(kind), pair(word("credit", measure.credit))]
    if measure.good != "none":
        marks.append(pair(word("better_when", measure.good)))
    return el(
        "article",
        el("h3", pair(measure.label)),
        el("p", pair(measure.explain)),
        el("dl", *(_role(role, text) for role, text in shown.items()), class_="sql"),
        el("ul", *(el("li", mark) for mark in marks), class_="marks"),
        id=name,
    )


def _role(role: str, text: str) -> Markup:
    return joined((el("dt", pair(word("role", role))), el("dd", el("pre", text))))


def series(feed: ObservationFeed) -> Markup | None:
    """Unit, period, and how values are put together over time, dimensions if there are any, and agencies."""
    over = ("over_time", *(["over_dimensions"] if feed.dimensions else []), "over_agencies")
    rows = [_series(name, one, over) for name, one in feed.series.items()]
    titles = heads("code", "series", "unit", "period", *over, "good", "target")
    return section(word("title", "series"), table(titles, rows))


def _series(name: str, one: Series, over: Sequence[str]) -> tuple[Inside, ...]:
    return (
        code(name),
        el("div", el("b", pair(one.label)), el("div", pair(one.explain), class_="note"), class_="wide"),
        pair(one.unit),
        pair(word("period", one.period)),
        *(pair(word("adding", getattr(one, kind))) for kind in over),
        pair(word("good", one.good)),
        "" if one.target is None else number(one.target),
    )


def dimensions(feed: ObservationFeed) -> Markup | None:
    rows = [(code(name), pair(one), worded(one.values)) for name, one in feed.dimensions.items()]
    return section(word("title", "dimensions"), table(heads("code", "called", "words"), rows))


def targets(feed: Feed) -> Markup | None:
    """Of measures of a period; those of a series stand beside it."""
    rows = []
    for name, aim in feed.targets.items():
        measure = period_measures()[name]
        better = pair(word("better", measure.better)) if measure.better else ""
        rows.append((code(name), pair(measure.label), better, number(aim), pair(word("unit", measure.unit))))
    return section(word("title", "targets"), table(heads("code", "called", "rule", "target", "unit"), rows))


def number(value: float) -> str:
    return f"{value:g}"
