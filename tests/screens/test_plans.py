"""At a province's proportions the board stays on the partial indexes, and never reads all cases."""

import asyncio
import re
from typing import Any

from screens import board, tiles
from screens.desk import connect
from screens.testing import NOW

FEED = "records"
MANY = """
insert into cases (
    feed, case_id, in_figures, entered_at, entered_on, due_at, due_on, resolved_at, resolved_on, agency)
select %s, 'M' || n, true, t, t::date, t + '9 days', (t + '9 days')::date, r, r::date, 'H20.' || n %% 60
from (select n, t, case when n %% 30 <> 0 then t + '5 days'::interval end r
      from (select n, %s - n * '9 minutes'::interval t from generate_series(1, 60000) n) a) b
"""


def plan(province: Any) -> str:
    """PostgreSQL's plan of the whole board."""
    feed = province.registry.feeds[FEED]
    explain = f"explain (analyze, costs off, timing off) {board.Plan.of(feed, province.registry).sql}"

    async def all_of_it() -> str:
        async with await connect(province.settings.warehouse_url) as connection:
            rows = await (await connection.execute(explain, board.bound(feed, NOW))).fetchall()
            return "\n".join(row[0] for row in rows)

    return asyncio.run(all_of_it())


def test_the_board_is_counted_from_the_partial_indexes_alone(empty: Any) -> None:
    empty.conn.execute(MANY.encode(), [FEED, NOW])
    empty.conn.execute("vacuum analyze cases")
    text = plan(empty)
    scans = re.findall(r"(\w[\w ]*Scan)(?: using | on )?(cases_\w+)?", text)
    used = {index for _, index in scans if index}
    assert used == {"cases_open", "cases_entered", "cases_resolved", "cases_waiting"}
    assert "Seq Scan" not in text
    assert "Index Only Scan using cases_open" in text, "open cases without their heap"
    assert len(re.findall(r"Scan using cases_open", text)) == 1, (
        "in process, overdue, due today, about to breach and without apology in one pass"
    )


def test_measures_that_begin_alike_are_counted_together(empty: Any) -> None:
    rates = empty.registry.feeds[FEED].rates
    scans = tiles.scans(tiles.parts(empty.registry.feeds[FEED]))
    assert [[f"{part.tile}.{part.key}" for part in scan.parts] for scan in scans] == [
        ["received_today.n"],
        ["resolved_today.n", "on_time_rate.num", "on_time_rate.den"],
        ["in_process.n", "overdue.n", "due_today.n", "about_to_breach.n", "overdue_without_apology.n"],
        ["waiting_reception.n"],  # of other agencies and before any figure
        [f"{rate}.{key}" for rate in rates for key in ("num", "den")],  # not of an index alone
    ]
    assert all("in_figures" in " ".join(scan.shared) for scan in scans[:3])
    assert [scan.parts[0].whose for scan in scans] == ["coalesce(agency, '')"] * 3 + [
        "coalesce(receiving_agency, agency, '')",
        "''",
    ]
