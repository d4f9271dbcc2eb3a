"""A feed of observations: series with a unit, and how each is added up over time, dimensions and agencies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, model_validator

from schemas.any_feed import AnyFeed
from schemas.promise import Label, Promise, Snake, Text

ObservedPeriod = Literal["day", "week", "month", "quarter", "half", "year"]
# What an event says of its observation; a dimension of the feed is a further datum.
SAID = ("series", "agency", "period", "value", "n", "reason")
ENTERED_BY = "entered_by"  # of a feed entered by hand: who did; personal, so a token is stored
Apart = Literal["sum", "mean", "none"]


class Dimension(Label):
    """A further datum that names an observation; a value that `values` does not name is shown as it is."""

    values: dict[Text, Label] = Field(default_factory=dict)


class Series(Promise):
    """One series: value per agency, dimensions and period. What is not named `sum` is never added up.

    `mean` weighs each value by its `n`, without which it takes no part. `none`: only what was observed of
    exactly that period, by exactly that agency, or of all values of a dimension, is shown. A value of null
    says that nothing has arisen.
    """

    label: Label
    explain: Label
    unit: Label
    period: ObservedPeriod
    over_time: Literal["sum", "last", "mean", "none"]
    over_agencies: Apart
    over_dimensions: Apart = Field(default_factory=lambda said: said["over_agencies"])
    good: Literal["up", "down", "none"] = "none"
    target: float | None = None
    decimals: int = Field(0, ge=0, le=4)

    @model_validator(mode="after")
    def _a_target_has_a_direction(self) -> Series:
        if self.target is not None and self.good == "none":
            raise ValueError("a target is missed on one side: say `good: up` or `good: down`")
        return self

    def missed(self, value: float | None) -> bool:
        """Whether the value lies on the wrong side of the target; what has not arisen misses none."""
        if self.target is None or value is None:
            return False
        return value < self.target if self.good == "up" else value > self.target

    @property
    def definition(self) -> list[str]:
        """What can change a figure of it."""
        own = [] if self.over_dimensions == self.over_agencies else [self.over_dimensions]
        return [self.period, self.over_time, self.over_agencies, *own]


class Freshness(Promise):
    """A series that tells how fresh exchanges between systems are: minutes from the newest to the telling."""

    series: Snake
    by: Snake
    late_after: int = Field(ge=1, le=100_000)  # minutes


class ObservationFeed(AnyFeed):
    """A feed whose events are observations; `tiles` are the series that the screen shows first."""

    kind: Literal["observation"]
    manual: bool = False  # entered by people: a sheet may be uploaded
    series: dict[Snake, Series]
    dimensions: dict[Snake, Dimension] = Field(default_factory=dict)
    tiles: tuple[Snake, ...]
    freshness: Freshness | None = None

    @model_validator(mode="after")
    def _tells_its_own_freshness(self) -> ObservationFeed:
        told = self.freshness
        if told is None:
            return self
        if told.series not in self.series:
            raise ValueError(
                f"freshness.series: {told.series!r} is no series of this feed ({', '.join(self.series)})"
            )
        if (one := self.series[told.series]).period != "day" or one.over_time != "last":
            raise ValueError(
                f"freshness.series: {told.series!r} must be told by the day, with `over_time: last`"
            )
        if told.by not in self.dimensions:
            known = ", ".join(self.dimensions) or "it has none"
            raise ValueError(f"freshness.by: {told.by!r} is no dimension of this feed ({known})")
        return self

    @model_validator(mode="after")
    def _whole(self) -> ObservationFeed:
        for tile in self.tiles:
            if tile not in self.series:
                raise ValueError(f"tile {tile!r} is no series of this feed ({', '.join(self.series)})")
        if strangers := [name for name in self.dimensions if name in (*SAID, ENTERED_BY)]:
            raise ValueError(f"dimensions: {strangers[0]!r} means something else already; take another name")
        for name, one in self.series.items():
            if "over_dimensions" in one.model_fields_set and not self.dimensions:
                raise ValueError(f"series.{name}: this feed has no dimensions: take over_dimensions away")
        return self

    @property
    def words(self) -> Mapping[str, Mapping[str, Any]]:
        return {"series": self.series}

    @property
    def definitions(self) -> dict[str, Any]:
        return {
            "feed": self.feed,
            "zone": self.zone,
            "series": {name: one.definition for name, one in sorted(self.series.items())},
            "dimensions": sorted(self.dimensions),
        }
