"""Settings (`schemas/simulation/<name>.yaml`): each section names its source or says `made: true`."""

from __future__ import annotations

from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ioc.errors import BadInput

Share = Annotated[float, Field(ge=0, le=1)]
Weights = Annotated[list[Annotated[float, Field(ge=0)]], Field(min_length=1)]
Hours = Annotated[Weights, Field(min_length=24, max_length=24)]


class Section(BaseModel):
    """What is known, and from where: exactly one of `source` and `made: true`."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    source: str | None = None
    made: bool = False

    @model_validator(mode="after")
    def says_where_from(self) -> Section:
        if self.made == bool(self.source):
            raise ValueError("name a `source`, or say `made: true` where no source gives it")
        return self


class Totals(Section):
    online: int = Field(gt=0)
    counter: int = Field(gt=0)
    carried_over: int = Field(ge=0)
    early: int = Field(ge=0)
    on_due_date: int = Field(ge=0)
    late: int = Field(ge=0)

    @property
    def open_at_end(self) -> int:
        return self.online + self.counter + self.carried_over - self.early - self.on_due_date - self.late


class Wire(Section):
    """Words of the sending system."""

    submitted: str
    received: str
    refused: str
    processing: str
    supplement: str
    fee: str
    withdrawn: str
    stopped: str
    resolved: str
    delivered: str
    apology: str = ""  # a home that began without letters has none
    direct: str
    online: str
    postal: str


class Calendar(Section):
    days_off: list[list[date]]
    worked_saturdays: list[date]


class Level(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    procedures: str
    share: Share
    limits: dict[Annotated[int, Field(ge=0, le=60)], Annotated[float, Field(gt=0)]]


class Places(Section):
    levels: dict[str, Level] = Field(min_length=1)
    agency_skew: float
    procedure_skew: float
    received_elsewhere: Share


class Channels(Section):
    postal_of_counter: Share


class Season(Section):
    weekdays: Weights = Field(min_length=7, max_length=7)
    months: Weights = Field(min_length=12, max_length=12)
    after_long_break: float = Field(gt=0)
    saturday_share: Share


class DayHours(Section):
    submit: Hours
    receive: Hours
    work: Hours
    finish: Hours


class Paths(Section):
    events: dict[Annotated[int, Field(ge=5, le=8)], Annotated[float, Field(ge=0)]]
    submit_hours: float = Field(gt=0)
    slow_reception: Share = 0
    slow_hours: float = Field(40, gt=0)
    supplement: Share
    fee: Share
    stopped: Share
    withdrawn: Share
    refused: Share
    early_fraction: tuple[float, float]
    late_days: float = Field(gt=1)
    late_of_carried_over: Share
    still_open_of_carried_over: Share
    apology: Share = 0
    apology_in_time: Share = 0
    same_day_delivery: Share
    delivery_days: float = Field(gt=1)


class Sending(Section):
    lag_seconds: float = Field(ge=0)
    late_share: Share
    late_hours: float = Field(ge=0)
    duplicate_share: Share
    bad_share: Share


class Demo(Section):
    scale: float = Field(gt=0, le=10)
    seed: int = Field(ge=0)
    history_days: int = Field(ge=1, le=200)


class Simulation(BaseModel):
    """One simulated province; `year` is the one its totals are of, other years take its proportions."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    simulation: str
    feed: str
    source: str
    zone: str
    year: int
    totals: Totals
    wire: Wire
    calendar: Calendar
    places: Places
    channels: Channels
    season: Season
    hours: DayHours
    path: Paths
    sending: Sending
    demo: Demo

    @model_validator(mode="after")
    def totals_leave_something_open(self) -> Simulation:
        if self.totals.open_at_end < 0:
            raise ValueError("totals: more are resolved than received and carried over")
        return self


def default_simulation() -> Path:
    """The packaged simulation; the first by name."""
    return sorted(Path(str(files("schemas") / "simulation")).glob("*.yaml"))[0]


def read(path: Path) -> Simulation:
    """The settings in `path`; BadInput names file, field and mend."""
    try:
        content: Any = yaml.safe_load(path.read_text())
        return Simulation.model_validate(content)
    except FileNotFoundError as exc:
        raise BadInput("simulation", str(path), "name a file under schemas/simulation") from exc
    except ValidationError as exc:
        first = exc.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "simulation"
        raise BadInput(f"{path.name}: {field}", first.get("input"), first["msg"]) from exc
