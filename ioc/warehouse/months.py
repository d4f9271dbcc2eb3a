"""Whole months of forms, as published at a revision, added up to the period that they make."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl

from ioc.errors import BadInput, Stop
from ioc.kernel.flow import FLOWS
from ioc.kernel.months import MONTH_FIGURES
from ioc.kernel.period_names import NamedPeriod, previous, touched
from ioc.warehouse.connection import Connection
from ioc.warehouse.revisions import Published, holds

STOCKS = tuple(name for name in MONTH_FIGURES if name not in ("carried_over", *FLOWS))  # at a month's end
GROUP = ("agency", "channel", "sector")
PERIOD_MONTHS = pl.Schema(
    dict.fromkeys(GROUP, pl.String()) | dict.fromkeys(("carried_over", *FLOWS, *STOCKS), pl.Int64())
)
_DAY = timedelta(days=1)
_AT = holds("%(revision)s")
_SUMS = (
    "sum(carried_over) filter (where month = %(first)s)",
    *(f"sum({name})" for name in FLOWS),
    *(f"sum({name}) filter (where month = %(last)s)" for name in STOCKS),
)
SUMMED = f"""
select {", ".join(GROUP)}, {", ".join(f"coalesce({one}, 0)::bigint" for one in _SUMS)} from flow_month
where feed = %(feed)s and calendar = %(calendar)s and month = any(%(months)s) and {_AT}
group by {", ".join(GROUP)} order by {", ".join(GROUP)}
"""
# Revisions from before months were counted have days, and would give a form of zeros.
UNCOUNTED = f"""
select m.month from unnest(%(months)s::text[], %(starts)s::date[], %(ends)s::date[]) m (month, starts, ends)
where exists (
    select from flow_day where feed = %(feed)s and credit = 'resolving'
        and day between m.starts and m.ends and {_AT}
) and not exists (
    select from flow_month f where f.feed = %(feed)s and f.calendar = %(calendar)s and f.month = m.month
        and {holds("%(revision)s", "f.")}
) order by m.month
"""


def months_of(period: NamedPeriod) -> list[NamedPeriod]:
    """The months whose sum the period is; BadInput where it begins or ends within one."""
    if period.kind in ("day", "week"):
        raise BadInput("period", period.name, "forms add up whole months; name a month or longer")
    months = touched("month", period.start, period.last, period.calendar)
    first, last = months[0], months[-1]
    if (first.start, last.until) != (period.start, period.until):
        whole = f"{first.start} to {last.last}"
        raise BadInput(
            "period", period.name, f"forms add up whole months of {period.calendar.name}: give {whole}"
        )
    return months


def before(period: NamedPeriod) -> NamedPeriod:
    """The period that ends on the day before: of the same kind, or of a cumulative one the year before."""
    eve = period.start - _DAY
    found = previous(period)
    return found if found.last == eve else touched("year", eve, eve, period.calendar)[0]


def covered(revision: Published, period: NamedPeriod) -> bool:
    """Whether the revision knows every day of the period."""
    return revision.covers_from <= period.start and period.last <= revision.covers_to


def ended_and_covered(revision: Published, feed: str, period: NamedPeriod, today: date) -> None:
    """Nothing where every month of the period is over and published; else BadInput names the first.

    `today` is the local day of the stack's clock.
    """
    for month in months_of(period):
        if month.until > today:
            mend = f"month {month.name} ends on {month.last} and by the stack's clock it is {today}"
            raise BadInput("period", period.name, f"{mend}; name a period that has ended")
        if not covered(revision, month):
            days = f"revision {revision.revision} covers {revision.covers_from}..{revision.covers_to}"
            missing = f"month {month.name} ({month.start}..{month.last})"
            mend = f"`ioc rollup --feed {feed} --from {period.start} --to {period.last}`"
            raise BadInput("period", period.name, f"{missing} is not published: {days}; {mend} first")


def period_months(conn: Connection, feed: str, revision: Published, period: NamedPeriod) -> pl.DataFrame:
    """Frame of PERIOD_MONTHS: carried over by the first month, flows of all, stocks at the last one's end.

    Stop where the revision was published without the months that forms need.
    """
    months = months_of(period)
    asked: dict[str, Any] = {
        "feed": feed,
        "calendar": period.calendar.name,
        "revision": revision.revision,
        "months": [month.name for month in months],
        "starts": [month.start for month in months],
        "ends": [month.last for month in months],
        "first": months[0].name,
        "last": months[-1].name,
    }
    if missing := conn.execute(UNCOUNTED.encode(), asked).fetchall():
        named = ", ".join(str(month) for (month,) in missing)
        raise Stop(
            f"revision {revision.revision} of {feed} has days but no months of {period.calendar.name} for"
            f" {named}: `ioc rollup --feed {feed} --from {period.start} --to {period.last}` counts them"
        )
    rows = conn.execute(SUMMED.encode(), asked).fetchall()
    return pl.DataFrame(rows, schema=PERIOD_MONTHS, orient="row")


def added_up(months: pl.DataFrame, period: NamedPeriod) -> pl.DataFrame:
    """Rows by `calendar` and name of `month` -> frame of PERIOD_MONTHS, as `period_months` adds up."""
    names = [month.name for month in months_of(period)]
    first, last = (pl.col("month") == names[n] for n in (0, -1))
    held = months.filter(pl.col("calendar") == period.calendar.name, pl.col("month").is_in(names))
    summed = held.group_by(GROUP).agg(
        pl.col("carried_over").filter(first).sum(),
        pl.col(FLOWS).sum(),
        *(pl.col(name).filter(last).sum() for name in STOCKS),
    )
    return summed.select(*PERIOD_MONTHS).sort(GROUP)


CHANGED = """
select agency, sector, figure, sum(new - old)::bigint from restatement
where feed = %(feed)s and calendar = %(calendar)s and month = %(month)s
    and revision > %(since)s and revision <= %(revision)s and figure = any(%(figures)s)
group by agency, sector, figure order by agency, sector, figure
"""


def restated_since(
    conn: Connection,
    feed: str,
    revision: Published,
    period: NamedPeriod,
    since: int,
    figures: dict[str, int],
) -> pl.DataFrame:
    """By how much the ledger moved the period's closing figures after `since`, per agency and sector.

    `since`: a revision; `figures`: each with its sign. Frame of agency, sector and change.
    """
    asked = {
        "feed": feed,
        "calendar": period.calendar.name,
        "month": months_of(period)[-1].name,
        "since": since,
        "revision": revision.revision,
        "figures": list(figures),
    }
    rows: Any = conn.execute(CHANGED.encode(), asked).fetchall()
    told = [(agency, sector, figures[figure] * change) for agency, sector, figure, change in rows]
    schema = {"agency": pl.String, "sector": pl.String, "change": pl.Int64}
    return pl.DataFrame(told, schema=schema, orient="row")
