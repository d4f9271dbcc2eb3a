"""Who is responsible, against a clerk's walk day by day; circles are refused when checked and when asked."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import Agency, History, Succession, Unusable
from schemas.history_checks import check
from schemas.reference import by_code


def edge(from_: str, to: str, day: int, kind: str = "merge", share: str | None = None) -> Succession:
    said = {"from": from_, "to": to, "kind": kind, "share": share, "effective": day_of(day), "line": day}
    return Succession.model_validate(said)


def version(code: str, first: int | None, last: int | None) -> Agency:
    start, end = (None if n is None else day_of(n) for n in (first, last))
    return Agency(code=code, name=f"{code} {first}", level="commune", valid_from=start, valid_to=end)


def day_of(n: int) -> date:
    return date(2025, 1, 1) + timedelta(days=n)


def test_a_circle_is_refused_at_the_edge_that_closes_it() -> None:
    rows = [version("A", None, None), version("B", None, None), version("C", None, None)]
    history = History(by_code(rows), (edge("A", "B", 2), edge("B", "C", 3), edge("C", "A", 4)))
    closing = [(f.field, f.value) for f in check(history) if "back to where" in f.mend]
    assert closing == [("to", "A")]


def test_a_circle_that_nobody_checked_is_refused_when_asked() -> None:
    rows = [version("A", None, 1), version("B", None, 2)]
    history = History(by_code(rows), (edge("A", "B", 2), edge("B", "A", 3)))
    with pytest.raises(Unusable, match="back to where they began"):
        history.responsible("A", day_of(9))


@st.composite
def histories(draw: st.DrawFn) -> History:
    rows: list[Agency] = []
    for code in "ABCDE":
        cuts = sorted(draw(st.sets(st.integers(1, 12), min_size=1, max_size=5)))
        starts = [None, *cuts[1::2]]
        ends: list[int | None] = [*cuts[::2]]
        if draw(st.booleans()):
            ends[len(starts) - 1 :] = [None]
        rows += [version(code, s, e) for s, e in zip(starts, ends, strict=False)]
    edges: list[Succession] = []
    for row in rows:
        if row.valid_to is None or not draw(st.integers(0, 4)):
            continue
        after = row.valid_to + timedelta(days=1)
        there = sorted({other.code for other in rows if other.holds(after)})
        to = draw(st.lists(st.sampled_from(there), max_size=3, unique=True)) if there else []
        shares = draw(st.sampled_from([["0.5", "0.25", "0.25"], ["0.3", "0.3", "0.4"], [None] * 3]))
        if len(to) == 2:
            shares = draw(st.sampled_from([["0.5", "0.5"], ["0.2", "0.8"], [None] * 2]))
        n = (after - day_of(0)).days
        if len(to) == 1:
            edges.append(edge(row.code, to[0], n))
        else:
            edges += [
                edge(row.code, code, n, "split", share) for code, share in zip(to, shares, strict=False)
            ]
    return History(by_code(rows), tuple(edges))


def walked(history: History, code: str, said: date, on: date) -> Agency:
    """Day by day, as a clerk would hand the file on."""
    here = history.versions[code][0]
    for other in history.versions[code]:
        if other.valid_from is not None and other.valid_from <= said:
            here = other
    today = date(2024, 12, 25)
    while today <= on:
        if here.valid_to == today - timedelta(days=1):
            ways = [e for e in history.successions if (e.from_, e.effective) == (here.code, today)]
            ways.sort(key=lambda e: e.to)
            ways.sort(key=lambda e: float(e.share or 0), reverse=True)
            if ways:
                (here,) = [other for other in history.versions[ways[0].to] if other.holds(today)]
        today += timedelta(days=1)
    return here


@given(histories(), st.sampled_from("ABCDE"), st.integers(-3, 15), st.integers(-3, 15))
def test_the_responsible_body_is_where_a_clerks_walk_ends(
    history: History, code: str, said: int, on: int
) -> None:
    assert check(history) == []
    assert history.responsible(code, day_of(on), day_of(said)) == walked(
        history, code, day_of(said), day_of(on)
    )


DAYS = st.none() | st.integers(0, 6)


@given(
    st.lists(st.tuples(st.sampled_from("ABC"), DAYS, DAYS), max_size=6),
    st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from("ABC"), st.integers(0, 7)), max_size=6),
)
def test_what_the_check_lets_pass_never_runs_in_a_circle(
    spans: list[tuple[str, int | None, int | None]], steps: list[tuple[str, str, int]]
) -> None:
    rows = [version(c, s, e) for c, s, e in spans if s is None or e is None or s <= e]
    history = History(by_code(rows), tuple(edge(*step) for step in steps))
    wrong = check(history)
    for code in "ABC":
        try:
            history.responsible(code, day_of(9), day_of(0))
        except Unusable:
            assert wrong != []
