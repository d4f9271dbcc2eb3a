"""The event log: one Delta table per feed, every delivered event once per offset, bucketed by case."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow as pa
from deltalake import DeltaTable

from ioc.errors import Stop
from ioc.settings import Settings

Position = dict[int, int]  # partition -> next offset, of the feed's topic

INSTANT = pa.timestamp("us", "UTC")
SCHEMA = pa.schema(
    [
        *[(name, pa.string()) for name in ("case_id", "source", "id", "hash")],
        ("occurred_at", INSTANT),
        ("received_at", INSTANT),
        ("status", pa.string()),
        ("due_at", INSTANT),
        *[(name, pa.string()) for name in ("agency", "receiving_agency", "channel", "procedure", "topic")],
        ("partition", pa.int32()),
        ("offset", pa.int64()),
        *[(name, pa.string()) for name in ("type", "subject", "dataschema", "data")],
        ("hash16", pa.int32()),
        ("batch", pa.string()),
        ("seq", pa.int64()),
        ("raw", pa.string()),
        ("archived", pa.string()),  # month of archiving, by the stack's clock
        ("bucket", pa.int32()),  # top bits of hash16
    ]
)
SMALL_FILES = 16  # of one bucket and month: then they are made one


@dataclass(frozen=True)
class Pinned:
    """A feed's log at one version and position, without the offsets that live has in quarantine."""

    uri: str
    version: int
    buckets: int
    position: Position
    quarantined: frozenset[tuple[int, int]]

    def scan(self) -> pl.LazyFrame:
        return pl.scan_delta(self.uri, version=self.version)


@dataclass(frozen=True)
class EventLog:
    """Where one feed's events are kept, with what remembers how far Spark got beside them."""

    feed: str
    root: str

    @classmethod
    def of(cls, settings: Settings, feed: str) -> EventLog:
        return cls(feed, (settings.log_path or str(settings.home / "log")).rstrip("/"))

    @property
    def uri(self) -> str:
        return f"{self.root}/{self.feed}/event"

    def checkpoint(self, table: DeltaTable) -> str:
        """Named by the table's id: one that was deleted and made anew is filled from its own beginning."""
        return f"{self.root}/{self.feed}/archive/{table.metadata().id}"

    def open(self, version: int | None = None) -> DeltaTable | None:
        """The table at `version` (newest by default), None where nothing was archived yet."""
        if not DeltaTable.is_deltatable(self.uri):
            return None
        return DeltaTable(self.uri, version=version)

    def make(self, buckets: int) -> DeltaTable:
        """The table, made empty if need be. Its number of buckets is its own for good: it says so itself."""
        if buckets < 1 or buckets & (buckets - 1):
            raise Stop(f"IOC_LOG_BUCKETS: {buckets} cannot be used; give a power of two")
        if "://" not in self.uri:
            Path(self.uri).mkdir(parents=True, exist_ok=True)
        return self.open() or DeltaTable.create(
            self.uri, schema=SCHEMA, partition_by=["archived", "bucket"], description=f"buckets={buckets}"
        )


def buckets(table: DeltaTable) -> int:
    """How many buckets this table was made with."""
    found = re.fullmatch(r"buckets=(\d+)", table.metadata().description or "")
    if found is None:
        raise Stop(f"{table.table_uri} does not say its number of buckets; it was not made by jobs.archive")
    return int(found[1])


def held(table: DeltaTable) -> Position:
    """Per partition, the offset after the last one in the table at its version."""
    scan = pl.scan_delta(table.table_uri, version=table.version())
    ends = scan.group_by("partition").agg(pl.col("offset").max() + 1).collect()
    return {int(partition): int(after) for partition, after in sorted(ends.rows())}


def below(events: pl.LazyFrame, pinned: Pinned) -> pl.LazyFrame:
    """Only what was known at the position, and nothing that live refused."""
    ends = pl.col("partition").replace_strict(pinned.position, default=0, return_dtype=pl.Int64)
    known = events.filter(pl.col("case_id").is_not_null(), pl.col("offset") < ends)
    if not pinned.quarantined:
        return known
    refused = pl.LazyFrame(
        sorted(pinned.quarantined), schema={"partition": pl.Int32(), "offset": pl.Int64()}, orient="row"
    )
    return known.join(refused, on=["partition", "offset"], how="anti")


def compact(table: DeltaTable) -> bool:
    """Makes small files one where a bucket has many; readers of a pinned version keep the old files."""
    files = pl.DataFrame(table.get_add_actions(flatten=True))
    per_bucket = files.group_by("partition.archived", "partition.bucket").len()
    if per_bucket.filter(pl.col("len") > SMALL_FILES).is_empty():
        return False
    table.optimize.compact()
    return True
