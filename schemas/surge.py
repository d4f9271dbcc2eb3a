"""When an hour's receptions are so many more than usual that a feed's screens say so."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from schemas.promise import Promise, Snake


class Surge(Promise):
    """An hour surges where it received at least `at_least` cases and `factor` times the usual."""

    weeks: Annotated[int, Field(ge=1, le=26)]
    factor: Annotated[float, Field(gt=1, le=1_000, allow_inf_nan=False)]
    at_least: Annotated[int, Field(ge=1)]
    by: Snake | None = None
