"""From a feed's definitions, its calendar and its procedures to what the kernel's fold needs to know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ioc.calendars import worktime
from ioc.kernel.clocks import ClockRules
from ioc.kernel.identity import Identity
from ioc.kernel.levels import Levels
from ioc.kernel.limits import Limit, Limits
from ioc.kernel.observations import ObservedRules
from ioc.kernel.rules import CaseRules
from ioc.kernel.series import Adding
from ioc.kernel.spells import Spells
from ioc.kernel.stage_rules import StageLimit, StageRules, TimedStage
from ioc.kernel.stages import Authority, Stage
from ioc.kernel.working import HOUR
from ioc.kernel.worktime import Worktime
from schemas import Calendar, Feed, ObservationFeed, Registry, Series


def case_rules(feed: Feed, registry: Registry | None = None) -> CaseRules:
    """The feed's life cycle and deadline policy as the kernel takes them.

    Without the registry the cases have no clocks and no stages: rollups of flow need none, and they take a
    second.
    """
    rules = rules_of(feed.definitions, feed.definitions_hash)
    if registry is None:
        return rules
    return replace(rules, clocks=clock_rules(feed, registry), timed=stage_rules(feed, registry))


def rules_of(definitions: Mapping[str, Any], named: str) -> CaseRules:
    """Rules without clocks out of a feed's definitions, as promised or as stored; `named`: their hash."""
    statuses = definitions["statuses"]
    return CaseRules(
        feed=definitions["feed"],
        zone=definitions["zone"],
        phases={code: phase for code, (phase, _) in statuses.items()},
        enters=frozenset(code for code, (_, enters) in statuses.items() if enters),
        compare=definitions["compare"],
        definitions=named,
        consults=dict(definitions.get("consultations", {})),
        following={code: frozenset(after) for code, after in definitions.get("next", {}).items()},
        identity=_identity(definitions.get("identity")),
        authority=_authority(definitions.get("authority")),
        attributes=tuple(definitions.get("attributes", ())),
        levels=_levels(definitions.get("service_levels")),
    )


def observed_rules(feed: ObservationFeed) -> ObservedRules:
    """What the fold of observations needs of the feed."""
    return ObservedRules(feed.feed, feed.definitions_hash, tuple(sorted(feed.dimensions)))


def adding(series: Mapping[str, Series]) -> dict[str, Adding]:
    """How the kernel adds these series up."""
    return {
        name: Adding(one.over_time, one.over_agencies, one.over_dimensions) for name, one in series.items()
    }


def _identity(said: Mapping[str, Any] | None) -> Identity | None:
    return None if said is None else Identity(said["type"], said["same_as"], tuple(said["codes"]))


def _authority(said: Mapping[str, Any] | None) -> Authority | None:
    if said is None:
        return None
    stages = tuple(Stage(tuple(phases), tuple(sources)) for phases, sources in said["stages"])
    return Authority(stages, said["tolerance"] * HOUR // 60)


def _levels(said: Mapping[str, Any] | None) -> Levels | None:
    if said is None:
        return None
    return Levels(said["attribute"], frozenset(said["full"]), frozenset(said["partial"]))


def pauses_in(definitions: Mapping[str, Any]) -> dict[str, str]:
    """Paused status -> the reason of the pause."""
    return {code: pause for code, (pause, _) in definitions.get("pauses", {}).items() if pause}


def identity_rules(feed: Feed) -> Identity | None:
    """What joins the feed's codes to one case; None where nothing does."""
    return _identity(feed.definitions.get("identity"))


def clock_rules(feed: Feed, registry: Registry) -> ClockRules | None:
    """The feed's clocks with its calendar and the limits of all procedures; None where it has none."""
    clocks = feed.clocks
    if clocks is None or feed.calendar is None:
        return None
    statuses = feed.lifecycle.statuses
    return ClockRules(
        worktime=_worktime(registry.calendars[feed.calendar]),
        limits=Limits(limits(registry), {str(reason): policy for reason, policy in clocks.pauses.items()}),
        reasons=pauses_of(feed),
        apologies=frozenset(code for code, status in statuses.items() if status.apology),
        online=frozenset(clocks.reception_channels),
        reception=clocks.reception_hours * HOUR,
        breach=clocks.breach_hours * HOUR,
        near_due=clocks.near_due_hours * HOUR,
        told_after=clocks.told_after_hours * HOUR,
        backwards=clocks.backwards_hours * HOUR,
        agencies=Spells(
            (code, one.valid_from, one.valid_to)
            for code, versions in registry.history.versions.items()
            for one in versions
        ),
        apology_rules=tuple((rule.valid_from, rule.valid_to, rule.days) for rule in clocks.apology),
    )


def stage_rules(feed: Feed, registry: Registry) -> StageRules | None:
    """The feed's stages with limits of their own, and its calendar; None where it has none."""
    if not feed.stages or feed.calendar is None:
        return None
    stages = tuple(
        TimedStage(
            name,
            frozenset(stage.from_),
            frozenset(stage.to),
            tuple(
                StageLimit(one.when, one.limit, one.unit, one.valid_from, one.valid_to)
                for one in stage.limits
            ),
            stage.optional,
            stage.stops,
        )
        for name, stage in feed.stages.items()
    )
    return StageRules(_worktime(registry.calendars[feed.calendar]), stages)


def sectors_of(registry: Registry) -> dict[str, str]:
    """Procedure -> its field, by which months of forms are counted."""
    return {code: procedure.field for code, procedure in registry.procedures.items()}


def pauses_of(feed: Feed) -> dict[str, str]:
    """Paused status -> the reason of the pause."""
    return pauses_in(feed.definitions)


def limits(registry: Registry) -> list[Limit]:
    """Every version of every procedure's time limit, with what its pauses do."""
    return [
        Limit(
            procedure=one.code,
            version=one.version,
            limit=one.limit,
            unit=one.unit,
            online=one.limit_online,
            valid_from=one.valid_from,
            valid_to=one.valid_to,
            pauses={"supplement": one.pause_supplement, "fee": one.pause_fee, "stop": one.pause_stop},
        )
        for versions in registry.procedure_versions.values()
        for one in versions
    ]


_BUILT: dict[str, Worktime] = {}


def _worktime(calendar: Calendar) -> Worktime:
    """Built once for each content: it takes a second."""
    said = calendar.model_dump_json()
    if said not in _BUILT:
        _BUILT[said] = worktime(calendar)
    return _BUILT[said]
