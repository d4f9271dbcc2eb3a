"""Stored events of some cases, at every offset that delivered them: what was known of them at a position."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import polars as pl

from ioc.kernel.events import EVENTS, INSTANT
from ioc.kernel.levels import LEVEL
from ioc.warehouse.connection import Connection

Ends = Mapping[int, int]  # partition -> next offset, of the feed's topic
# type; other: the code that an alias event names; again: sent again out of the quarantine.
KNOWN = pl.Schema({**EVENTS, **dict.fromkeys(("type", "other", LEVEL), pl.String()), "again": pl.Boolean()})

_BETWEEN = """
select t.case_id
from unnest(%(partitions)s::int[], %(old)s::bigint[], %(new)s::bigint[]) m (partition, old, new)
cross join lateral (
    select case_id from {table} e where e.topic = %(feed)s and e.partition = m.partition
        and e."offset" >= m.old and e."offset" < m.new offset 0
) t
"""
_TOUCHED = f"{_BETWEEN.format(table='event')} union {_BETWEEN.format(table='duplicate')}"
_CODES = """
select a.code, a.case_id from alias a where a.feed = %(feed)s and a.case_id in (
    select case_id from alias where feed = %(feed)s and code = any(%(codes)s)
)
"""
_INSTANTS = [name for name, kind in EVENTS.items() if kind == INSTANT]


def _row(receipt: str, again: str) -> str:
    """The columns of KNOWN; `receipt`: whose offset and time of receipt; `again`: SQL of that column."""
    own = ("received_at", "partition", "offset")
    said = [f'{receipt if name in own else "e"}."{name}"' for name in EVENTS]
    micro = [
        f"(extract(epoch from {one}) * 1000000)::bigint" if name in _INSTANTS else one
        for name, one in zip(EVENTS, said, strict=True)
    ]
    return f"{', '.join(micro)}, e.type, e.data->>%(same_as)s, e.data->>%(level)s, {again}"


def _copied(which: str, again: str) -> str:
    """The deliveries of these events. which: SQL on {of}, the event or its duplicate; again: on {of} too."""
    return f"""
copy (
    select {_row("e", again.format(of="e"))} from event e where e.feed = %(feed)s and {which.format(of="e")}
    union all
    select {_row("d", again.format(of="d"))} from duplicate d
    join event e on (e.feed, e.case_id, e.source, e.id, e.hash) = (d.feed, d.case_id, d.source, d.id, d.hash)
    where d.feed = %(feed)s and {which.format(of="d")}
) to stdout (format csv)
"""


_EVENTS = _copied(
    "{of}.case_id = any(%(codes)s)",
    "exists (select from quarantine q where q.redriven_batch = {of}.batch)",
)
_STRETCH = _copied("{of}.case_id > %(after)s and {of}.case_id <= %(to)s", "null")
_OF_TYPE = _copied("e.type = %(type)s", "null")
_END = """
select max(case_id) from (
    select case_id from event where feed = %(feed)s and case_id > %(after)s order by case_id limit %(some)s
) t
"""


def touched(conn: Connection, feed: str, old: Ends, new: Ends) -> list[str]:
    """The codes that anything was delivered for at or above `old` and below `new`, sorted."""
    places = {"partitions": list(new), "new": list(new.values()), "old": [old.get(p, 0) for p in new]}
    return sorted(str(code) for (code,) in conn.execute(_TOUCHED.encode(), places | {"feed": feed}))


def crosswalk_of(conn: Connection, feed: str, codes: Iterable[str]) -> dict[str, str]:
    """Code -> case, of those of these codes that were joined, and of all others of their cases."""
    found = conn.execute(_CODES.encode(), {"feed": feed, "codes": list(codes)})
    return {str(code): str(case) for code, case in found.fetchall()}


def events_of(
    conn: Connection, feed: str, codes: Iterable[str], same_as: str = "", level: str = ""
) -> pl.DataFrame:
    """Frame of KNOWN: every delivery of these codes' events.

    same_as: an alias's datum of the other code; level: the datum that says a service's level.
    """
    return _read(conn, _EVENTS, {"feed": feed, "codes": sorted(codes), "same_as": same_as, "level": level})


def stretches(conn: Connection, feed: str, some: int) -> Iterator[pl.DataFrame]:
    """Every delivery of the feed's events, whole codes at a time, about `some` events each; KNOWN, without
    `other`, `level` and `again`. The caller's transaction should see one snapshot.
    """
    after = ""
    while to := _end(conn, feed, after, some):
        yield _read(conn, _STRETCH, {"feed": feed, "after": after, "to": to, "same_as": "", "level": ""})
        after = to


def _end(conn: Connection, feed: str, after: str, some: int) -> str | None:
    row: Any = conn.execute(_END, {"feed": feed, "after": after, "some": some}).fetchone()
    return None if row[0] is None else str(row[0])


def of_type(conn: Connection, feed: str, type_: str, same_as: str) -> pl.DataFrame:
    """Frame of KNOWN, without `level` and `again`: every delivery of events of the type; reads all events."""
    return _read(conn, _OF_TYPE, {"feed": feed, "type": type_, "same_as": same_as, "level": ""})


def _read(conn: Connection, query: str, asked: Mapping[str, Any]) -> pl.DataFrame:
    with conn.cursor() as cursor, cursor.copy(query.encode(), asked) as copy:
        text = b"".join(bytes(block) for block in copy)
    if not text:
        return KNOWN.to_frame()
    raw = {name: pl.Int64() if name in _INSTANTS else kind for name, kind in KNOWN.items()}
    raw |= {"again": pl.String()}
    frame = pl.read_csv(text, has_header=False, schema=raw)
    return frame.with_columns(pl.col(_INSTANTS).cast(INSTANT), again=pl.col("again") == "t")


def below(events: pl.DataFrame, ends: Ends) -> pl.DataFrame:
    """Those delivered below these offsets."""
    return events.filter(pl.col("offset") < ends_of(ends))


def ends_of(ends: Ends) -> pl.Expr:
    """Per row, the next offset of its partition; 0 where none is named."""
    return pl.col("partition").replace_strict(dict(ends), default=0, return_dtype=pl.Int64)
