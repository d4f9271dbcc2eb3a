"""The board against plain SQL over the stored events' cases, and each list against its tile."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from ioc.errors import BadInput
from ioc.event import instant_text
from ioc.story import Story
from screens import asof, cases, history
from screens.board import Boards
from screens.cases import Asked, Terms
from screens.desk import Connection, connect
from screens.past import mover
from screens.position import Position

Work = Callable[[Connection], Awaitable[Any]]
FEED = "records"
COUNTS = (
    "received_today", "resolved_today", "in_process", "overdue", "due_today", "about_to_breach",
    "overdue_without_apology", "waiting_reception",
)  # fmt: skip


def with_connection(province: Any, work: Work) -> Any:
    async def all_of_it() -> Any:
        async with await connect(province.settings.warehouse_url) as connection, connection.transaction():
            return await work(connection)

    return asyncio.run(all_of_it())


def board(province: Any, at: datetime) -> dict[str, Any]:
    async def all_of_it() -> dict[str, Any]:
        async with await connect(province.settings.warehouse_url) as connection:
            return await Boards(province.registry).read(connection, FEED, at)

    return asyncio.run(all_of_it())


def listed(province: Any, at: datetime, measure: str, **asked: Any) -> dict[str, Any]:
    feed = province.registry.feeds[FEED]
    wanted = Asked(measure, **{"at": at, **asked})
    found: dict[str, Any] = with_connection(
        province,
        lambda connection: cases.page(
            connection, Terms(feed, province.rules, province.registry.history, at), wanted
        ),
    )
    return found


def now(province: Any) -> datetime:
    found: datetime = province.one("select max(received_at) from event")
    return found


def test_tiles_are_what_plain_sql_counts(province: Any) -> None:
    at = now(province)
    tiles = board(province, at)["tiles"]
    day = "2024-12-19"
    local = "at time zone 'Asia/Ho_Chi_Minh')::date"
    received = f"""
        select count(*) from (select case_id, min(occurred_at) first from event where status = '2' group by 1)
        e where (first {local} = '{day}' and case_id not in (select case_id from cases where set_aside>'')"""
    assert tiles["received_today"]["n"] == province.one(received) > 10
    open_now = """
        select count(*) from (
            select case_id, bool_or(status = '2') came, bool_or(status in ('7', '9', '10')) went
        from event group by 1) e where came and not went"""
    assert tiles["in_process"]["n"] == province.one(open_now) > 50
    overdue = f"""
        select count(*) from (
            select case_id, max(due_at) due, bool_or(status in ('7', '9', '10')) went,
                (array_agg(status order by occurred_at desc) filter (where status <> 'M04'))[1] last
            from event group by 1) e
        where (due {local} < '{day}' and not went and last not in ('5', '6', '8')"""
    assert tiles["overdue"]["n"] == province.one(overdue) > 0
    rate = tiles["on_time_rate"]
    assert rate["den"] == tiles["resolved_today"]["n"] > rate["den"] - rate["num"] >= 0


def test_agencies_and_hours_add_up_to_the_tiles(province: Any) -> None:
    state = board(province, now(province))
    for name, tile in state["tiles"].items():
        for key in tile.keys() & {"n", "num", "den"}:
            rows = [row[name][key] for row in state["agencies"].values() if name in row]
            assert sum(rows) == tile[key], (name, key)
        if "hours" in tile:
            assert sum(tile["hours"]) == tile["n"]
    ten = "in_figures and entered_at >= '2024-12-19 10:00+07' and entered_at < '2024-12-19 11:00+07'"
    assert state["tiles"]["received_today"]["hours"][10] == province.one(
        f"select count(*) from cases where {ten}"
    )


def test_overdue_grows_by_the_clock_alone(province: Any) -> None:
    at = now(province)
    before, after = (board(province, at + timedelta(days=days))["tiles"]["overdue"]["n"] for days in (0, 30))
    paused = province.one(f"""
        select count(*) from (
            select (array_agg(status order by occurred_at desc) filter (where status <> 'M04'))[1] last,
                bool_or(status = '2') came
            from event where feed = '{FEED}' group by case_id) e where came and last in ('5', '6', '8')""")
    assert after == board(province, at)["tiles"]["in_process"]["n"] - paused > before
    assert paused > 5


def test_the_day_is_cut_in_the_feeds_zone(province: Any) -> None:
    evening = datetime.fromisoformat("2024-12-19T16:59:59+00:00")
    assert board(province, evening)["today"] == "2024-12-19"
    assert board(province, evening + timedelta(seconds=1))["today"] == "2024-12-20"
    assert board(province, evening + timedelta(seconds=1))["tiles"]["received_today"]["n"] == 0


def test_a_tile_of_the_day_is_compared_with_yesterday_at_this_time_and_the_usual_day(province: Any) -> None:
    at = now(province)
    tile = board(province, at)["tiles"]["received_today"]
    same_time = province.one(
        "select count(*) from cases where in_figures and entered_on = '2024-12-18' and entered_at < %s",
        at.replace(second=0, microsecond=0) + timedelta(minutes=1) - timedelta(days=1),
    )
    assert tile["before"] == same_time > 0
    assert len(tile["usual"]["middle"]) == 24
    assert ("mover" in tile) == (tile["n"] != tile["before"])
    assert all(low <= high for low, high in zip(tile["usual"]["low"], tile["usual"]["high"], strict=True))


def test_who_moved_most_moved_the_way_of_the_whole() -> None:
    assert mover({"a": 5, "b": 1}, {"a": 1, "b": 9}) == {"agency": "b", "n": -8}
    assert mover({"a": 5, "b": 1}, {"b": 1}) == {"agency": "a", "n": 5}
    assert mover({"a": 5, "b": 1}, {"a": 1, "b": 5}) is None


@pytest.mark.parametrize("measure", COUNTS)
def test_a_list_is_as_long_as_its_tile_also_per_agency(province: Any, measure: str) -> None:
    at = now(province)
    state = board(province, at)
    assert listed(province, at, measure)["count"] == state["tiles"][measure]["n"]
    for agency, row in list(state["agencies"].items())[:8]:
        assert listed(province, at, measure, agency=agency)["count"] == row.get(measure, {}).get("n", 0)


def test_a_rate_opens_its_numerator_and_its_denominator(province: Any) -> None:
    at = now(province)
    rate = board(province, at)["tiles"]["on_time_rate"]
    assert listed(province, at, "on_time_rate")["count"] == rate["den"]
    assert listed(province, at, "on_time_rate", role="numerator")["count"] == rate["num"]


def test_a_list_holds_at_its_position_whatever_arrives_later(province: Any) -> None:
    at = now(province)
    state = board(province, at)
    position = Position.parse(state["position"])
    before = {m: listed(province, at, m, position=position) for m in ("in_process", "resolved_today")}
    opened = [row["case_id"] for row in before["in_process"]["rows"]][:5]
    province.arrive(*(province.made(case, "late", at, "9") for case in opened))
    province.arrive(
        province.made("H20.03-241219-7777", "n", at, "2", agency="H20.03", due_at=instant_text(at))
    )
    later = board(province, at)["tiles"]
    assert later["in_process"]["n"] == state["tiles"]["in_process"]["n"] - 4
    assert later["resolved_today"]["n"] == state["tiles"]["resolved_today"]["n"] + 5
    for measure, list_ in before.items():
        assert listed(province, at, measure, position=position) == list_, "the link shows what it showed"
    assert listed(province, at, "in_process")["count"] == later["in_process"]["n"]


def test_links_that_cannot_be_answered_say_why(province: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    at = now(province)
    with pytest.raises(BadInput, match="ahead of this warehouse"):
        listed(province, at, "overdue", position=Position.parse("0-99999999"))
    with pytest.raises(BadInput, match="partition 63 is unknown"):
        listed(province, at, "overdue", position=Position.parse("63-1"))
    with pytest.raises(BadInput, match="take it from a board's link"):
        Position.parse("0-1;drop table cases")
    with pytest.raises(BadInput, match="sort by one of"):
        listed(province, at, "overdue", sort="case_id; drop table cases")
    with pytest.raises(BadInput, match="name one of"):
        listed(province, at, "overdue_")
    with pytest.raises(BadInput, match="this measure has where"):
        listed(province, at, "overdue", role="numerator")
    monkeypatch.setattr(asof, "FARTHEST", 10)
    with pytest.raises(BadInput, match="more than 10 cases changed"):
        listed(province, at, "overdue", position=Position.parse("0-0"))


def test_lists_sort_and_page_without_losing_a_case(province: Any) -> None:
    at = now(province)
    first = listed(province, at, "in_process", sort="entered_at", descending=True)
    seen = [row["case_id"] for row in first["rows"]]
    for page in range(2, first["pages"] + 1):
        rows = listed(province, at, "in_process", sort="entered_at", descending=True, page=page)["rows"]
        seen += [row["case_id"] for row in rows]
    assert len(seen) == len(set(seen)) == first["count"]
    times = [row["entered_at"] for row in first["rows"]]
    assert times == sorted(times, reverse=True)


def test_what_is_in_no_figure_is_counted_and_listed(province: Any) -> None:
    at = now(province)
    state = board(province, at)
    assert state["aside"] == {"cases": 1, "messages": 3}
    (row,) = listed(province, at, "set_aside", sort="case_id")["rows"]
    assert row["set_aside"] == "resolved-before-received"


def test_a_case_tells_its_events_in_order_and_which_count(province: Any) -> None:
    at = now(province)
    case = "H20.03-241219-5555"
    first = province.made(case, "1", at - timedelta(hours=2), "2", agency="H20.03")
    other = province.made(case, "1", at - timedelta(hours=1), "4", agency="H20.04")
    province.arrive(first, province.made(case, "2", at, "9"), other, first)

    def read(case: str) -> Any:
        story = Story(province.registry, province.rules)
        work = lambda connection: history.read(connection, story, province.rules, case, at, "en")  # noqa: E731
        return with_connection(province, work)

    told = read(case)
    assert [(e["status"], e["counts"]) for e in told["events"]] == [("2", True), ("4", False), ("9", True)]
    assert told["repeats"] == 1
    assert "conflicting-id" in told["case"]["flags"]
    assert told["story"][0]["text"] == "Resolved on 2024-12-19; no due date, so it cannot be late."
    assert told["story"][-1]["kind"] == "flags"
    assert read("none") is None


def test_an_empty_warehouse_is_a_board_of_nothing(empty: Any) -> None:
    state = board(empty, datetime.fromisoformat("2024-12-19T03:00:00+00:00"))
    assert {tile.get("n", tile.get("den")) for tile in state["tiles"].values()} == {0}
    assert state["ticker"] == []
    assert "newest" not in state
    assert "published" not in state
    assert state["sources"] == {"of": 0, "current": 0, "silent": []}
