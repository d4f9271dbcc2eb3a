"""Made-up cases on which measures are tried: every column empty, at a boundary, or just beside it."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

import polars as pl

from ioc.kernel.cases import CASES
from ioc.kernel.events import INSTANT_TEXT
from ioc.kernel.subset import COLUMNS
from schemas import Feed

AT = datetime(2024, 3, 5, 3, 0, tzinfo=UTC)
TODAY = date(2024, 3, 5)
VALUES: dict[str, list[object]] = {
    "text": ["9", "late", "Đồng Tháp", "50% O'Hara", "", "a\\b"],
    "instant": [AT, AT + timedelta(microseconds=1), AT - timedelta(days=1)],
    "date": [TODAY, TODAY - timedelta(days=1), TODAY + timedelta(days=1)],
    "boolean": [True, False],
    "integer": [0, 1, 2**31 - 1],
}
ROWS = 1_000
KEPT = "attributes"  # a column of all that the feed's own attributes say of a case
Moment = TypeVar("Moment", date, datetime)
_SAID = re.compile(r"'((?:[^']|'')*)'")
_NUMBER = re.compile(r"(?<![\w'.-])\d{1,9}(?![\w'.-])")


def made(feed: Feed, texts: Sequence[str]) -> pl.DataFrame:
    """Rows numbered by `n`, the same each time, of what the feed and its measures name."""
    named = _named(feed, texts)
    values = {kind: [*some, *named.get(kind, ())] for kind, some in VALUES.items()}
    # `kept` are all texts, as the fold leaves them.
    draw, columns, kept = random.Random(0), dict[str, pl.Series](), dict[str, pl.Series]()
    for name, kind in named_in(feed, texts).items():
        pool = pl.Series(_pool(kind, values[kind]), dtype=CASES.get(name))
        drawn = pool.gather(draw.choices(range(len(pool)), k=ROWS))
        if name in COLUMNS:
            columns[name] = drawn
        else:
            kept[name] = drawn.dt.strftime(INSTANT_TEXT) if kind == "instant" else drawn.cast(pl.String)
    if kept:
        columns[KEPT] = pl.DataFrame(kept).select(pl.struct(pl.all()).struct.json_encode()).to_series()
    return pl.DataFrame({"n": range(ROWS), **columns})


def named_in(feed: Feed, texts: Iterable[str]) -> dict[str, str]:
    """The columns and attributes that measures name, with their kinds; a number is in no measure."""
    words = set(re.findall(r"\w+", " ".join(texts).lower()))
    known = {**COLUMNS, **feed.attribute_kinds}
    return {name: kind for name, kind in known.items() if name in words and kind in VALUES}


def _named(feed: Feed, texts: Iterable[str]) -> dict[str, Sequence[object]]:
    """What the measures' literals and the feed's own words add to the values of each kind."""
    text = " ; ".join(texts)
    said = sorted({one.replace("''", "'") for one in _SAID.findall(text)})
    statuses = feed.lifecycle.statuses
    words = sorted({*statuses, *feed.channels, *(one.phase for one in statuses.values())})
    words += sorted({word for one in feed.attributes.values() for word in one.words})
    numbers = sorted({int(one) + beside for one in _NUMBER.findall(text) for beside in (-1, 0, 1)})
    instants = [at for one in said if (at := _parsed(datetime, one)) and at.tzinfo]
    days = [day for one in said if (day := _parsed(date, one))]
    return {"text": [*said, *said, *words], "instant": instants, "date": days, "integer": numbers}


def _parsed(kind: type[Moment], text: str) -> Moment | None:
    try:
        return kind.fromisoformat(text)
    except ValueError:
        return None


def _pool(kind: str, values: Sequence[object]) -> list[object]:
    """A yes is as frequent as all else, for most measures begin with one; so is a boundary."""
    return [None, True, True, False] if kind == "boolean" else [None, *values, values[0]]
