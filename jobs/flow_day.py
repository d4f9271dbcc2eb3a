"""flow_day and flow_month: event log -> kernel in Spark tasks, one bucket each -> cells that Spark sums.

Cases with several codes, whose events lie in several buckets, have a task of their own.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa

from ioc.kernel.attributes import DATA, fold_levelled
from ioc.kernel.details import (
    DETAILED_FROM,
    HOURS_CELLS,
    HOURS_KEYS,
    PROCEDURE_CELLS,
    PROCEDURE_KEYS,
    hours_cells,
    procedure_cells,
)
from ioc.kernel.events import EVENTS
from ioc.kernel.flow import CELLS, KEYS, cells
from ioc.kernel.fold import fold
from ioc.kernel.identity import joined
from ioc.kernel.levels import LEVEL
from ioc.kernel.months import MONTH_CELLS, MONTH_KEYS, NEEDED, Months, added, month_cells
from ioc.kernel.rules import CaseRules
from jobs.crosswalk import HASHES, of_codes, parts, without
from jobs.event_log import Pinned, below
from jobs.rows import Cells, added_up, layout, names, packed, unpacked

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

EVENT_BYTES = 470  # measured peak of a fold, per event
TASK_BYTES = 512 * 1024 * 1024  # what one task may take; a larger bucket is folded in slices of its hashes
DAYS = Cells("days", CELLS, KEYS)
MONTHS = Cells("months", MONTH_CELLS, MONTH_KEYS)
PROCEDURES = Cells("procedures", PROCEDURE_CELLS, PROCEDURE_KEYS)
HOURS = Cells("hours", HOURS_CELLS, HOURS_KEYS)
MONTHLY = (MONTHS, PROCEDURES, HOURS)  # counted per month of every calendar
COUNTED = Cells("counted", pl.Schema({"cases": pl.Int64(), "set_aside": pl.Int64()}), ())
COUNTED_FROM = tuple(dict.fromkeys((*NEEDED, *DETAILED_FROM)))


NO_MONTHS = Months((), date.min, date.min)


@dataclass(frozen=True)
class Source(Pinned):
    """A feed's pinned log, and how its cases are folded.

    cases: code -> case of the codes that were joined (crosswalk), read from the log at the position.
    months: which are counted besides the days.
    """

    rules: CaseRules
    cases: Mapping[str, str] = field(default_factory=dict)
    months: Months = NO_MONTHS

    @property
    def tables(self) -> tuple[Cells, ...]:
        """What is counted of its cases."""
        return (DAYS, *MONTHLY, COUNTED) if self.months.calendars else (DAYS, COUNTED)

    @property
    def tasks(self) -> int:
        """A task per bucket, and one for the joined codes where there are any."""
        return self.buckets + bool(self.cases)


@dataclass(frozen=True)
class Built:
    """Summed cells of all days and, by table's name, of months; and over how many cases."""

    cells: pl.DataFrame
    months: Mapping[str, pl.DataFrame]
    cases: int
    set_aside: int


