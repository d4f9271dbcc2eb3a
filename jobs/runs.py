"""One run of a rollup over one feed: its window, its row in table `run`, its staging table."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import polars as pl
from psycopg import sql
from psycopg.types.json import Jsonb

from ioc.code import code_version
from ioc.errors import Stop
from ioc.kernel.details import PROCEDURE_FIGURES
from ioc.kernel.flow import FIGURES, KEYS
from ioc.kernel.months import MONTH_FIGURES
from ioc.kernel.observations import ENDED
from ioc.warehouse.connection import Connection


class Rebuild(Exception):
    """Days cannot be closed on top of the revision that holds, and why; the log gives them all again."""


@dataclass(frozen=True)
class Rolled:
    """A table that a run stages and publishes: what names a row, with PostgreSQL's types, and its figures.

    day: the key by which rows lie in time. kind: of the figures; numbers that are texts say more than zero.
    """

    name: str
    keys: Mapping[str, str]
    figures: tuple[str, ...]
    day: str = "day"
    kind: Literal["bigint", "text"] = "bigint"

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.keys, *self.figures)

    def any_figure(self) -> sql.Composed:
        """SQL: whether a row says anything; one of zeros alone is not published."""
        if self.kind == "text":
            return sql.SQL("true").format()
        return sql.SQL("({}) <> ({})").format(
            sql.SQL(", ").join(map(sql.Identifier, self.figures)),
            sql.SQL(", ").join([sql.Literal(0)] * len(self.figures)),
        )

    @property
    def frame(self) -> pl.Schema:
        """The same as a frame."""
        kinds: dict[str, pl.DataType] = {"text": pl.String(), "date": pl.Date(), "int": pl.Int32()}
        keys = {name: kinds[kind] for name, kind in self.keys.items()}
        figure = pl.Int64() if self.kind == "bigint" else pl.String()
        return pl.Schema(keys | dict.fromkeys(self.figures, figure))


DAYS = Rolled("flow_day", {name: "date" if name == "day" else "text" for name in KEYS}, FIGURES)
MONTHS = Rolled(
    "flow_month",
    {
        **{"calendar": "text", "month": "text", "month_from": "date", "month_to": "date"},
        **{"agency": "text", "channel": "text", "sector": "text"},
    },
    MONTH_FIGURES,
    day="month_from",
)
_NAMED = {"calendar": "text", "month": "text", "month_from": "date", "month_to": "date", "agency": "text"}
PROCEDURES = Rolled(
    "procedure_month",
    _NAMED | {"channel": "text", "procedure": "text"},
    PROCEDURE_FIGURES,
    day="month_from",
)
HOURS = Rolled("hours_month", _NAMED | {"hours": "int"}, ("resolved",), day="month_from")
TABLES = (DAYS, MONTHS, PROCEDURES, HOURS)  # of cases
SERIES = Rolled(
    "series_period",
    {
        name: "date" if kind == pl.Date() else "text"
        for name, kind in ENDED.items()
        if name not in ("value", "n")
    },
    ("value", "n"),
    day="period_from",
    kind="text",
)
OF_KIND: Mapping[str, tuple[Rolled, ...]] = {"case": TABLES, "observation": (SERIES,)}


@dataclass(frozen=True)
class Run:
    """What a staged run says of itself. `position`: {topic: {partition: next offset}}; days are inclusive.

    base: the revision that held when the run was staged, against which it says what it restates.
    scope: whether it stages `all` rows that are to hold, or those that are `changed` against its base.
    """

    run_id: str
    feed: str
    covers_from: date
    covers_to: date
    zone: str
    position: dict[str, dict[str, int]]
    definitions: str
    state: str
    reason: str | None = None
    cases: int | None = None
    set_aside: int | None = None
    base: int | None = None
    scope: str = "all"
    kind: str = "case"  # of the feed

    @property
    def tables(self) -> tuple[Rolled, ...]:
        """What a run over a feed of its kind stages and publishes."""
        return OF_KIND[self.kind]

    def staging(self, table: Rolled) -> sql.Identifier:
        return staging_table(self.run_id, table)


def run_id(feed: str, trigger: str) -> str:
    """One trigger (an Airflow run) gives one run a feed; a repeated task finds its own again."""
    return f"{feed}:{trigger}"


def staging_table(of_run: str, table: Rolled) -> sql.Identifier:
    return sql.Identifier("staging", f"{table.name}__{hashlib.sha256(of_run.encode()).hexdigest()[:16]}")


def ledger_table(of_run: str) -> sql.Identifier:
    """Where a run keeps what it would restate."""
    return staging_table(of_run, Rolled("restatement", {}, ()))


def find(conn: Connection, of_run: str) -> Run | None:
    """The run, None where nothing of it was ever staged."""
    row: Any = conn.execute(
        """
        select run_id, feed, covers_from, covers_to, zone, coalesce(position, '{}'),
            coalesce(definitions, ''), state, reason, cases, set_aside, base, scope, kind
        from run where run_id = %s
        """,
        [of_run],
    ).fetchone()
    return None if row is None else Run(*row)


def of_trigger(conn: Connection, trigger: str) -> list[Run]:
    """Every feed's run of one trigger, in order of feed."""
    rows = conn.execute(
        "select run_id from run where right(run_id, length(%(end)s)) = %(end)s order by feed",
        {"end": f":{trigger}"},
    )
    return [found for (name,) in rows.fetchall() if (found := find(conn, str(name)))]


def put(conn: Connection, run: Run, at: datetime) -> None:
    """Writes the run's row as it is now, and which code made it; a published run is never written again."""
    done = conn.execute(
        """
        insert into run (run_id, feed, covers_from, covers_to, zone, position, definitions, state, reason,
            cases, set_aside, base, scope, kind, started_at, code)
        values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        on conflict (run_id) do update set
            (covers_from, covers_to, zone, position, definitions, state, reason, cases, set_aside, base,
                scope, code, ended_at)
            = (excluded.covers_from, excluded.covers_to, excluded.zone, excluded.position,
                excluded.definitions, excluded.state, excluded.reason, excluded.cases, excluded.set_aside,
                excluded.base, excluded.scope, excluded.code, null)
        where run.state <> 'published'
        """,
        [
            *(
                run.run_id,
                run.feed,
                run.covers_from,
                run.covers_to,
                run.zone,
                Jsonb(run.position),
                run.definitions,
            ),
            *(run.state, run.reason, run.cases, run.set_aside, run.base, run.scope),
            *(run.kind, at, code_version()),
        ],
    ).rowcount
    if not done:
        raise Stop(f"run {run.run_id} is published already and cannot be staged again")


def end(conn: Connection, of_run: str, state: str, reason: str | None, at: datetime) -> None:
    """The run's verdict."""
    conn.execute(
        "update run set state = %s, reason = %s, ended_at = %s where run_id = %s and state <> 'published'",
        [state, reason, at, of_run],
    )


def rows_of(conn: Connection, revision: int) -> tuple[int, int]:
    """How many rows a revision closed and how many it wrote, over all tables."""
    closed = written = 0
    for table in (*TABLES, SERIES):
        row: Any = conn.execute(
            sql.SQL(
                """
                select count(*) filter (where to_revision = %(r)s),
                    count(*) filter (where from_revision = %(r)s)
                from {} where from_revision = %(r)s or to_revision = %(r)s
                """
            ).format(sql.Identifier(table.name)),
            {"r": revision},
        ).fetchone()
        closed, written = closed + row[0], written + row[1]
    return closed, written
