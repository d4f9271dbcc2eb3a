"""What a feed's figures lean on besides its own file: a change of it changes the definitions."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from importlib.metadata import version

from pydantic import BaseModel

from schemas.calendar import Calendar
from schemas.feed import Feed
from schemas.reference import Agency, Procedure


def by_sector(feed: Feed, procedures: Mapping[str, Procedure]) -> Feed:
    """The feed with `sectors` filled in: months of forms are counted by them."""
    return feed.model_copy(update={"sectors": {code: one.field for code, one in procedures.items()}})


def leaning(
    feed: Feed, calendar: Calendar | None, limits: Iterable[BaseModel], agencies: Iterable[Agency]
) -> Feed:
    """The feed with `leans_on` filled in; as it is where it has no clocks, nor stages with limits."""
    if calendar is None or (feed.clocks is None and not feed.stages):
        return feed
    days = f"{calendar.model_dump_json()} holidays {version('holidays')}"
    if feed.clocks is None:
        return feed.model_copy(update={"leans_on": {"calendar": _hash(days)}})
    said = "\n".join(sorted(limit.model_dump_json() for limit in limits))
    valid = "\n".join(sorted(f"{one.code} {one.valid_from} {one.valid_to}" for one in agencies))
    leans_on = {"calendar": _hash(days), "procedures": _hash(said), "agencies": _hash(valid)}
    return feed.model_copy(update={"leans_on": leans_on})


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
