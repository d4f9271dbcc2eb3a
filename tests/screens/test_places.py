"""A map's counts against plain SQL, and against the lists that its marks open."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from ioc.errors import BadInput
from ioc.event import Event, instant_text
from ioc.settings import Settings
from schemas import Registry, load
from screens import cases, places
from screens.board import Boards
from screens.cases import Asked, Terms
from screens.desk import connect
from screens.position import Position
from screens.testing import NOW, Province
from tests.screens.test_words import asked

MANY = """
insert into cases (feed, case_id, in_figures, due_at, phase, attributes)
select %s, 'M' || n, true, %s, 'open', jsonb_build_object(
    'latitude', (10.2 + n %% 7 * 0.1)::text, 'longitude', (105.3 + n %% 11 * 0.1)::text)
from generate_series(1, %s) n
"""


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load()


def name_of(registry: Registry) -> str:
    [name] = [feed.feed for feed in registry.feeds.values() if feed.place]
    return name


def received(province: Province, case: str, hours: float | None, **said: Any) -> list[Event]:
    """A case received a day ago whose due time is in so many hours."""
    at = NOW - timedelta(days=1)
    due = {} if hours is None else {"due_at": instant_text(NOW + timedelta(hours=hours))}
    submitted = province.made(case, "a", at - timedelta(hours=1), "submitted", **said)
    return [submitted, province.made(case, "b", at, "received", **due)]


@pytest.fixture
def mapped(warehouse: Settings, registry: Registry) -> Iterator[Province]:
    """Cases in the middle of cells, on an edge, in a heap, far away and nowhere."""
    province = Province(warehouse, name_of(registry), registry)
    province.arrive(
        *received(province, "late", -2, latitude=10.4602, longitude=105.6329),
        *received(province, "soon", 2, latitude=10.488, longitude=105.6429),
        *received(province, "edge", 200, latitude=10.45, longitude=105.6),
        *(one for n in range(7) for one in received(province, f"heap-{n}", 200, **heaped(n))),
        *received(province, "undated", None, latitude=10.91, longitude=105.41),
        *received(province, "far", 200, latitude=0, longitude=0),
        *received(province, "nowhere", -2),
        *received(province, "half", 200, latitude=10.4),
        *received(province, "handled", 200, latitude=10.5, longitude=105.5),
        province.made("handled", "c", NOW, "handled"),
    )
    yield province
    province.conn.close()


def heaped(n: int) -> dict[str, float]:
    return {"latitude": 10.32 + n / 10_000, "longitude": 106.31}


def drawn(province: Province) -> dict[str, Any]:
    async def read() -> Any:
        async with await connect(province.settings.warehouse_url) as connection:
            return await Boards(province.registry).read(connection, province.feed, NOW)

    board = asyncio.run(read())
    assert board["tiles"][board["places"]["shows"]]["n"] == told(board["places"])
    found: dict[str, Any] = board["places"]
    return found


def told(found: dict[str, Any]) -> int:
    """All cases that the map speaks of."""
    return found["none"] + found["beyond"] + sum(sum(counts.values()) for counts in found["cells"].values())


def listed(province: Province, found: dict[str, Any], **wanted: Any) -> list[str]:
    """The ids of the list that a mark opens, at the map's own instant and position."""
    feed = province.registry.feeds[province.feed]
    terms = Terms(feed, province.rules, province.registry.history, NOW)
    position = Position.parse(found["position"])

    async def read() -> Any:
        async with await connect(province.settings.warehouse_url) as connection, connection.transaction():
            return await cases.page(
                connection, terms, Asked(found["shows"], at=NOW, position=position, **wanted)
            )

    page = asyncio.run(read())
    assert page["count"] == len(page["rows"])
    return sorted(row["case_id"] for row in page["rows"])


