"""A simulated run across the merger of 1/7/2025: nobody speaks, or takes anything in, after the end."""

from __future__ import annotations

import json
import re
from datetime import date

import polars as pl
import pytest

from schemas import Registry
from streams.simulator.events import DOSSIER_SLOT, WELL
from streams.simulator.log import log_months
from streams.simulator.messages import handler, messages
from streams.simulator.places import Reference
from streams.simulator.plan import EPOCH, Plan, province_year
from streams.simulator.settings import Simulation
from streams.simulator.times import DAY

MERGER = date(2025, 7, 1)


@pytest.fixture(scope="module")
def across(simulation: Simulation, known: Reference) -> Plan:
    plan = province_year(simulation, known, 2025, 0.004, 1)
    near = pl.col("at").is_between(seconds(date(2025, 6, 1)), seconds(date(2025, 8, 1)))
    sends = plan.sends.filter(pl.col("spoilt") == WELL, near)
    return Plan(plan.simulation, plan.known, plan.cases, sends)


def seconds(day: date) -> int:
    return (day - EPOCH).days * DAY


def day(text: str) -> date:
    return date.fromisoformat(text[:8])


def test_no_agency_is_named_outside_its_life(across: Plan, registry: Registry) -> None:
    said = [json.loads(text) for text in messages(across, across.sends)]
    dossiers = [one for one in said if "DonViXuLy" in one]
    named = [(one["DonViXuLy"], day(one.get("NgayTiepNhan", one["NgayNopHoSo"]))) for one in dossiers]
    parts = (re.fullmatch(r"(.+)-(\d{6})-\d{4}", one["MaHoSo"]) for one in said)
    taken_in = [(found[1], day("20" + found[2])) for found in parts if found]
    for code, on in (*named, *taken_in):
        assert registry.history.agency_at(code, on), (code, on)
    assert any(on >= MERGER for _, on in named)
    assert {code for code, on in named if on >= MERGER} > {"H20.115"}
    assert any(registry.agencies[code].level == "district" for code, on in named if on < MERGER)
    log = pl.concat(list(log_months(across, across.sends, registry, 8)))
    for code, at in log.filter(pl.col("agency").is_not_null()).select("agency", "occurred_at").iter_rows():
        assert registry.history.agency_at(code, at.date()), (code, at)


def test_an_open_case_is_told_by_the_officers_of_who_took_over(across: Plan) -> None:
    merger = seconds(MERGER)
    known, sends = across.known, across.sends
    received = across.cases["received"].gather(sends["case"])
    sends = sends.filter((pl.col("slot") > DOSSIER_SLOT) & (pl.col("at") >= merger) & (received < merger))
    drawn = across.cases["agency"].gather(sends["case"])
    codes = known.codes.gather(drawn)
    old = sends.filter(codes == "H20.31")
    assert len(old) > 0
    officers = {json.loads(text)["NguoiXuLy"] for text in messages(across, old)}
    theirs = pl.DataFrame({"agency": [known.codes.to_list().index("H20.115")] * 12, "case": range(12)})
    assert officers <= set(theirs.select(handler(pl.col("agency"), pl.col("case"))).to_series())


def test_who_takes_over_is_never_drawn_before(small: Plan) -> None:
    assert small.known.drawn < len(small.known.agencies)
    assert (small.cases["agency"] < small.known.drawn).all()
    assert (small.cases["receiving"] < small.known.drawn).all()  # 2024: nobody had ended yet
