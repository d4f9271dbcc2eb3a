"""Cases as they were known at a position: those touched since are folded again from their events below it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
import polars as pl
from psycopg import AsyncConnection

from ioc.errors import BadInput
from ioc.kernel.attributes import fold_whole
from ioc.kernel.events import EVENTS
from ioc.kernel.identity import joined
from ioc.kernel.rules import CaseRules
from screens.position import Position, read_position

FARTHEST = 20_000  # touched cases that a link may need folded again; older links are told so
TOUCHED = """
select distinct case_id from event
where topic = %s and partition = %s and "offset" >= %s and feed = %s limit %s
"""
EARLIEST = """least(e.received_at, (
    select min(d.received_at) from duplicate d
    join known k on k.partition = d.partition and d."offset" < k.next
    where (d.feed, d.case_id, d.source, d.id, d.hash) = (e.feed, e.case_id, e.source, e.id, e.hash)
))"""  # a copy delivered later may have reached us earlier
BELOW = f"""
with known as (select * from unnest(%s::int[], %s::bigint[]) as known(partition, next))
select {", ".join(EARLIEST if name == "received_at" else f'e."{name}"' for name in EVENTS)}, e.data::text
from event e
join known on e.partition = known.partition and e."offset" < known.next
where e.feed = %s and e.topic = %s and e.case_id = any(%s)
"""
CODES_OF = """
select distinct coalesce(b.code, t.code) from unnest(%s::text[]) t (code)
left join alias a on a.feed = %s and a.code = t.code
left join alias b on b.feed = a.feed and b.case_id = a.case_id
"""
LINKS = """
with known as (select * from unnest(%s::int[], %s::bigint[]) as known(partition, next))
select e.case_id, e.data->>%s from event e
join known on e.partition = known.partition and e."offset" < known.next
where e.feed = %s and e.topic = %s and e.type = %s and e.case_id = any(%s)
"""
NOW = "select * from cases"
THEN = """
select * from cases where case_id <> all(%(touched)s)
union all select * from jsonb_populate_recordset(null::cases, %(refolded)s::jsonb)
"""


@dataclass(frozen=True)
class Known:
    """`source`: a FROM item shaped as `cases`; `names`: its parameters; `position`: of what it shows."""

    source: str
    names: dict[str, Any]
    position: Position


async def known(connection: AsyncConnection[Any], rules: CaseRules, position: Position | None) -> Known:
    """The feed's cases at `position`, or at the snapshot's own where None."""
    now = await read_position(connection, rules.feed)
    if position is None or position == now:
        return Known(f"({NOW})", {}, now)
    touched = await touched_since(connection, rules.feed, position, now)
    if not touched:
        return Known(f"({NOW})", {}, position)
    touched = await codes_of(connection, rules.feed, touched)
    events = await events_below(connection, rules, position, touched)
    try:
        cases = fold_whole(events, rules).with_columns(pl.lit(rules.feed).alias("feed"))
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise BadInput(
            "position", position.text(), "a case cannot be folded again; open the list anew"
        ) from error
    rows = [row | {"attributes": orjson.Fragment(row["attributes"] or "null")} for row in cases.to_dicts()]
    names = {"touched": touched, "refolded": orjson.dumps(rows).decode()}
    return Known(f"({THEN})", names, position)


async def touched_since(
    connection: AsyncConnection[Any], feed: str, then: Position, now: Position
) -> list[str]:
    """Case ids with events at or after `then`; BadInput where the link is of another stack or too old."""
    known_then, found = dict(then.offsets), set[str]()
    if strangers := known_then.keys() - dict(now.offsets).keys():
        raise BadInput(
            "position", then.text(), f"partition {min(strangers)} is unknown here; open the list anew"
        )
    for partition, offset in now.offsets:
        since = known_then.get(partition, 0)
        if since > offset:
            raise BadInput("position", then.text(), "it lies ahead of this warehouse; open the list anew")
        if since < offset:
            rows = await connection.execute(TOUCHED, (feed, partition, since, feed, FARTHEST + 1))
            found |= {case_id for (case_id,) in await rows.fetchall()}
    if len(found) > FARTHEST:
        raise BadInput(
            "position", then.text(), f"more than {FARTHEST} cases changed since; open the list anew"
        )
    return sorted(found)


async def codes_of(connection: AsyncConnection[Any], feed: str, codes: list[str]) -> list[str]:
    """These codes and every other of their cases: what was joined since must be told apart again."""
    rows = await connection.execute(CODES_OF, (codes, feed))
    return sorted(code for (code,) in await rows.fetchall())


async def events_below(
    connection: AsyncConnection[Any], rules: CaseRules, position: Position, codes: list[str]
) -> pl.DataFrame:
    """Frame of EVENTS and `data`: these codes' events below the position, joined as known there."""
    partitions, offsets = [list(column) for column in zip(*position.offsets, strict=True)] or ([], [])
    feed, identity = rules.feed, rules.identity
    rows = await connection.execute(BELOW, (partitions, offsets, feed, feed, codes))
    events = pl.DataFrame(await rows.fetchall(), schema={**EVENTS, "data": pl.String()}, orient="row")
    if identity is None:
        return events
    asked = (partitions, offsets, identity.same_as, feed, feed, identity.type, codes)
    links = await (await connection.execute(LINKS, asked)).fetchall()
    return joined(events.lazy(), identity.cases(links)).collect()
