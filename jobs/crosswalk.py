"""Codes of one case in the event log: read from the log itself, so that a rollup depends on nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import orjson
import polars as pl

from ioc.event import hash16
from ioc.kernel.identity import Identity

HASHES = 65536  # of event.hash16


def crosswalk(known: pl.LazyFrame, identity: Identity | None) -> dict[str, str]:
    """Code -> case, of every code that an alias event in the log's frame names; empty where none does."""
    if identity is None:
        return {}
    told = known.filter(pl.col("type") == identity.type).select("case_id", "data").collect()
    return identity.cases((code, orjson.loads(data)[identity.same_as]) for code, data in told.rows())


def without(events: pl.LazyFrame, cases: Mapping[str, str]) -> pl.LazyFrame:
    """A bucket's events but those of joined codes: their case may have events in another bucket."""
    return events.filter(~pl.col("case_id").is_in(list(cases))) if cases else events


def parts(cases: Mapping[str, str], count: int) -> list[dict[str, str]]:
    """The crosswalk in at most `count` parts, whole cases each."""
    ids = sorted(set(cases.values()))
    step = -(-len(ids) // max(1, count))
    part_of = {case: i // step for i, case in enumerate(ids)}
    found: list[dict[str, str]] = [{} for _ in range(-(-len(ids) // step))] if ids else []
    for code, case in cases.items():
        found[part_of[case]][code] = case
    return found


def of_codes(events: pl.LazyFrame, codes: Sequence[str], buckets: int) -> pl.LazyFrame:
    """The log's events of these codes alone, from the buckets that can hold any."""
    held = sorted({hash16(code) * buckets // HASHES for code in codes})
    return events.filter(pl.col("bucket").is_in(held), pl.col("case_id").is_in(list(codes)))
