"""What a run's figures will be once published, as an audit reads them: a relation per table.

A run that stages all is its own staging. One that stages changes is laid over the rows that hold, from the
day before the first change on: nothing before it can differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from psycopg import sql

from ioc.warehouse.connection import Connection
from jobs.runs import DAYS, TABLES, Rolled, Run

_DAY, _MONTH = timedelta(days=1), timedelta(days=31)


@dataclass(frozen=True)
class Overlay:
    """Each table's relation by its name; `first` is the first day of the days in them."""

    relations: dict[str, sql.Composable]
    first: date


def overlay(conn: Connection, run: Run) -> Overlay:
    """Of a staged run; temporary tables of this transaction where it stages changes."""
    if run.scope == "all":
        return Overlay({table.name: run.staging(table) for table in run.tables}, run.covers_from)
    begins = _begins(conn, run)
    return Overlay({table.name: _laid(conn, run, table, first) for table, first in begins}, begins[0][1])


def _begins(conn: Connection, run: Run) -> list[tuple[Rolled, date]]:
    """From which day on each table is laid over; the first table's is the audit's first day."""
    if run.kind == "observation":
        return [(table, _first(conn, run, table) or run.covers_to) for table in run.tables]
    monthly = [table for table in TABLES if table is not DAYS]
    firsts = [first for table in monthly if (first := _first(conn, run, table))]
    months = min(firsts, default=date.max) - _MONTH  # with the month before the first that changes
    days = min(months, (_first(conn, run, DAYS) or run.covers_to) - _DAY)
    days = max(days, run.covers_from)
    return [(DAYS, days), *((table, months) for table in monthly)]


def _first(conn: Connection, run: Run, table: Rolled) -> date | None:
    """The first day that the run stages anything of."""
    query = sql.SQL("select min({}) from {}").format(sql.Identifier(table.day), run.staging(table))
    row: Any = conn.execute(query).fetchone()
    return None if row[0] is None else date.fromisoformat(str(row[0]))


def _laid(conn: Connection, run: Run, table: Rolled, first: date) -> sql.Identifier:
    """Staged rows over those that hold from `first` on, as a temporary table."""
    made = sql.Identifier(f"audit_{table.name}")
    words = {
        "laid": made,
        "table": sql.Identifier(table.name),
        "staged": run.staging(table),
        "columns": sql.SQL(", ").join(map(sql.Identifier, table.columns)),
        "keys": sql.SQL(", ").join(map(sql.Identifier, table.keys)),
        "day": sql.Identifier(table.day),
        "any": table.any_figure(),
    }
    conn.execute(sql.SQL("drop table if exists {laid}").format(**words))
    conn.execute(
        sql.SQL(
            """
            create temp table {laid} on commit drop as
            select {columns} from {staged} where {any}
            union all
            select {columns} from {table} where feed = %s and to_revision is null and {day} >= %s
                and ({keys}) not in (select {keys} from {staged})
            """
        ).format(**words),
        [run.feed, first],
    )
    conn.execute(sql.SQL("analyze {laid}").format(**words))
    return made
