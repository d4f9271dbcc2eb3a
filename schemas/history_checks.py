"""What agencies and successions can get wrong together, each with its file and line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise

from schemas.findings import Finding, near
from schemas.history import CIRCLE, DAY, History, Succession
from schemas.reference import Agency, Held

Key = tuple[str, date | None]


def check(history: History) -> list[Finding]:
    """Every finding; none where `History.responsible` can be asked about any code and day."""
    return [
        *overlaps(history.versions),
        *_parents(history),
        *_edges(history),
        *_circles(history),
        *_shares(history.successions),
    ]


def overlaps(versions: Mapping[str, tuple[Held, ...]]) -> Iterator[Finding]:
    """Two versions of one code on one day."""
    for same in versions.values():
        for earlier, later in pairwise(same):
            if earlier.valid_from == later.valid_from:
                yield later.finding("code", later.code, f"given twice (line {earlier.line}); keep one")
            elif later.valid_from and not earlier.ended(later.valid_from):
                mend = f"end the version of line {earlier.line} on {later.valid_from - DAY}, or begin later"
                yield later.finding("valid_from", str(later.valid_from), mend)


def _parents(history: History) -> Iterator[Finding]:
    for agency in (version for same in history.versions.values() for version in same):
        if agency.parent is None:
            continue
        if agency.parent not in history.versions:
            mend = f"name a known agency{near(agency.parent, history.versions)}"
            yield agency.finding("parent", agency.parent, mend)
        elif (day := _orphaned(agency, history.versions[agency.parent])) is not None:
            mend = f"{agency.code} is valid on {day} and its parent is not; name another from then on"
            yield agency.finding("parent", agency.parent, mend)


def _orphaned(agency: Agency, parents: tuple[Agency, ...]) -> date | None:
    """The first day of the agency's life on which none of the parent's versions is valid."""
    day = agency.valid_from or date.min
    for parent in parents:
        if parent.holds(day):
            if parent.valid_to is None:
                return None
            day = parent.valid_to + DAY
    return None if agency.ended(day) else day


def _edges(history: History) -> Iterator[Finding]:
    seen = dict[tuple[str, str, date], int]()
    for edge in history.successions:
        key = (edge.from_, edge.to, edge.effective)
        if key in seen:
            yield edge.finding("to", edge.to, f"given twice (line {seen[key]}); keep one")
        seen[key] = edge.line
        for name, code in (("from", edge.from_), ("to", edge.to)):
            if code not in history.versions:
                mend = f"name an agency of agencies.csv{near(code, history.versions)}"
                yield edge.finding(name, code, mend)
        if edge.from_ in history.versions and edge.to in history.versions:
            yield from _dated(history, edge)


def _dated(history: History, edge: Succession) -> Iterator[Finding]:
    left = [version for version in history.versions[edge.from_] if version.holds(edge.effective - DAY)]
    if edge.ends and not any(version.ended(edge.effective) for version in left):
        ends = [v.valid_to + DAY for v in history.versions[edge.from_] if v.valid_to]
        days = ", ".join(map(str, ends)) or "none yet; give it a valid_to"
        mend = f"{edge.from_} must end the day before: name the day after its end ({days}), or say transfer"
        yield edge.finding("effective", str(edge.effective), mend)
    elif not left:
        mend = f"no version of {edge.from_} was valid the day before; name a day of its life"
        yield edge.finding("effective", str(edge.effective), mend)
    if history.agency_at(edge.to, edge.effective) is None:
        mend = f"{edge.to} is not valid on that day; name a day of its life, or another successor"
        yield edge.finding("effective", str(edge.effective), mend)


def _circles(history: History) -> Iterator[Finding]:
    """Bodies that end into one another; a transfer may go back and forth between two that stand."""
    edges: dict[Key, list[tuple[Key, Succession]]] = {}
    for edge in history.successions:
        left, to = (
            history.agency_said(edge.from_, edge.effective - DAY),
            history.agency_said(edge.to, edge.effective),
        )
        if edge.ends and left and to:
            edges.setdefault((left.code, left.valid_from), []).append(((to.code, to.valid_from), edge))
    done = set[Key]()
    for start in edges:
        yield from _circle(start, edges, done)


def _circle(start: Key, edges: dict[Key, list[tuple[Key, Succession]]], done: set[Key]) -> Iterator[Finding]:
    """The edges that close a circle on a walk from `start`; `done` was walked before, and now."""
    path, walks = {start: None}, [iter(edges.get(start, ()))] if start not in done else []
    while walks:
        step = next(walks[-1], None)
        if step is None:
            walks.pop()
            done.add(path.popitem()[0])
        elif step[0] in path:
            yield step[1].finding("to", step[1].to, CIRCLE)
        elif step[0] not in done:
            path[step[0]] = None
            walks.append(iter(edges.get(step[0], ())))


def _shares(successions: tuple[Succession, ...]) -> Iterator[Finding]:
    splits: dict[tuple[str, date], list[Succession]] = {}
    for edge in successions:
        if edge.kind == "split":
            splits.setdefault((edge.from_, edge.effective), []).append(edge)
    for parts in splits.values():
        given = [edge.share for edge in parts if edge.share is not None]
        if given and (len(given) < len(parts) or sum(given) != 1):
            said = " + ".join("none" if edge.share is None else str(edge.share) for edge in parts)
            lines = ", ".join(str(edge.line) for edge in parts)
            mend = f"the shares of lines {lines} must add up to 1, or all be empty"
            yield parts[0].finding("share", said, mend)
