"""One case told under several codes or by several systems: what joins codes, and whose word counts."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from schemas.promise import Name, Promise, Snake

ANY_OTHER = "*"
System = Annotated[str, StringConstraints(pattern=r"^\S{1,200}$")]
Spoken = Literal["before-reception", "open", "paused", "resolved", "delivered", "refused", "withdrawn"]


def _anchored(text: str) -> str:
    try:
        re.compile(text)
    except re.error as exc:
        raise ValueError(f"not a regular expression: {exc}") from exc
    if not (text.startswith("^") and text.endswith("$")):
        raise ValueError("a code is held to the whole pattern: begin it with ^ and end it with $")
    if re.search(r"\\\w", text):
        raise ValueError("PostgreSQL reads it too: write a class of characters out, such as [0-9]")
    if "(?" in text.replace("(?:", ""):
        raise ValueError("PostgreSQL reads it too: of groups take ( ) and (?: ) alone")
    return text


Form = Annotated[str, AfterValidator(_anchored)]


class Identity(Promise):
    """The event that says two codes name one case. `codes`: forms of a code, the one to be known by first."""

    event: Name
    same_as: Snake  # the datum with the other code
    codes: tuple[Form, ...] = ()
    placeholders: tuple[Form, ...] = ()  # forms of what stands where a code is missing: it joins nothing


class Stage(Promise):
    """Phases whose events come from one system: of those that spoke on them, the first listed counts.

    `*` stands for every system not listed; without it they come after all that are.
    """

    phases: tuple[Spoken, ...] = Field(min_length=1)
    sources: tuple[System, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_once(self) -> Stage:
        for what, said in (("phases", self.phases), ("sources", self.sources)):
            if len(set(said)) < len(said):
                raise ValueError(f"{what} names one twice")
        return self


class Authority(Promise):
    """Which system is believed at which stage, where several tell of one case."""

    tolerance_minutes: int = Field(ge=0, le=527_040)  # two systems' times of one step may differ by so much
    stages: dict[Name, Stage] = Field(min_length=1)

    @model_validator(mode="after")
    def _a_phase_has_one_stage(self) -> Authority:
        seen: dict[str, str] = {}
        for name, stage in self.stages.items():
            for phase in stage.phases:
                if phase in seen:
                    raise ValueError(f"phase {phase!r} stands in stages {seen[phase]!r} and {name!r}")
                seen[phase] = name
        return self

    @property
    def definitions(self) -> dict[str, Any]:
        """What can change a figure: names of stages cannot."""
        stages = [[sorted(s.phases), list(s.sources)] for s in self.stages.values()]
        return {"tolerance": self.tolerance_minutes, "stages": sorted(stages)}
