"""Days closed on top of published ones: counted are only what events changed and what the new days bring."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from ioc.kernel.flow import CELLS, CONTRIBUTIONS, FIGURES, FLOW_DAYS, FLOWS, GROUP, KEYS, add_up, flow_days

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Reach:
    """Days, inclusive: published are `first` to `closed`; to be published are those up to `last`."""

    first: date
    closed: date
    last: date


def moved(now: pl.DataFrame, then: pl.DataFrame, last: date) -> pl.DataFrame:
    """CELLS of the same cases as known now and then -> CELLS of what differs on days up to `last`."""
    away = then.with_columns(-pl.col(CONTRIBUTIONS))
    both = add_up(pl.concat([now, away]).lazy().filter(pl.col("day") <= last))
    return both.filter(pl.any_horizontal(pl.col(CONTRIBUTIONS) != 0)).collect(engine="in-memory")


def since(change: pl.DataFrame, reach: Reach) -> date:
    """The first day that anything changes."""
    first: date | None = change.select(pl.col("day").min()).item()
    return reach.closed + _DAY if first is None else first


def closed_days(held: pl.DataFrame, change: pl.DataFrame, fresh: pl.DataFrame, reach: Reach) -> pl.DataFrame:
    """Frame of FLOW_DAYS: the rows that differ from the published; of zeros where none holds any longer.

    held: published FLOW_DAYS: of reach.closed, and of the groups in `change` from the day before `since` on.
    change: CELLS of `moved`, none before reach.first. fresh: CELLS after reach.closed, of all cases.
    """
    first, groups = since(change, reach), change.select(GROUP).unique()
    mine, others = (held.join(groups, on=GROUP, how=how) for how in ("semi", "anti"))
    news, rest = (fresh.join(groups, on=GROUP, how=how) for how in ("semi", "anti"))
    rows = pl.concat(
        [
            _rebuilt(mine, pl.concat([change, news]), first, reach),
            _rebuilt(others, rest, reach.closed + _DAY, reach),
        ]
    )
    gone = mine.filter(pl.col("day") >= first).join(rows, on=KEYS, how="anti")
    nothing = gone.with_columns(pl.lit(0, pl.Int64).alias(name) for name in FIGURES)
    return pl.concat([rows.join(held, on=FLOW_DAYS.names(), how="anti"), nothing]).sort(KEYS)


def _rebuilt(held: pl.DataFrame, cells: pl.DataFrame, first: date, reach: Reach) -> pl.DataFrame:
    """FLOW_DAYS from `first` on, of published rows and further cells."""
    known = pl.concat([_taken_apart(held, first, reach), cells.filter(pl.col("day") <= reach.last)])
    return flow_days(known.lazy(), first, reach.last).collect(engine="in-memory")


def _taken_apart(held: pl.DataFrame, first: date, reach: Reach) -> pl.DataFrame:
    """Published FLOW_DAYS -> CELLS that give them again from `first` on; what came before is one opening day.

    How many became overdue and how many overdue ones went is not known of a day, but what they differ by.
    """
    opens, col = first - _DAY, pl.col
    rows = held.filter(col("day") >= opens).sort(*GROUP, "day")
    follows = (col("day") - col("day").shift(1).over(GROUP)) == _DAY
    before = pl.when(follows).then(col("open_end_overdue").shift(1).over(GROUP)).otherwise(0)
    days = rows.with_columns(overdue_in=col("open_end_overdue") - before, overdue_out=pl.lit(0, pl.Int64))
    if first > reach.first:
        opening = rows.filter(day=opens).with_columns(new="open_end", overdue_in="open_end_overdue")
    else:  # the first published day says itself what was open before
        opening = rows.filter(day=first).with_columns(
            day=pl.lit(opens), new="carried_over", overdue_in=pl.lit(0, pl.Int64)
        )
    nothing = {name: pl.lit(0, pl.Int64) for name in (*FLOWS[1:], "overdue_out")}
    parts = [opening.with_columns(**nothing), days.filter(col("day") >= first)]
    return pl.concat([part.select(CELLS.names()) for part in parts])
