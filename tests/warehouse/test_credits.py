"""Flow that was published before it had credits stays as it was, and says what it cannot tell."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ioc.cli.flow import published_days
from ioc.errors import Stop
from ioc.settings import Settings
from ioc.warehouse import connect
from ioc.warehouse.migrate import MIGRATIONS
from jobs.window import Window

DAY = date(2025, 6, 30)
BEFORE = """
create schema before; set search_path to before;
create table revision (revision bigint primary key);
create table flow_day (like public.flow_day including all);
alter table flow_day drop constraint flow_day_pkey, drop credit,
    add primary key (feed, day, agency, channel, from_revision);
create view flow_day_published as select * from flow_day where to_revision is null;
insert into flow_day values ('records', '2025-06-30', 'H20.31', 'online', 1, 2, 3, 1, 1, 0, 0, 0, 0, 2, 0, 7);
"""


def test_rows_published_before_are_the_resolving_agencys(warehouse: Settings) -> None:
    (upgrade,) = sorted((MIGRATIONS / "versions").glob("*_credits.sql"))
    with connect(warehouse) as conn:
        conn.execute(BEFORE.encode())
        conn.execute(Path(upgrade).read_bytes())
        found = conn.execute(
            "select credit, agency, open_end, from_revision from flow_day_published"
        ).fetchall()
        assert found == [("resolving", "H20.31", 2, 7)]
        zeros = ", ".join(["0"] * 11)
        again = f"insert into flow_day select feed, day, agency, channel, {zeros}, 7, null, %s from flow_day"
        conn.execute(again.encode(), ["receiving"])
        with pytest.raises(psycopg.errors.NotNullViolation):
            conn.execute(again.encode(), [None])


def test_the_intakes_workload_is_not_told_before_it_was_rolled_up(warehouse: Settings) -> None:
    with connect(warehouse) as conn:
        row: Any = conn.execute(
            "insert into revision (feed, covers_from, covers_to, zone, position, definitions, run_id, audit,"
            " published_at)"
            " values ('x', %(day)s, %(day)s, 'UTC', '{}', 'd', 'x:1', '[]', now()) returning revision",
            {"day": DAY},
        ).fetchone()
        revision = int(row[0])
        conn.execute(
            "insert into flow_day select 'x', %s, 'A', '', 0, 1, 1, 0, 0, 0, 0, 0, 0, 1, 0, revision, null,"
            " 'resolving' from revision",
            [DAY],
        )
        assert published_days(conn, "x", revision, Window(DAY, DAY), "resolving")["new"].to_list() == [1]
        with pytest.raises(Stop, match="knows no receiving agencies yet"):
            published_days(conn, "x", revision, Window(DAY, DAY), "receiving")
