"""The two writings of every figure, the kernel's and the checker's SQL, on thousands of made-up histories."""

from __future__ import annotations

import hashlib
import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from ioc.kernel.events import EVENTS
from ioc.kernel.flow import FLOW_DAYS, cells, flow_days
from ioc.kernel.fold import CASES, fold
from ioc.kernel.identity import joined
from ioc.rules import case_rules
from ioc.settings import Settings
from ioc.verify.refold import Rules, refold
from ioc.verify.revision import FLOW
from ioc.verify.tiles import COMPARED, check_tiles
from ioc.warehouse import connect
from ioc.warehouse.connection import Connection
from schemas import Feed, load
from schemas.identity import Authority, Stage

pytestmark = pytest.mark.broker
BEGIN = datetime(2024, 3, 1, 9, tzinfo=UTC)
WINDOW = (date(2024, 3, 2), date(2024, 3, 12))
HISTORIES = 3_000
AUTHORITY = Authority(
    tolerance_minutes=60,
    stages={
        "processing": Stage(phases=("open", "paused"), sources=("a",)),
        "ending": Stage(phases=("resolved", "withdrawn"), sources=("*", "a")),
        "delivery": Stage(phases=("delivered",), sources=("b", "a")),
    },
)
IDENTITY = ("case_id", "source", "id", "hash")


def content(key: tuple[str, ...], feed: Feed) -> dict[str, Any]:
    """What an event says, by its identity: ties in time, missing receptions, unknown words among it."""
    dice = random.Random("/".join(key))
    words = list(feed.lifecycle.statuses)
    enters = [word for word in words if feed.lifecycle.statuses[word].enters]
    return {
        "occurred_at": BEGIN + timedelta(hours=15 * dice.randint(0, 9)),
        "status": dice.choice([*words, *words, *enters, None, "unheard-of"]),
        "due_at": dice.choice([None, BEGIN + timedelta(hours=7 * dice.randint(0, 20))]),
        "agency": dice.choice([None, "North", "South"]),
        "receiving_agency": dice.choice([None, "North", "South"]),
        "channel": dice.choice([None, "desk", "online"]),
        "procedure": dice.choice([None, "1.000"]),
    }


def deliveries(feed: Feed, seed: int) -> list[dict[str, Any]]:
    """Deliveries of every case: repeats of a content, other contents under one id, any order of receipt."""
    dice = random.Random(seed)
    rows: list[dict[str, Any]] = []
    for case in range(HISTORIES):
        for _ in range(dice.randint(1, 7)):
            said = (f"c{case}", dice.choice("ab"), str(dice.randint(0, 4)))
            variant = "/".join([*said, str(dice.randrange(2))])
            key = (*said, hashlib.sha256(variant.encode()).hexdigest()[:32])
            receipt = {
                "received_at": BEGIN + timedelta(days=dice.randint(20, 23)),
                "topic": feed.feed,
                "partition": case % 3,
                "offset": len(rows),
            }
            rows.append(dict(zip(IDENTITY, key, strict=True)) | content(key, feed) | receipt)
    return rows if feed.identity is None else aliased(rows, dice)


