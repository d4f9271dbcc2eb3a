"""Series over a period against plain loops, and what must never be added up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ioc.kernel.series import MEASURED, OBSERVATIONS, Adding, over_period
from tests.effort import tried

Row = dict[str, Any]
FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)
SCHEMA = {**OBSERVATIONS, "service": pl.String()}
values, weights = (st.sampled_from([None, 0.0, *some]) for some in ((1.0, 2.0, 50.0), (1.0, 3.0)))
days, lengths = st.integers(-2, 32), st.sampled_from([0, 0, 0, 30])
some_by = st.sampled_from([(), ("agency",), ("service",), ("agency", "service")])


def row(agency: str | None, service: str | None, day: int, length: int, *measured: float | None) -> Row:
    value, n = measured
    first = FIRST + timedelta(days=day)
    days = {"from": first, "to": first + timedelta(days=length)}
    return {"series": "s", "agency": agency, "service": service, **days, "value": value, "n": n}


agencies, services = st.sampled_from([None, "A", "B"]), st.sampled_from([None, "x", "y"])
rows = st.builds(row, agencies, services, days, lengths, values, weights)
over = ("sum", "mean", "none")
adding = st.builds(
    Adding,
    st.sampled_from(("sum", "last", "mean", "none")),
    st.sampled_from(over),
    st.sampled_from((*over, None)),
)


def added(how: str, some: list[Row]) -> Row:
    weights = [(r["value"], r["n"]) for r in some if r["value"] is not None and r["n"] is not None]
    weight = sum(n for _, n in weights)
    said = {"observations": sum(r["observations"] for r in some), "arisen": sum(r["arisen"] for r in some)}
    if how == "sum":
        values = [r["value"] for r in some if r["value"] is not None]
        return said | {"value": sum(values) if values else None, "n": weight if weights else None}
    mean = sum(v * n for v, n in weights) / weight if weight > 0 else None
    return said | {"value": mean, "n": weight if weight > 0 else None}


def slow(some: list[Row], how: Adding, by: Sequence[str]) -> list[Row]:
    some = [r for r in some if r["from"] >= FIRST and r["to"] <= LAST]
    some = [r | {"observations": 1, "arisen": int(r["value"] is not None)} for r in some]
    kept: list[Row] = []
    for key in {(r["agency"], r["service"]) for r in some}:
        mine = [r for r in some if (r["agency"], r["service"]) == key]
        named = {"agency": key[0], "service": key[1]}
        if how.over_time == "none":
            kept += [r for r in mine if (r["from"], r["to"]) == (FIRST, LAST)]
        elif how.over_time == "last":
            newest = max(mine, key=lambda r: (r["to"], r["from"]))
            counts = {name: sum(r[name] for r in mine) for name in ("observations", "arisen")}
            kept.append(newest | counts)
        else:
            kept.append(named | added(how.over_time, mine))
    for name in ("service", "agency"):
        if name in by:
            continue
        others = [one for one in ("agency", "service") if one != name]
        summed = []
        for key in {tuple(r.get(o) for o in others) for r in kept}:
            mine = [r for r in kept if tuple(r.get(o) for o in others) == key]
            whole = [r for r in mine if r.get(name) is None]
            parts = [r for r in mine if r.get(name) is not None]
            named = dict(zip(others, key, strict=True))
            summed += [named | {k: r[k] for k in MEASURED} for r in whole]
            own = how.over_agencies if name == "agency" else how.over_dimensions or how.over_agencies
            if not whole and parts and own != "none":
                summed.append(named | added(own, parts))
        kept = summed
    return kept


@tried(150)
@given(
    st.lists(rows, max_size=12),
    adding,
    st.sampled_from([(), ("agency",), ("service",), ("agency", "service")]),
)
def test_series_are_what_plain_loops_give(some: list[Row], how: Adding, by: tuple[str, ...]) -> None:
    alone = {(r["agency"], r["service"], r["from"], r["to"]): r for r in some}  # a key has one observation
    frame = pl.DataFrame(list(alone.values()), schema=SCHEMA)
    found = over_period(frame, {"s": how}, FIRST, LAST, by, ("service",))
    wanted = [{k: r.get(k) for k in (*by, *MEASURED)} for r in slow(list(alone.values()), how, by)]
    ours = found.drop("series").rows(named=True)
    order = lambda r: [str(r[k]) for k in (*by, "observations", "value")]  # noqa: E731
    for mine, theirs in zip(sorted(ours, key=order), sorted(wanted, key=order), strict=True):
        assert {k: mine[k] for k in (*by, "observations", "arisen")} == {
            k: theirs[k] for k in (*by, "observations", "arisen")
        }
        assert [mine["value"], mine["n"]] == pytest.approx([theirs["value"], theirs["n"]])


def month(agency: str | None, value: float | None, n: float | None = None) -> Row:
    return row(agency, None, 0, 30, value, n)


def whole(some: list[Row], how: Adding) -> list[tuple[object, ...]]:
    frame = pl.DataFrame(some, schema=SCHEMA)
    return over_period(frame, {"s": how}, FIRST, LAST, (), ("service",)).select("value", "n", "arisen").rows()


def test_an_index_is_never_added_up() -> None:
    assert whole([month("A", 88.0), month("B", 90.0)], Adding("none", "none")) == []
    assert whole([month(None, 88.37)], Adding("none", "none")) == [(88.37, None, 1)]


def test_not_arisen_is_not_zero() -> None:
    assert whole([month("A", None), month("B", None)], Adding("sum", "sum")) == [(None, None, 0)]
    assert whole([month("A", None), month("B", 0.0)], Adding("sum", "sum")) == [(0.0, None, 1)]


def test_a_mean_is_weighed_and_what_has_no_weight_takes_no_part() -> None:
    some = [month("A", 90.0, 300), month("B", 50.0, 100), month("C", 0.0)]
    assert whole(some, Adding("mean", "mean")) == [(80.0, 400.0, 3)]


def test_dimensions_are_added_up_in_their_own_way_before_agencies() -> None:
    some = [row("A", "x", 0, 30, 5.0, None), row("A", "y", 0, 30, 7.0, None), row("B", "x", 0, 30, 1.0, None)]
    assert whole(some, Adding("sum", "none", "sum")) == []
    assert whole(some, Adding("sum", "sum", "none")) == []
    assert whole([*some, month("A", 20.0)], Adding("sum", "sum", "none")) == [(20.0, None, 1)]
    frame = pl.DataFrame(some, schema=SCHEMA)
    found = over_period(frame, {"s": Adding("sum", "none", "sum")}, FIRST, LAST, ("agency",), ("service",))
    assert found.select("agency", "value").rows() == [("A", 12.0), ("B", 1.0)]


def test_who_speaks_for_the_whole_is_not_added_to_its_parts() -> None:
    assert whole([month("A", 5.0), month(None, 7.0)], Adding("sum", "sum")) == [(7.0, None, 1)]
