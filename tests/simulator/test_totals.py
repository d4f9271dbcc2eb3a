"""The published totals come out of the simulated events: to the unit, or by the largest remainder."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from ioc.errors import BadInput
from ioc.kernel.events import EVENTS
from ioc.kernel.fold import fold
from ioc.rules import case_rules
from schemas import Registry
from streams.simulator.events import ENDED_SLOT, LETTER_SLOT, WELL
from streams.simulator.log import log_months
from streams.simulator.places import Reference
from streams.simulator.plan import Plan, province_year, year_starts
from streams.simulator.quota import quota
from streams.simulator.settings import Simulation

DAY = 86_400


def in_year(plan: Plan) -> pl.DataFrame:
    return plan.sends.filter(pl.col("at") < year_starts(2025), pl.col("spoilt") == WELL)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_kernel_folds_the_log_to_the_apportioned_totals(
    simulation: Simulation, known: Reference, registry: Registry, seed: int
) -> None:
    plan = province_year(simulation, known, 2024, 0.02, seed)
    rows = pl.concat(list(log_months(plan, in_year(plan), registry, 8)))
    rules = case_rules(registry.feed(simulation.feed))
    cases = fold(rows.select(EVENTS.names()).lazy(), rules).filter("in_figures").collect()
    assert cases["set_aside"].null_count() == len(cases)
    new = cases.filter(pl.col("entered_on") >= date(2024, 1, 1))
    assert new["channel"].value_counts().filter(channel="online")["count"].to_list() == [6_945]
    outcomes = dict(cases.drop_nulls("outcome")["outcome"].value_counts().iter_rows())
    assert (len(new), len(cases) - len(new)) == (6_945 + 6_210, 419)
    assert outcomes == {"early": 8_972, "on_due_date": 4_146, "late": 27}
    assert cases["outcome"].null_count() == 429


def test_every_case_has_its_own_code_and_ordered_events(small: Plan) -> None:
    assert small.cases["code"].n_unique() == len(small.cases)
    course = small.sends.filter(pl.col("spoilt") == WELL, pl.col("slot") < LETTER_SLOT)
    events = course.unique(["case", "slot"]).sort("case", "slot")
    steps = events.with_columns(gap=pl.col("at").diff().over("case"))["gap"].drop_nulls()
    assert steps.min() > 0  # type: ignore[operator] # seconds


def test_a_received_case_has_five_to_eight_events_and_its_submission(small: Plan) -> None:
    wire = small.simulation.wire
    slot = pl.col("slot").is_between(1, LETTER_SLOT - 1)
    good = small.sends.filter(pl.col("spoilt") == WELL, slot).unique(["case", "slot"])
    counts = good.group_by("case").agg(
        n=pl.len(), ends=pl.col("status").is_in([wire.withdrawn, wire.refused]).any()
    )
    assert counts.filter(~pl.col("ends"))["n"].min() == 5
    assert counts.filter(~pl.col("ends"))["n"].max() == 8


def test_too_small_a_scale_is_refused(simulation: Simulation) -> None:
    with pytest.raises(BadInput, match="scale"):
        quota(simulation, 0.0001)


def test_a_letter_moves_the_due_date_of_a_case_that_stays_late(
    simulation: Simulation, known: Reference
) -> None:
    plan = province_year(simulation, known, 2024, 0.1, 1)
    good = plan.sends.filter(pl.col("spoilt") == WELL).unique(["case", "slot"])
    sent = good.filter(pl.col("slot") == LETTER_SLOT).select("case", "at", "due")
    before = good.filter(pl.col("slot") < LETTER_SLOT, pl.col("due").is_not_null())
    before = before.sort("slot").group_by("case", maintain_order=True).agg(was=pl.col("due").last())
    ended = good.filter(pl.col("slot") == ENDED_SLOT).select("case", ended="at")
    letters = sent.join(before, on="case").join(ended, on="case")
    assert len(letters) == len(sent) > 50
    assert letters.select((pl.col("due") > pl.col("was")).all()).item()
    assert letters.select((pl.col("due") // DAY < pl.col("ended") // DAY).all()).item()
    assert letters.select((pl.col("at") < pl.col("ended")).all()).item()
    days_before = letters.select(pl.col("was") // DAY - pl.col("at") // DAY).to_series()
    assert 0.4 < (days_before >= 1).mean() < 0.9  # type: ignore[operator]


def test_some_online_submissions_wait_for_reception_longer_than_a_day(
    simulation: Simulation, known: Reference
) -> None:
    none = simulation.model_copy(update={"path": simulation.path.model_copy(update={"slow_reception": 0})})
    late, rows = [], []
    for one in (none, simulation):
        plan = province_year(one, known, 2024, 0.02, 1)
        online = plan.cases.filter(pl.col("submitted").is_not_null(), ~pl.col("carried"))
        waited = online["received"] - online["submitted"]
        late.append((waited > 4 * DAY).mean())
        rows.append(plan.cases.select("received", "agency", "procedure"))
        assert waited.max() < 13 * DAY  # type: ignore[operator]
    assert late[0] < 0.001  # type: ignore[operator]
    assert 0.002 < late[1] < 0.05  # type: ignore[operator]
    assert rows[0].equals(rows[1])


def test_without_a_share_no_letter_is_sent_and_nothing_else_changes(
    simulation: Simulation, known: Reference
) -> None:
    none = simulation.model_copy(update={"path": simulation.path.model_copy(update={"apology": 0})})
    course = ["case", "slot", "status", "at", "due"]
    plans = [province_year(one, known, 2024, 0.01, 1) for one in (none, simulation)]
    with_, without = ((p.sends.filter(pl.col("spoilt") == WELL)[course]).unique() for p in plans[::-1])
    assert (without["slot"] == LETTER_SLOT).sum() == 0
    kept = with_.filter(pl.col("slot") < LETTER_SLOT)
    assert kept.sort(course).equals(without.sort(course))
    assert len(kept) < len(with_)
