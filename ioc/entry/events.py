"""Accepted rows as events: who entered them, and ids that tell a repeat from a correction."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from ioc.entry.columns import ENTERED_BY, dataschema
from ioc.errors import BadInput
from ioc.event import instant_text
from ioc.kernel.observations import CALENDAR
from ioc.kernel.period_names import named
from schemas import ObservationFeed

LONGEST_NAME = 200
ID_LENGTH = 24
AGAIN = "-"  # before the number of a later telling


@dataclass(frozen=True)
class Told:
    """What is sent, each with the row it comes from; `standing` rows are what the warehouse says already."""

    rows: tuple[int, ...]
    messages: tuple[dict[str, Any], ...]
    standing: int


def person(said: str) -> str:
    """Who enters; BadInput where that is nobody."""
    name = " ".join(unicodedata.normalize("NFC", said).split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise BadInput("--by", said[:60], f"say who enters it, in at most {LONGEST_NAME} characters")
    return name


def message(feed: ObservationFeed, data: Mapping[str, Any], source: str, id: str, who: str) -> dict[str, Any]:
    """The CloudEvent. Its time is when the period began, so that the same row is the same event whenever it
    is entered; when it was entered is what the intake writes down on receipt."""
    start = named(data["period"], CALENDAR).start
    return {
        "specversion": "1.0",
        "id": id,
        "source": source,
        "type": f"{feed.feed}.{next(iter(feed.events))}",
        "time": instant_text(datetime.combine(start, time(), ZoneInfo(feed.zone))),
        "dataschema": dataschema(feed),
        "datacontenttype": "application/json",
        "data": {**data, ENTERED_BY: who},
    }


def content_id(data: Mapping[str, Any]) -> str:
    """Of what the row says, not of who says it: a name must not be guessable from an id."""
    return hashlib.sha256(orjson.dumps(dict(data), option=orjson.OPT_SORT_KEYS)).hexdigest()[:ID_LENGTH]


def told(
    feed: ObservationFeed,
    rows: Sequence[tuple[int, str, dict[str, Any]]],
    who: str,
    source: str,
    known: Mapping[str, Sequence[str]],
) -> Told:
    """The events of rows (number, key, data).

    `known`: per key the ids in the warehouse as they were received, the standing one last. A row that stands
    already is not told again. One that stood once and was corrected since needs an id of its own: under
    the old one it would be a duplicate, and the correction would stay.
    """
    numbers, messages = list[int](), list[dict[str, Any]]()
    for number, key, data in rows:
        content, ids = content_id(data), known.get(key, ())
        before = [id for id in ids if id.partition(AGAIN)[0] == content]
        if before and before[-1] == ids[-1]:
            continue
        id = f"{content}{AGAIN}{len(before) + 1}" if before else content
        numbers.append(number)
        messages.append(message(feed, data, source, id, who))
    return Told(tuple(numbers), tuple(messages), len(rows) - len(numbers))
