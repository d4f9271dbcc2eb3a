"""Agencies through time for figures: who a code was on a day, and who is responsible for its cases now."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

import polars as pl

from ioc.kernel.flow import FIGURES, KEYS
from schemas import Registry
from schemas.history import DAY, History
from schemas.reference import Agency, Spell

SPELLS = {
    "agency": pl.String,
    "said_from": pl.Date,  # date.min: since ever
    "said_to": pl.Date,  # inclusive; null: for ever
    "agency_valid": pl.Boolean,  # whether a version of the code was valid on those days
    "agency_name": pl.String,  # as was
    "responsible": pl.String,  # as now
    "responsible_name": pl.String,
}


def spells(history: History, on: date) -> pl.DataFrame:
    """For every code and every day on which it may be said one row: as it was, and as it is on the day `on`.

    The rows of a code follow one another without gaps; days outside every version mean the version that
    `History.agency_said` means. Unusable where successions lead in a circle.
    """
    rows = []
    for code in sorted(history.versions):
        for first, last, version in _stretches(history.versions[code]):
            now = history.responsible(code, on, said=first) or version
            rows.append((code, first, last, version.holds(first), version.name, now.code, now.name))
    return pl.DataFrame(rows, schema=SPELLS, orient="row")


def _stretches(versions: tuple[Agency, ...]) -> Iterator[tuple[date, date | None, Agency]]:
    starts = [date.min, *(version.valid_from or date.min for version in versions[1:])]
    for n, version in enumerate(versions):
        until = starts[n + 1] - DAY if n + 1 < len(versions) else None
        first = starts[n]
        if version.valid_from and first < version.valid_from:  # said before the code's first version began
            yield first, version.valid_from - DAY, version
            first = version.valid_from
        if version.valid_to and (until is None or version.valid_to < until):
            yield first, version.valid_to, version
            first = version.valid_to + DAY
        yield first, until, version


def restated(frame: pl.DataFrame, spells: pl.DataFrame, agency: str, day: str) -> pl.DataFrame:
    """`frame` with the columns of `spells` about its agency as said on its day, from `agency_valid` on.

    Rows keep their order. A code that reference data does not know is responsible itself, under its code,
    with `agency_valid` null; no agency stays none; an agency without a day is as said today.
    """
    told = ["agency_valid", "agency_name", "responsible", "responsible_name"]
    said = frame.with_row_index("__row").with_columns(__day=pl.col(day).fill_null(date.max))
    joined = said.sort("__day").join_asof(
        spells.rename({"agency": "__agency"}).sort("said_from"),
        left_on="__day",
        right_on="said_from",
        by_left=agency,
        by_right="__agency",
        check_sortedness=False,
    )
    own = [pl.col(name).fill_null(pl.col(agency)) for name in told if name != "agency_valid"]
    return joined.with_columns(own).sort("__row").select(*frame.columns, *told)


def successors(history: History, on: date) -> dict[str, str]:
    """Code -> code of the body responsible on the day for what stands under it; only codes that moved on.

    A code is read as on that day: of a code that was used again the present bearer keeps all. So one code
    goes one way in every figure, and a period opens with what the one before it closed with. A split goes to
    its main part (`History.successor`); a code without successor stays (`History.without_successor`).
    """
    found = {code: history.responsible(code, on) for code in history.versions}
    return {code: now.code for code, now in found.items() if now is not None and now.code != code}


def adopted(codes: Mapping[str, str], agency: str) -> list[str]:
    """The codes of `successors` that stand under `agency` now, its own among them unless it moved on."""
    own = [] if agency in codes else [agency]
    return own + sorted(code for code, now in codes.items() if now == agency)


def as_now(flow_days: pl.DataFrame, history: History, on: date) -> pl.DataFrame:
    """Frame of FLOW_DAYS -> the same figures under the agencies responsible on the day; sums are the same."""
    named = flow_days.with_columns(pl.col("agency").replace(successors(history, on)))
    return named.group_by(KEYS).agg(pl.col(FIGURES).sum()).select(flow_days.columns).sort(KEYS)


def orphaned(flow_days: pl.DataFrame, history: History, on: date) -> list[str]:
    """Agencies of a frame that `as_now` made which had ended by the day: nobody took over from them."""
    found = {code: history.responsible(code, on) for code in sorted(set(flow_days["agency"]))}
    return [code for code, now in found.items() if now is not None and now.ended(on)]


def in_scope(history: History, named: Collection[str], on: date) -> frozenset[str]:
    """The codes of the named agencies, of what ever stood below them, and of all their successors by the day.

    Codes, not versions: a code is in a scope on all days of a figure or on none, so that a period opens with
    what the one before it closed with. A successor is in whole, whatever else it took over.
    """
    found = {(one.code, one.valid_from): one for one in _below(history, named) if one.begun(on)}
    waiting = list(found.values())
    while waiting:
        version = waiting.pop()
        edge = history.successor(version) if version.ended(on) else None
        following = history.agency_said(edge.to, edge.effective) if edge else None
        if following is not None and (key := (following.code, following.valid_from)) not in found:
            found[key] = following
            waiting.append(following)
    return frozenset(code for code, _ in found)


def is_whole(history: History, named: Collection[str]) -> bool:
    """Whether one of them stands at the top: what names no agency is told of it."""
    return any(version.parent is None for code in named for version in history.versions.get(code, ()))


def _below(history: History, named: Collection[str]) -> list[Agency]:
    """The versions of the named codes, and those that stood below one of them at one time."""
    children: dict[str | None, list[Agency]] = {}
    for version in (one for versions in history.versions.values() for one in versions):
        children.setdefault(version.parent, []).append(version)
    waiting = [version for code in named for version in history.versions.get(code, ())]
    found = dict[tuple[str, date | None], Agency]()
    while waiting:
        version = waiting.pop()
        if found.setdefault((version.code, version.valid_from), version) is version:
            waiting += [one for one in children.get(version.code, ()) if _meet(one, version)]
    return list(found.values())


def _meet(one: Spell, other: Spell) -> bool:
    return not (one.ended(other.valid_from or date.min) or other.ended(one.valid_from or date.min))


Agencies = dict[str, dict[str, str] | None]  # by role: code and name


def responsible_now(registry: Registry, row: Mapping[str, Any], day: date) -> Agencies:
    """Of a row of CASES the agencies `receiving`, `resolving` and, on the day, `responsible`: code and name.

    None where nobody was named; who is not in the reference data has the code for a name.
    """
    resolving, receiving = row.get("agency"), row.get("receiving_agency")
    code = resolving or receiving
    now = None if code is None else successors(registry.history, day).get(code, code)
    whose = {"receiving": receiving, "resolving": resolving, "responsible": now}
    return {role: None if code is None else _named(registry, code) for role, code in whose.items()}


def _named(registry: Registry, code: str) -> dict[str, str]:
    known = registry.agencies.get(code)
    return {"code": code, "name": known.name if known else code}
