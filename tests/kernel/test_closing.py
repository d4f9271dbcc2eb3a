"""Days closed one after another on what was published come to what counting everything at once gives."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
from hypothesis import assume, given
from hypothesis import strategies as st

from ioc.kernel.closing import Reach, closed_days, moved, since
from ioc.kernel.flow import CELLS, FIGURES, FLOW_DAYS, GROUP, KEYS, cells, flow_days
from ioc.kernel.fold import fold_now
from ioc.kernel.rules import CaseRules
from tests.effort import tried
from tests.kernel.histories import ZONES, Row, frame, histories, rules

some_rules = st.builds(rules, st.sampled_from(ZONES), st.sampled_from(("date", "instant")))


def folded(events: list[Row], by: CaseRules) -> pl.DataFrame:
    return fold_now(frame(events).collect(engine="in-memory"), by)


def celled(cases: pl.DataFrame, by: CaseRules) -> pl.DataFrame:
    return cells(cases.lazy(), by).collect(engine="in-memory")


def published(events: list[Row], by: CaseRules, first: date, last: date) -> pl.DataFrame:
    return flow_days(celled(folded(events, by), by).lazy(), first, last).collect(engine="in-memory")


def asked(held: pl.DataFrame, change: pl.DataFrame, reach: Reach) -> pl.DataFrame:
    """The published rows that a close may look at, and no others."""
    mine = held.join(change.select(GROUP).unique(), on=GROUP, how="semi")
    of_groups = mine.filter(pl.col("day") >= since(change, reach) - timedelta(days=1))
    return pl.concat([held.filter(day=reach.closed), of_groups]).unique()


def closed(held: pl.DataFrame, then: list[Row], now: list[Row], by: CaseRules, reach: Reach) -> pl.DataFrame:
    """The changed rows, of cases with later events, open ones and those of the days after the closed one."""
    touched = pl.Series(sorted({e["case_id"] for e in now[len(then) :]}), dtype=pl.String)
    cases = folded(now, by)
    day = pl.max_horizontal("entered_on", "resolved_on")
    standing = cases.filter("in_figures").filter(pl.col("resolved_on").is_null() | (day > reach.closed))
    some = cases.filter(pl.col("case_id").is_in(touched.implode()))
    before = folded(then, by).filter(pl.col("case_id").is_in(touched.implode()))
    change = moved(celled(some, by), celled(before, by), reach.closed)
    assume(change.filter(pl.col("day") < reach.first).is_empty())  # the job counts everything then
    counted = pl.concat([standing, some]).unique("case_id")
    fresh = celled(counted, by).filter(pl.col("day") > reach.closed)
    return closed_days(asked(held, change, reach), change, fresh, reach)


def laid(held: pl.DataFrame, changed: pl.DataFrame) -> pl.DataFrame:
    rows = changed.filter(pl.any_horizontal(pl.col(FIGURES) != 0))
    return pl.concat([held.join(changed, on=KEYS, how="anti"), rows]).sort(KEYS)


@tried(60)
@given(histories(), some_rules, st.data())
def test_closing_day_by_day_is_counting_everything(
    events: list[Row], by: CaseRules, data: st.DataObject
) -> None:
    days = celled(folded(events, by), by)["day"]
    assume(len(days) > 0)
    first, last = date.fromisoformat(str(days.min())), date.fromisoformat(str(days.max()))
    ends = sorted({data.draw(st.integers(0, (last - first).days + 2)) for _ in range(3)})
    cuts = sorted(data.draw(st.integers(0, len(events))) for _ in ends)
    then, closed_to = events[: cuts[0]], first + timedelta(days=ends[0])
    held = published(then, by, first, closed_to)
    for cut, end in zip([*cuts[1:], len(events)], [*ends[1:], ends[-1]], strict=True):
        reach = Reach(first, closed_to, first + timedelta(days=end))
        changed = closed(held, then, events[:cut], by, reach)
        full = published(events[:cut], by, first, reach.last)
        assert laid(held, changed).equals(full)
        assert changed.join(held, on=FLOW_DAYS.names(), how="semi").is_empty()
        held, then, closed_to = full, events[:cut], reach.last


def test_a_case_that_moves_to_another_agency_leaves_no_row_behind() -> None:
    held = pl.DataFrame(
        [{"day": date(2024, 1, 1), "credit": "resolving", "agency": "A", "channel": "x"}
         | dict.fromkeys(FIGURES, 0) | {"new": 1, "received_total": 1, "open_end": 1}],
        schema=FLOW_DAYS,
    )  # fmt: skip
    away = {"day": date(2024, 1, 1), "credit": "resolving", "agency": "A", "channel": "x", "new": -1}
    rows = [away, away | {"agency": "B", "new": 1}]
    change = pl.DataFrame(rows, schema=CELLS).fill_null(0)
    reach = Reach(date(2024, 1, 1), date(2024, 1, 1), date(2024, 1, 2))
    changed = closed_days(held, change, CELLS.to_frame(), reach)
    assert changed.select("day", "agency", "open_end").rows() == [
        (date(2024, 1, 1), "A", 0),
        (date(2024, 1, 1), "B", 1),
        (date(2024, 1, 2), "B", 1),
    ]
