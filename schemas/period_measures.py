"""Measures of a period by name: words, unit, and which way is better; a feed may set targets for them."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Literal

import yaml

from schemas.promise import Label, Promise

FILE = Path(__file__).with_suffix(".yaml")


class PeriodMeasure(Promise):
    """One measure; without `better` it can have no target."""

    unit: Literal["services", "percent", "hours", "cases"]
    better: Literal["higher", "lower"] | None = None
    label: Label
    explain: Label | None = None  # in a sentence, what is counted, where the label does not say it


@functools.cache
def period_measures() -> dict[str, PeriodMeasure]:
    """All of them, in the order they are shown."""
    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {name: PeriodMeasure.model_validate(said) for name, said in content.items()}