def test_every_open_case_is_told_once_by_where_it_lies_and_how_it_stands(mapped: Province) -> None:
    found = drawn(mapped)
    assert told(found) == mapped.one("select count(*) from cases where resolved_at is null") == 14
    assert (found["none"], found["beyond"]) == (2, 1)
    assert found["points"]["7:9"] == {
        "edge": [10.45, 105.6, "in_time"],
        "late": [10.4602, 105.6329, "late"],
        "soon": [10.488, 105.6429, "soon"],
    }
    assert found["points"]["16:5"] == {"undated": [10.91, 105.41, "no_due_date"]}
    assert found["cells"]["4:23"] == {"in_time": 7}
    assert "4:23" not in found["points"]
    assert "gathered" not in found


def test_each_mark_opens_exactly_what_it_counts_also_after_more_has_happened(mapped: Province) -> None:
    found = drawn(mapped)
    opened = asked("places.js", "m.marks(given)", found)
    frame = ",".join(found["frame"])
    before = [listed(mapped, found, **one["asked"]) for one in opened if "counts" in one]
    assert [len(ids) for ids in before] == [one["n"] for one in opened if "counts" in one] == [7]
    mapped.arrive(
        *received(mapped, "new", -1, latitude=10.321, longitude=106.312),
        mapped.made("heap-1", "c", NOW, "handled"),
        mapped.made("heap-2", "c", NOW, "assigned", latitude=10.6, longitude=105.6),
        mapped.made("nowhere", "c", NOW, "assigned", latitude=10.6, longitude=105.6),
    )
    assert [listed(mapped, found, **one["asked"]) for one in opened if "counts" in one] == before
    assert listed(mapped, found, place="none") == ["half", "nowhere"]
    assert listed(mapped, found, place=f"beyond:{frame}") == ["far"]
    for stand, n in asked("places.js", "m.standing(given)", found).items():
        assert len(listed(mapped, found, place=frame, stand=stand)) == n, stand
    assert listed(mapped, found, place="10.45,105.60,10.50,105.65") == ["edge", "late", "soon"]
    assert listed(mapped, found, place="10.40,105.60,10.45,105.65") == []
    now = drawn(mapped)
    assert now["cells"]["4:23"] == {"in_time": 5, "late": 1}
    assert now["none"] == 1


def test_of_many_only_cells_are_told_and_the_map_says_so(mapped: Province) -> None:
    mapped.conn.execute(MANY.encode(), [mapped.feed, NOW, places.MOST])
    found = drawn(mapped)
    assert found["gathered"] == places.MOST
    assert found["points"] == {}
    assert told(found) == places.MOST + 14


def test_what_is_no_number_is_no_place_and_stops_no_board(mapped: Province) -> None:
    for n, said in enumerate(("north", "1e9", "NaN", "", "10.4 ", "'", "1" * 400)):
        query = "update cases set attributes = jsonb_set(attributes, '{latitude}', %s) where case_id = %s"
        mapped.conn.execute(query, [Jsonb(said), f"heap-{n}"])
    assert drawn(mapped)["none"] == 2 + 7


def test_without_outlines_the_cases_make_the_frame(mapped: Province) -> None:
    mapped.registry = replace(mapped.registry, outlines=None)
    found = drawn(mapped)
    assert found["beyond"] == 0
    assert [float(edge) for edge in found["frame"]] == [0, 0, 15, 110]
    mapped.conn.execute("delete from cases")
    assert told(drawn(mapped)) == 0


@pytest.mark.parametrize(
    ("asked_", "field"),
    [
        ({"stand": "early"}, "stand"),
        ({"place": "10,105,11"}, "place"),
        ({"place": "10,105,11,1e9"}, "place"),
        ({"place": "beyond:"}, "place"),
        ({"place": "10;drop,1,2,3"}, "place"),
    ],
)
def test_a_list_of_no_part_of_a_map_is_refused(
    registry: Registry, asked_: dict[str, str], field: str
) -> None:
    feed = registry.feeds[name_of(registry)]
    with pytest.raises(BadInput) as refused:
        places.wheres(feed, asked_.get("stand"), asked_.get("place"))
    assert refused.value.field == field
    other = next(one for one in registry.feeds.values() if one.place is None)
    assert places.Map.of(other, registry) is None
    with pytest.raises(BadInput, match="has no map"):
        places.wheres(other, asked_.get("stand"), asked_.get("place"))
