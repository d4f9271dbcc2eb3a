"""`--agencies as-now --map-on DAY`: by whose agencies figures are told."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import typer

from ioc.clock import Clock
from ioc.errors import BadInput
from ioc.settings import Settings
from jobs.window import day_of
from schemas import Feed

Agencies = Literal["as-was", "as-now"]
AGENCIES = Annotated[Agencies, typer.Option(help="As named by the cases, or as responsible on a day.")]
MAP_ON = Annotated[str | None, typer.Option(help="That day, with as-now; default: today.")]


def day_of_map(settings: Settings, feed: Feed, agencies: Agencies, map_on: str | None) -> date | None:
    """The day whose agencies are asked for, today by the stack's clock unless named; None: as was."""
    if agencies == "as-was":
        if map_on:
            raise BadInput("map-on", map_on, "say --agencies as-now too: as-was needs no day")
        return None
    if map_on:
        return day_of("map-on", map_on, end=False)
    return Clock.parse(settings.clock).now().astimezone(ZoneInfo(feed.zone)).date()