def build(session: SparkSession, sources: Sequence[Source]) -> list[Built]:
    """Per source its cells: one Spark job, a task per bucket of any of them; only cells are shuffled."""
    chosen = tuple(sources)
    tables = max((source.tables for source in chosen), key=len)
    places = tuple((i, bucket) for i, source in enumerate(chosen) for bucket in range(source.tasks))
    at_once = min(len(places), session.sparkContext.defaultParallelism)
    tasks = session.range(0, len(places), 1, at_once)

    def cells_of(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            mine = [places[task] for task in batch.column("id").to_pylist()]
            yield from given_out([bucket_rows(chosen[i], bucket, i, tables) for i, bucket in mine], tables)

    numbers = names(tables)
    schema = ", ".join(("source int, cells int, key string", *(f"{name} bigint" for name in numbers)))
    summed = tasks.mapInArrow(cells_of, schema).groupBy("source", "cells", "key").sum(*numbers)
    return parted(_frame(summed.toArrow(), numbers), len(sources), tables)


def given_out(found: Sequence[pl.DataFrame], tables: Sequence[Cells]) -> Iterator[pa.RecordBatch]:
    """A task's rows added up before they leave it: Spark then sums a row per cell and task."""
    if found:
        rows = added_up(pl.concat(found)).select(layout(tables).names)
        yield from rows.to_arrow().cast(layout(tables)).to_batches()


def _frame(table: pa.Table, numbers: Sequence[str]) -> pl.DataFrame:
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame.rename({f"sum({name})": name for name in numbers})


def parted(rows: pl.DataFrame, count: int, tables: Sequence[Cells]) -> list[Built]:
    """Spark's sums, taken apart again by source."""
    built = []
    for i in range(count):
        found = unpacked(tables, rows, i)
        cases, aside = found[COUNTED.name].sum().row(0)
        months = {table.name: found.get(table.name, table.schema.to_frame()) for table in MONTHLY}
        built.append(Built(found[DAYS.name], months, int(cases), int(aside)))
    return built


def bucket_rows(source: Source, bucket: int, tag: int, tables: Sequence[Cells]) -> pl.DataFrame:
    """One task: this bucket's cells, folded in as many slices of its hashes as the memory asks for."""
    found = slices(source, bucket) if bucket < source.buckets else joined_slices(source)
    rows = [packed(tables, folded(part, source.rules, source.months), tag) for part in found]
    return added_up(pl.concat([packed(tables, _EMPTY, tag), *rows]))


def slices(source: Source, bucket: int) -> Iterable[pl.LazyFrame]:
    """The bucket's events below the position, whole cases at a time; without joined codes."""
    log = pl.scan_delta(source.uri, version=source.version)
    scan = without(log.filter(pl.col("bucket") == bucket), source.cases)
    events = scan.select(pl.len()).collect().item()
    width = HASHES // source.buckets
    count = portions(events)
    step = math.ceil(width / count)
    for start in range(bucket * width, (bucket + 1) * width if events else 0, step):
        part = scan if count == 1 else scan.filter(pl.col("hash16").is_between(start, start + step, "left"))
        yield below(part, source).select(*read_of_log(source.rules, source.months))


def joined_slices(source: Source) -> Iterable[pl.LazyFrame]:
    """The events of all joined codes below the position, each under its case, whole cases at a time."""
    log = pl.scan_delta(source.uri, version=source.version)
    events = of_codes(log, list(source.cases), source.buckets).select(pl.len()).collect().item()
    for cases in parts(source.cases, portions(events)):
        part = of_codes(log, list(cases), source.buckets)
        known = below(part, source).select(*read_of_log(source.rules, source.months))
        yield joined(known, cases)


def read_of_log(rules: CaseRules, months: Months) -> list[str | pl.Expr]:
    """What `folded` takes of the log's rows; their data is read only where months need a level out of it."""
    plain: list[str | pl.Expr] = [*EVENTS.names()]
    return [*plain, rules.levels.said(pl.col(DATA))] if rules.levels and months.calendars else plain


def portions(events: int) -> int:
    """In how many slices so many events are folded."""
    return max(1, math.ceil(events * EVENT_BYTES / TASK_BYTES))


def folded(events: pl.LazyFrame, rules: CaseRules, months: Months = NO_MONTHS) -> dict[str, pl.DataFrame]:
    """One task's kernel: events -> cases -> cells by table's name: of days, of months, and how many cases.

    Months of a feed with levels need the events' `level`.

    A case that the kernel fails on is set aside, as live does it; where it fails on every one of several, or
    on none at all, the kernel is broken, and its error is raised.
    """
    try:
        return _folded(events, rules, months)
    except (Exception, pl.exceptions.PanicException):
        failed: list[str] = []
        known = events.collect()
        _folded(known.clear().lazy(), rules, months)  # fails at once where a column is missing
        found = _bisected(known, rules, months, failed)
        if 1 < len(failed) == known["case_id"].n_unique():
            raise
        return found


def _folded(events: pl.LazyFrame, rules: CaseRules, months: Months) -> dict[str, pl.DataFrame]:
    """Only the columns that cells read: what the fold derives besides, the planner then leaves out."""
    known = events.collect(engine="in-memory") if months.calendars else None
    if known is None:
        cases = fold(events, rules).select(COUNTED_FROM).collect(engine="in-memory")
    else:
        whole = fold_levelled(known.lazy(), rules).select(*COUNTED_FROM, LEVEL)
        cases = whole.collect(engine="in-memory")
    found = {DAYS.name: cells(cases.lazy(), rules).collect(engine="in-memory")}
    if known is not None:
        found[MONTHS.name] = month_cells(added(known, cases, rules, months))
        found[PROCEDURES.name] = procedure_cells(cases, months.calendars)
        found[HOURS.name] = hours_cells(cases, months.calendars)
    return found | _counted(len(cases), cases["set_aside"].count())


def _bisected(
    events: pl.DataFrame, rules: CaseRules, months: Months, failed: list[str]
) -> dict[str, pl.DataFrame]:
    ids = events["case_id"].unique().sort()
    try:
        return _folded(events.lazy(), rules, months)
    except (Exception, pl.exceptions.PanicException):
        if len(ids) == 1:
            failed.append(ids[0])
            return _EMPTY | _counted(1, 1)
    half = len(ids) // 2
    parts = [events.filter(pl.col("case_id").is_in(some.implode())) for some in (ids[:half], ids[half:])]
    both = [_bisected(part, rules, months, failed) for part in parts]
    return {name: pl.concat([one[name] for one in both if name in one]) for name in _EMPTY}


def _counted(cases: int, aside: int) -> dict[str, pl.DataFrame]:
    return {COUNTED.name: pl.DataFrame({"cases": [cases], "set_aside": [aside]}, schema=COUNTED.schema)}


_EMPTY = {table.name: table.schema.to_frame() for table in (DAYS, *MONTHLY, COUNTED)}