def aliased(rows: list[dict[str, Any]], dice: random.Random) -> list[dict[str, Any]]:
    """The deliveries with others among them that join two cases or more; some said twice, in two ways."""
    told = list(rows)
    for n in range(HISTORIES // 10):
        one, other = (f"c{dice.randrange(HISTORIES)}" for _ in range(2))
        said = {"case_id": one, "id": f"same/{n}", "hash": f"{n:032}", "status": None, "due_at": None}
        event = dice.choice(rows) | said | {"same_as": other}
        for _ in range(dice.choice((1, 1, 2))):
            told.insert(dice.randrange(len(told)), event)
    return [row | {"offset": n} for n, row in enumerate(told)]


def stored(conn: Connection, feed: Feed, rows: list[dict[str, Any]]) -> None:
    """As live does: the first delivery of an identity is in `event`, every other in `duplicate`."""
    frame = pl.DataFrame(rows, schema=EVENTS).with_columns(feed=pl.lit(feed.feed))
    first = frame.unique(IDENTITY, keep="first", maintain_order=True)
    later = frame.join(first, on="offset", how="anti")
    joins = {row["offset"]: row["same_as"] for row in rows if "same_as" in row}
    said = {name: pl.lit(text) for name, text in {"dataschema": "d", "subject": "s"}.items()}
    said["type"] = (
        pl.when(pl.col("offset").is_in(list(joins))).then(pl.lit(feed.joining)).otherwise(pl.lit("t"))
    )
    other = pl.col("offset").replace_strict(joins, default="", return_dtype=pl.String)
    said["data"] = pl.concat_str(pl.lit('{"same_as": "'), other, pl.lit('"}'))
    copied(conn, "event", first.with_columns(**said))
    copied(conn, "duplicate", later.select("feed", *IDENTITY, "received_at", "topic", "partition", "offset"))
    ends = frame.group_by("topic", "partition").agg(pl.col("offset").max().alias("next_offset") + 1)
    copied(conn, "topic_partition", ends.with_columns(topic_id=pl.lit("t")))


def copied(conn: Connection, table: str, frame: pl.DataFrame) -> None:
    names = ", ".join(f'"{name}"' for name in frame.columns)
    with (
        conn.cursor() as cursor,
        cursor.copy(f"copy {table} ({names}) from stdin (format csv)".encode()) as copy,
    ):
        copy.write(frame.write_csv(include_header=False, datetime_format="%Y-%m-%dT%H:%M:%S%.6fZ"))


def read(conn: Connection, table: str, schema: pl.Schema) -> pl.DataFrame:
    rows = conn.execute(f"select {', '.join(schema)} from {table}".encode()).fetchall()
    return pl.DataFrame(rows, schema=schema, orient="row").sort(schema.names()[:3])


def differing(ours: pl.DataFrame, theirs: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows that only one side has, a few of them."""
    assert len(ours) == len(theirs)
    return pl.concat([ours, theirs]).unique(keep="none").sort(ours.columns[:3]).head(6).rows(named=True)


@pytest.mark.parametrize("name", ["records", "permits", "service-requests"])
def test_both_writings_agree_on_every_case_and_every_day(warehouse: Settings, name: str) -> None:
    feed = load().feeds[name]
    if feed.authority is not None:
        feed = feed.model_copy(update={"authority": AUTHORITY})
    rules = case_rules(feed)
    rows = deliveries(feed, seed=7)
    cut = len(rows) * 4 // 5  # the position: a fifth of the deliveries is not known yet
    with connect(warehouse) as conn:
        stored(conn, feed, rows)
        refold(conn, Rules.of(feed.definitions), {name: {str(p): cut for p in range(3)}})
        conn.execute(FLOW, {"from": WINDOW[0], "to": WINDOW[1]})
        compared = pl.Schema({n: CASES[n] for n in ("case_id", *COMPARED) if n in CASES})
        checker_cases, checker_days = (
            read(conn, "verify_case", compared),
            read(conn, "verify_flow", FLOW_DAYS),
        )
    links = [(row["case_id"], row["same_as"]) for row in rows[:cut] if "same_as" in row]
    cases_of = rules.identity.cases(links) if rules.identity else {}
    assert bool(cases_of) == (feed.identity is not None)
    known = joined(pl.DataFrame(rows[:cut], schema=EVENTS).lazy(), cases_of)
    cases = fold(known, rules).collect()
    assert differing(cases.select(compared.names()).sort("case_id"), checker_cases) == []
    days = flow_days(cells(cases.lazy(), rules), *WINDOW).collect()
    assert differing(days, checker_days) == []
    assert cases["set_aside"].count() > 5
    assert cases["in_figures"].sum() > len(cases) // 6
    assert days["late"].sum() > 5


def test_a_measure_of_the_clocks_is_counted_with_columns_that_it_says_are_lent(warehouse: Settings) -> None:
    registry = load()
    feed = registry.feeds["records"]
    paused = feed.measures["in_process"].model_copy(update={"where": "in_figures AND paused_seconds > 0"})
    feed = feed.model_copy(update={"measures": {**feed.measures, "paused": paused}})
    with connect(warehouse) as conn:
        stored(conn, feed, deliveries(feed, seed=7)[:60])
        conn.commit()
        at = BEGIN + timedelta(days=9)
        found = {check.name: check for check in check_tiles(conn, feed, registry, at)}
    assert found["tile paused"].figures["lent by cases"] == "paused_seconds"
    assert found["tile paused"].ok
    assert "lent by cases" not in found["tile about_to_breach"].figures
    assert "lent by cases" not in found["tile in_process"].figures
    assert not found["tile in_process"].ok, "nobody folded these events"
