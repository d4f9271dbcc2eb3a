"""The stages of a case that have limits of their own: since when, the limit of that day, and how it went."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ioc.story.about import About
from ioc.story.lines import Line
from ioc.story.speaker import Speaker, instant
from schemas.stages import StageLimit

_TONES = {"in_time": "on_due_date", "late": "late", "overdue": "late", "paused": "paused"}


def stages(about: About) -> Iterator[Line]:
    """A line for each stage that has begun, in the feed's order; one without a limit says why."""
    for span in about.stages:
        stage = about.feed.stages[span["stage"]]
        limit = stage.limits[span["law"] - 1] if span["law"] else None
        said, how = about.speaker, span["said"]
        words = {"stage": said.label(stage.label), "since": said.when(instant(span["start"]))}
        if limit is not None:
            words |= _law(said, limit)
        words["how"] = said.say(f"stage.{how}", **_instants(said, span), **words)
        key = "stage.without" if limit is None or how in ("no_limit", "calendar_not_known") else "stage"
        yield Line("stage", said.say(key, **words), tone=_TONES.get(how))


def _law(said: Speaker, limit: StageLimit) -> dict[str, str]:
    words = {"source": limit.source}
    if limit.to_check:
        words["source"] = said.say("stage.to-check", source=limit.source, why=limit.to_check)
    if limit.unit:
        words["limit"] = said.say(f"unit.{limit.unit}", n=limit.limit)
    return words


def _instants(said: Speaker, span: Mapping[str, Any]) -> dict[str, str]:
    given = {"at": span["until"], "due": span["due"]}
    return {name: said.when(instant(value)) for name, value in given.items() if value is not None}
