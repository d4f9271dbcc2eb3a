"""From a feed's file, its calendar and its procedures to what the kernel's fold needs to know of them."""

from __future__ import annotations

from ioc.calendars import worktime
from ioc.kernel.clocks import ClockRules
from ioc.kernel.identity import Identity
from ioc.kernel.limits import Limit, Limits
from ioc.kernel.rules import CaseRules
from ioc.kernel.spells import Spells
from ioc.kernel.stages import Authority, Stage
from ioc.kernel.working import HOUR
from ioc.kernel.worktime import Worktime
from schemas import Calendar, Feed, Registry


def case_rules(feed: Feed, registry: Registry | None = None) -> CaseRules:
    """The feed's life cycle and deadline policy as the kernel takes them.

    Without the registry the cases have no clocks: rollups of flow need none, and they take a second.
    """
    statuses = feed.lifecycle.statuses
    return CaseRules(
        feed=feed.feed,
        zone=feed.zone,
        phases={code: status.phase for code, status in statuses.items()},
        enters=frozenset(code for code, status in statuses.items() if status.enters),
        compare=feed.deadline.compare,
        definitions=feed.definitions_hash,
        consults={code: s.consultation for code, s in statuses.items() if s.consultation},
        following={code: frozenset(s.next) for code, s in statuses.items() if s.next is not None},
        clocks=None if registry is None else clock_rules(feed, registry),
        identity=identity_rules(feed),
        authority=authority_rules(feed),
    )


def identity_rules(feed: Feed) -> Identity | None:
    """What joins the feed's codes to one case; None where nothing does."""
    if feed.identity is None or feed.joining is None:
        return None
    return Identity(feed.joining, feed.identity.same_as, feed.identity.codes)


def authority_rules(feed: Feed) -> Authority | None:
    """Whose word counts at which stage of the feed's cases; None where nobody's counts more."""
    if feed.authority is None:
        return None
    stages = tuple(Stage(stage.phases, stage.sources) for stage in feed.authority.stages.values())
    return Authority(stages, feed.authority.tolerance_minutes * HOUR // 60)


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


def sectors_of(registry: Registry) -> dict[str, str]:
    """Procedure -> its field, by which months of forms are counted."""
    return {code: procedure.field for code, procedure in registry.procedures.items()}


def pauses_of(feed: Feed) -> dict[str, str]:
    """Paused status -> the reason of the pause."""
    return {code: status.pause for code, status in feed.lifecycle.statuses.items() if status.pause}


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
