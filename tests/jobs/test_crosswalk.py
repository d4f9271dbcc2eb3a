"""Cases with several codes in a log whose buckets part them: counted once, as known at the position."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from deltalake import DeltaTable

from ioc.event import hash16
from ioc.kernel.flow import CONTRIBUTIONS
from ioc.kernel.identity import Identity, joined
from jobs import flow_day
from jobs.crosswalk import crosswalk, parts
from jobs.event_log import EventLog, buckets, held
from jobs.flow_day import Source, below, folded
from jobs.testing import CASES
from tests.jobs.test_flow_day import RULES, built_of, rows_of, stored

JOIN = Identity("x.alias", "same_as", (r"^c\d$",))
TWINS = [
    ("c7", "Desk", "North", "2011-01-03T08:00", "2011-01-19T23:00", None),
    ("old7", "Desk", "North", "2011-01-03T08:00", "2011-01-19T23:00", "2011-01-05T08:00"),
    ("older7", "Desk", "North", "2011-01-02T08:00", "2011-01-19T23:00", None),
]


def aliases(rows: list[dict[str, Any]], *links: tuple[str, str]) -> list[dict[str, Any]]:
    """Alias events after the rows, as the log holds them."""
    found = []
    for n, (code, other) in enumerate(links):
        row = dict.fromkeys(rows[0]) | {
            k: rows[0][k] for k in ("source", "received_at", "occurred_at", "topic")
        }
        place = {"partition": hash16(code) % 2, "offset": 1000 + n, "hash16": hash16(code)}
        said = {"type": "x.alias", "data": f'{{"same_as":"{other}"}}', "bucket": hash16(code) // 16384}
        found.append(row | place | said | {"case_id": code, "id": f"same{n}", "hash": f"h{n}"})
    return [*rows, *found]


@pytest.fixture
def table(tmp_path: Path) -> DeltaTable:
    log = EventLog("x", str(tmp_path))
    return stored(log, aliases(rows_of([*CASES, *TWINS]), ("c7", "old7"), ("older7", "old7")))


def source(table: DeltaTable, **other: Any) -> Source:
    said = {"position": held(table), "quarantined": frozenset()} | other
    pinned = Source(table.table_uri, table.version(), buckets(table), rules=RULES, **said)
    log = pl.scan_delta(pinned.uri, version=pinned.version)
    return replace(pinned, cases=crosswalk(below(log, pinned), JOIN))


def test_the_codes_lie_in_several_buckets(table: DeltaTable) -> None:
    assert len({hash16(twin[0]) // 16384 for twin in TWINS}) > 1


def test_a_case_of_three_codes_is_counted_once(table: DeltaTable) -> None:
    pinned = source(table)
    assert pinned.cases == dict.fromkeys(("c7", "old7", "older7"), "c7")
    built = built_of(pinned)
    whole = folded(joined(pl.read_delta(pinned.uri).lazy(), pinned.cases), RULES)["days"]
    assert (built.cases, built.set_aside) == (7, 1)
    assert built.cells.sum().select(CONTRIBUTIONS).row(0) == whole.sum().select(CONTRIBUTIONS).row(0)
    assert built.cells.filter(credit="resolving")["new"].sum() == 6


def test_an_alias_after_the_position_is_not_known(table: DeltaTable) -> None:
    assert built_of(source(table, position={0: 1000, 1: 1000})).cases == 9


def test_an_alias_that_live_refused_joins_nothing(table: DeltaTable) -> None:
    places = frozenset((hash16(code) % 2, 1000 + n) for n, code in enumerate(("c7", "older7")))
    assert source(table, quarantined=places).cases == {}


def test_slices_of_joined_cases_add_up_to_them(table: DeltaTable, monkeypatch: pytest.MonkeyPatch) -> None:
    pinned = source(table)
    before = built_of(pinned)
    monkeypatch.setattr(flow_day, "TASK_BYTES", flow_day.EVENT_BYTES)
    after = built_of(pinned)
    assert after.cells.equals(before.cells)
    assert after.cases == before.cases


@pytest.mark.parametrize("count", [1, 2, 3, 99])
def test_parts_keep_cases_whole(count: int) -> None:
    cases = {"a": "a", "b": "a", "c": "c", "d": "c", "e": "e", "f": "e", "g": "e"}
    found = parts(cases, count)
    assert len(found) <= count
    assert {code: case for part in found for code, case in part.items()} == cases
    assert all(sum(case in part.values() for part in found) == 1 for case in "ace")
    assert parts({}, count) == []
