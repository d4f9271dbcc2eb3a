"""Figures as they were published by an instant: which revision held, and `ioc flow --as-of`."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from ioc.cli.main import app
from ioc.errors import BadInput
from ioc.settings import Settings
from ioc.warehouse import connect
from ioc.warehouse.connection import Connection
from ioc.warehouse.revisions import holds, known_at, published, published_by

FEED = "records"
ZONE = "Asia/Ho_Chi_Minh"
NOW = datetime(2024, 9, 20, tzinfo=UTC)
FIRST = datetime(2024, 9, 15, 3, tzinfo=UTC)  # 10:00 of the day there
SECOND = datetime(2024, 9, 15, 17, tzinfo=UTC)  # midnight: the day after has begun
Ask = Callable[..., Result]


def publish(conn: Connection, at: datetime, new: int, covers_to: date = date(2024, 8, 31)) -> None:
    """A revision whose one day has this many new cases."""
    row: Any = conn.execute(
        "insert into revision (feed, covers_from, covers_to, zone, position, definitions, run_id, audit,"
        " published_at) values (%s, '2024-08-01', %s, %s, %s::jsonb, 'd1', %s, '[]', %s) returning revision",
        [FEED, covers_to, ZONE, json.dumps({FEED: {"0": new, "10": 3, "2": 1}}), f"{FEED}:{at}", at],
    ).fetchone()
    conn.execute("update flow_day set to_revision = %s where to_revision is null", [row[0]])
    conn.execute(
        "insert into flow_day values (%(feed)s, '2024-08-05', 'A', '', 0, %(new)s, %(new)s, 0, 0, 0, 0, 0, 0,"
        " %(new)s, 0, %(revision)s, null, 'resolving')",
        {"feed": FEED, "new": new, "revision": row[0]},
    )


@pytest.fixture
def ask(warehouse: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """`ioc flow` over two revisions, an instant of the morning and the midnight after."""
    clock = f"{NOW.isoformat()}@{datetime.now(UTC).isoformat()}*1"
    for name, value in {
        "WAREHOUSE_URL": warehouse.warehouse_url,
        "HOME": str(tmp_path),
        "CLOCK": clock,
    }.items():
        monkeypatch.setenv(f"IOC_{name}", value)
    with connect(warehouse) as conn:
        publish(conn, FIRST, 5)
        publish(conn, SECOND, 7, date(2024, 9, 14))

    def asked(*words: str) -> Result:
        command = ["flow", "--feed", FEED, "--period", "month", "--format", "json", *words]
        return CliRunner().invoke(app, command, catch_exceptions=False)

    return asked


def told(result: Result) -> list[tuple[str, int]]:
    assert result.exit_code == 0, result.output
    return [(row["to"], row["new"]) for row in json.loads(result.stdout)]


def test_a_flow_of_then_is_the_revision_that_held_then(ask: Ask) -> None:
    assert told(ask("--as-of", "2024-09-15T10:00:00+07:00")) == [("2024-08-31", 5)]
    assert told(ask("--as-of", "2024-09-15T17:00:00Z")) == [("2024-08-31", 7), ("2024-09-14", 0)]
    assert told(ask("--as-of", "2024-09-15T23:59:59.999999+07:00")) == [("2024-08-31", 5)]


def test_a_local_day_means_its_end(ask: Ask) -> None:
    assert told(ask("--as-of", "2024-09-15")) == [("2024-08-31", 5)]
    assert told(ask("--as-of", "2024-09-16")) == told(ask())


def test_the_revision_its_position_and_definitions_are_said_beside_the_figures(ask: Ask) -> None:
    said = ask("--as-of", "2024-09-15").stderr
    assert said == (
        "as of 2024-09-15: revision 1, published 2024-09-15T10:00:00+07:00, days 2024-08-01..2024-08-31 in"
        f" {ZONE}; position {FEED}/0@5 {FEED}/2@1 {FEED}/10@3; definitions d1\n"
    )
    assert ask().stderr == ""


def test_what_a_later_revision_covers_was_not_published_then(ask: Ask) -> None:
    with pytest.raises(BadInput, match=r"published are 2024-08-01\.\.2024-08-31"):
        ask("--as-of", "2024-09-15", "--to", "2024-09-01")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            "2024-09-14",
            "no revision of records was published by then; the first was published at 2024-09-15T03",
        ),
        ("2024-09-15T09:59:59+07:00", "no revision of records was published by then"),
        ("2024-09-15T10:00:00", "add the zone"),
        ("2024-09-31", "give an instant such as"),
        ("yesterday", "give an instant such as"),
        ("9999-12-31", "give an instant such as"),
        ("2024-09-20", "up to now, 2024-09-20T07:00:0"),  # has not ended
        ("2024-09-21T00:00:00Z", "or leave it out"),
    ],
)
def test_what_was_not_known_or_is_no_instant_is_refused(ask: Ask, text: str, why: str) -> None:
    with pytest.raises(BadInput) as refused:
        ask("--as-of", text)
    assert str(refused.value).startswith(f"as-of: {text!r} cannot be used; ")
    assert why in str(refused.value)


def test_a_feed_never_published_is_told_what_publishes(warehouse: Settings) -> None:
    with connect(warehouse) as conn:
        assert published(conn, FEED) is None
        with pytest.raises(BadInput, match="nor since: `ioc rollup` publishes"):
            published_by(conn, FEED, NOW, "2024-09-19")
        publish(conn, FIRST, 5)
        assert published(conn, FEED, FIRST - timedelta(microseconds=1)) is None
        assert published(conn, "other") is None


def test_a_row_holds_from_its_revision_until_the_one_that_changed_it(warehouse: Settings) -> None:
    rows = "(values ('a', 1, 2), ('b', 2, null), ('c', 3, 4)) r (name, from_revision, to_revision)"
    with connect(warehouse) as conn:
        for revision, names in ((0, ""), (1, "a"), (2, "b"), (3, "bc"), (4, "b")):
            text = f"select name from {rows} where {holds('%(r)s', 'r.')} order by 1"
            found = conn.execute(text.encode(), {"r": revision}).fetchall()
            assert "".join(str(name) for (name,) in found) == names, revision


def test_a_day_of_another_zone_ends_at_another_instant() -> None:
    assert known_at("2024-09-15", "UTC", NOW) - known_at("2024-09-15", ZONE, NOW) == timedelta(hours=7)
    assert known_at("2024-09-19", "UTC", NOW) == NOW - timedelta(microseconds=1)
