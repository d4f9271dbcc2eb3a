"""What an observation is of: series, agency, period and dimensions as one code, which corrections share."""

from __future__ import annotations

from typing import Any

from ioc.admit.reasons import Refusal
from ioc.kernel.observations import CALENDAR
from ioc.kernel.period_names import NoSuchPeriod, named
from schemas import ObservationFeed


def observation_key(feed: ObservationFeed, data: dict[str, Any]) -> str:
    """`series/agency/period/…`, the feed's dimensions by name; what is not said is empty.

    Refusal where the series or its period cannot be told, or the period is not of the series' kind.
    """
    name = _text(data, "series", required=True)
    series = feed.series.get(name)
    if series is None:
        mend = f"add it to {feed.file}, or send one of {', '.join(feed.series)}"
        raise Refusal("unknown-word", "series", name, mend)
    period = _text(data, "period", required=True)
    try:
        found = named(period, CALENDAR)
    except NoSuchPeriod as exc:
        raise Refusal("schema-violation", "period", period, exc.mend) from exc
    if found.kind != series.period:
        mend = f"{name} is observed by the {series.period}; send such a period"
        raise Refusal("schema-violation", "period", period, mend)
    parts = (name, _text(data, "agency"), period, *(_text(data, one) for one in sorted(feed.dimensions)))
    return "/".join(part.replace("%", "%25").replace("/", "%2F") for part in parts)


def _text(data: dict[str, Any], name: str, required: bool = False) -> str:
    value = data.get(name)
    if value is None or value == "":
        if required:
            raise Refusal("missing-field", name, None, f"send {name}")
        return ""
    if not isinstance(value, str):
        raise Refusal("wrong-type", name, type(value).__name__, f"send {name} as text")
    return value
