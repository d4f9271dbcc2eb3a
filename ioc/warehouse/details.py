"""The detail of whole months, as published at a revision, of a period: by procedure and by working hours."""

from __future__ import annotations

import polars as pl

from ioc.kernel.details import HOURS_CELLS, PROCEDURE_CELLS
from ioc.kernel.period_names import NamedPeriod
from ioc.warehouse.connection import Connection
from ioc.warehouse.months import months_of
from ioc.warehouse.revisions import Published, holds

_AT = holds("%(revision)s")


def details(
    conn: Connection, feed: str, revision: Published, period: NamedPeriod
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """PROCEDURE_CELLS and HOURS_CELLS without calendar and month: the sums of the period's months."""
    return (
        _summed(conn, "procedure_month", PROCEDURE_CELLS, feed, revision, period),
        _summed(conn, "hours_month", HOURS_CELLS, feed, revision, period),
    )


def by_level(conn: Connection, revision: Published) -> bool:
    """Whether the revision was counted by rules that tell levels of service; its columns are 0 where not."""
    found = conn.execute(
        "select from definitions where hash = %s and content ? 'service_levels'", [revision.definitions]
    )
    return found.fetchone() is not None


def _summed(
    conn: Connection, table: str, cells: pl.Schema, feed: str, revision: Published, period: NamedPeriod
) -> pl.DataFrame:
    kept = pl.Schema({name: kind for name, kind in cells.items() if name not in ("calendar", "month")})
    keys = [name for name, kind in kept.items() if kind != pl.Int64()]
    sums = [f"sum({name})::bigint" for name in kept if name not in keys]
    query = f"""
    select {", ".join([*keys, *sums])} from {table}
    where feed = %(feed)s and calendar = %(calendar)s and month = any(%(months)s) and {_AT}
    group by {", ".join(keys)} order by {", ".join(keys)}
    """
    asked = {
        "feed": feed,
        "calendar": period.calendar.name,
        "months": [month.name for month in months_of(period)],
        "revision": revision.revision,
    }
    return pl.DataFrame(conn.execute(query.encode(), asked).fetchall(), schema=kept, orient="row")
