"""Every observation against the stored events, in plain SQL: as it stands, and as it was published."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from psycopg import sql

from ioc.verify.check import SHOWN, Check
from ioc.verify.revision import Revision, await_position, newest
from ioc.warehouse.connection import Connection
from schemas import ObservationFeed

HERE = Path(__file__).parent
OBSERVED, OBSERVATIONS, PUBLISHED = (
    (HERE / f"{name}.sql").read_text() for name in ("observed", "observations", "published")
)
SAID = ("series", "period", "value", "n", "reason")
_NAMES = "select content->'dimensions' from definitions where hash = %s"


def told(
    conn: Connection,
    feed: str,
    definitions: str,
    position: Mapping[str, Mapping[str, int]] | None = None,
    *,
    of: sql.Identifier | None = None,
) -> bool:
    """Makes verify_observed of this transaction, by stored definitions; False, and empty, without them.

    position: {topic: {partition: next offset}}; None: all that is stored. of: a table with the column
    `observation`, where only those are asked for.
    """
    row: Any = conn.execute(_NAMES, [definitions]).fetchone()
    asked = sql.SQL("true") if of is None else sql.SQL("case_id in (select observation from {})").format(of)
    words = {
        "feed": sql.Literal(feed),
        "position": sql.Literal(None if position is None else json.dumps(position)),
        "names": sql.Literal([*SAID, *(row[0] if row else ())]),
        "keys": asked if row else sql.SQL("false"),
    }
    conn.execute(sql.SQL("drop table if exists pg_temp.verify_observed"))
    conn.execute(sql.SQL(OBSERVED).format(**words))
    conn.execute(sql.SQL("analyze verify_observed"))
    return row is not None


def check_observations(conn: Connection, feed: ObservationFeed) -> Iterator[Check]:
    """Key by key: agency, series, period, value, n, reason and dimensions. What was set aside is left out."""
    asked = {"feed": feed.feed}
    conn.execute("set transaction isolation level repeatable read")
    told(conn, feed.feed, feed.definitions_hash)
    rows: list[Any] = conn.execute(OBSERVATIONS.encode(), asked).fetchall()
    counted: Any = conn.execute("select count(*) from cases where feed = %(feed)s", asked).fetchone()
    conn.rollback()
    differs = [
        f"{key}: stored {agency} {said} and not {theirs} {them}" for key, agency, said, theirs, them in rows
    ]
    figures: dict[str, int | str] = {"observations": int(counted[0]), "different": len(rows)}
    yield Check(feed.feed, "observations = refold", not rows, figures, differs[:SHOWN])
    revision = newest(conn, feed.feed)
    conn.rollback()
    if revision is not None:
        yield check_published(conn, feed.feed, revision)


def check_published(conn: Connection, feed: str, revision: Revision, wait_seconds: float = 30) -> Check:
    """What the newest revision holds, against the events stored below its position."""
    name = "revision = refold"
    figures: dict[str, int | str] = {"revision": revision.number, "days to": str(revision.covers_to)}
    if behind := await_position(conn, revision.position, wait_seconds):
        return Check(feed, name, False, figures, behind)
    conn.execute("set transaction isolation level repeatable read")
    known = told(conn, feed, revision.definitions, revision.position)
    asked = {"feed": feed, "revision": revision.number, "to": revision.covers_to}
    rows: list[Any] = conn.execute(PUBLISHED.encode(), asked).fetchall()
    counted: Any = conn.execute("select count(*) from verify_observed").fetchone()
    conn.rollback()
    if not known:
        return Check(feed, name, False, figures, [f"no definitions are stored under {revision.definitions}"])
    differs = [
        f"{key}: published {value} (n {n}) and not {theirs} (n {them})"
        for key, value, n, theirs, them in rows
    ]
    counts: dict[str, int | str] = {"observations counted again": int(counted[0]), "different": len(rows)}
    return Check(feed, name, not rows, figures | counts, differs[:SHOWN])
