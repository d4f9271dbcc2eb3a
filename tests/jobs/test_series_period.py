"""Observations staged, audited and published: closed on top, restated, and every gate broken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, LiteralString

import pytest
from psycopg.types.json import Jsonb

from ioc.event import Event
from ioc.kernel.observations import ObservedRules, observed
from ioc.ledger.observed import restated
from ioc.settings import Settings
from ioc.verify.observations import check_observations
from ioc.warehouse import connect, live, offsets
from ioc.warehouse.connection import Connection
from ioc.warehouse.live import Agencies, Batch, Kernel, take
from ioc.warehouse.observations import observations, observations_published
from ioc.warehouse.offsets import Move
from ioc.warehouse.revisions import published
from jobs import runs, series_period
from jobs.audit import audit
from jobs.due import due
from jobs.publish import Outcome, publish
from jobs.rollup_series import run_of
from jobs.runs import Rebuild, Run
from jobs.series_period import Ended, of_warehouse
from jobs.staging import write
from schemas import ObservationFeed
from schemas.tables import table
from streams.testing import delivery, event

pytestmark = pytest.mark.broker
LABEL = {"vi": "Số", "en": "Figure"}
SERIES = {
    "label": LABEL,
    "explain": LABEL,
    "unit": LABEL,
    "period": "day",
    "over_time": "sum",
    "over_agencies": "sum",
}
FEED = ObservationFeed.model_validate(
    {
        **{"feed": "parcels", "kind": "observation", "label": LABEL, "owner": "o", "rhythm_minutes": 60},
        **{"zone": "Asia/Ho_Chi_Minh", "topic": {"partitions": 1, "retention_days": 30}, "agencies": "own"},
        **{
            "events": {"observed": ["v1"]},
            "series": {"rain": SERIES},
            "dimensions": {"river": LABEL},
            "tiles": [],
        },
    }
)
RULES = ObservedRules("parcels", FEED.definitions_hash, ("river",))
KERNEL = Kernel(lambda _, events: observed(events, RULES), {"parcels": FEED.definitions_hash})
NOW = datetime(2026, 4, 1, tzinfo=UTC)
SECOND, THIRD, FIFTH = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 5)
ON_THE_THIRD = datetime(2026, 3, 3, 12, tzinfo=UTC)
Send = Callable[..., None]


@pytest.fixture
def conn(warehouse: Settings) -> Any:
    with connect(warehouse, name="test") as made:
        offsets.register(made, "parcels", "id-1", [0])
        made.execute(
            "insert into definitions values (%s, 'parcels', %s, %s)",
            [FEED.definitions_hash, NOW, Jsonb(FEED.definitions)],
        )
        live.prepare(made)
        made.commit()
        yield made


def said(day: int, value: float | None, name: str, at: float, river: str | None = "Tiền") -> Event:
    data = {"series": "rain", "agency": "S1", "river": river, "period": f"2026-03-{day:02}", "value": value}
    made = event(f"rain/S1/2026-03-{day:02}/{river or ''}", name, at=at, received=at + 1)
    made = replace(made, data={k: v for k, v in data.items() if k != "river" or v}, hash="")
    return replace(made, hash=made.content_hash())


def send(conn: Connection, start: int, *events: Event) -> None:
    move = Move("parcels", 0, start, start + len(events))
    batch = Batch([move], [delivery(start + i, one) for i, one in enumerate(events)])
    take(conn, batch, KERNEL, Agencies(set()))
    conn.commit()


def whole(conn: Connection, last: date) -> Ended:
    """All that the warehouse knows, as of a feed of which nothing is published."""
    conn.rollback()
    return series_period._all(conn, RULES, last)


def staged(conn: Connection, name: str, found: Ended, last: date) -> Run:
    run = run_of(f"parcels:{name}", FEED, found, published(conn, "parcels"), last)
    runs.put(conn, run, NOW)
    write(conn, run, runs.SERIES, found.rows)
    conn.commit()
    return run


def put_up(conn: Connection, name: str, found: Ended, last: date) -> Outcome:
    judged = audit(conn, staged(conn, name, found, last).run_id, NOW)
    assert judged.state == "audited", judged.reason
    conn.commit()  # what was read of the run: publishing is a transaction of its own
    return publish(conn, judged.run_id, NOW)


def closed(conn: Connection, last: date) -> Ended:
    conn.rollback()
    return of_warehouse(conn, RULES, last)


def test_what_came_since_is_closed_on_top_and_restated(
    conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(conn, 0, said(1, 2.5, "a", 1), said(2, None, "b", 2), said(3, 9.0, "c", 3, None))
    assert due(conn, FEED, ON_THE_THIRD)
    first = put_up(conn, "one", closed(conn, SECOND), SECOND)
    assert (first.written, first.closed) == (2, 0), "the third day had not ended"
    assert not due(conn, FEED, ON_THE_THIRD)
    send(conn, 3, said(3, 8.0, "z", 4, None))
    assert not due(conn, FEED, ON_THE_THIRD), "of a period that has not ended"
    send(conn, 4, said(1, 4.0, "d", 5), said(1, 7.0, "e", 6, "Hậu"))
    assert due(conn, FEED, ON_THE_THIRD)
    found = closed(conn, THIRD)
    assert found.rows["observation"].to_list() == [
        *("rain/S1/2026-03-01/Hậu", "rain/S1/2026-03-01/Tiền", "rain/S1/2026-03-03/")
    ]
    second = put_up(conn, "two", found, THIRD)
    assert (second.written, second.closed) == (3, 1)
    told = [(r["cause"], r["period"], r["old"], r["new"], r["events"]) for r in restated(conn, "parcels")]
    assert told == [
        ("late-event", "2026-03-01", None, "7", ["urn:post e"]),
        ("correction", "2026-03-01", "2.5", "4", ["urn:post d"]),
    ]
    everything = whole(conn, THIRD)
    again = put_up(conn, "three", everything, THIRD)
    assert (again.written, again.closed) == (0, 0), "closing gave what counting all anew gives"
    days = date(2026, 3, 1), date(2026, 3, 31)
    by = ["series", "agency", "from", "river"]
    standing = observations(conn, "parcels", ["river"], *days).sort(by)
    assert observations_published(conn, "parcels", ["river"], again.revision, *days).sort(by).equals(standing)
    then = observations_published(conn, "parcels", ["river"], first.revision, *days)
    assert then.sort("from")["value"].to_list() == [2.5, None], "a value that has not arisen is kept as such"
    conn.rollback()
    assert [check.ok for check in check_observations(conn, FEED)] == [True, True]
    monkeypatch.setattr(series_period, "AT_ONCE", 1)
    with pytest.raises(Rebuild, match="observations are to be read"):
        whole(conn, THIRD)


HARM: dict[str, LiteralString] = {
    "series-figures": "update {} set value = '2,5' where period = '2026-03-01'",
    "series-ended": "update {} set period_to = '2026-03-09' where period = '2026-03-02'",
    "series-whole-periods": "update {} set period_from = '2026-02-28' where period = '2026-03-03'",
    "series-promised": "update {} set series = 'snow' where period = '2026-03-04'",
    "series-grain-unique": "insert into {0} select * from {0} where period = '2026-03-05'",
}


def refused(conn: Connection, name: str, *harm: LiteralString) -> str:
    from psycopg import sql

    run = staged(conn, name, whole(conn, FIFTH), FIFTH)
    for one in harm:
        conn.execute(sql.SQL(one).format(run.staging(runs.SERIES)))
    judged = audit(conn, run.run_id, NOW)
    assert judged.state == "refused"
    return str(judged.reason)


def test_every_gate_refuses_what_it_is_for(conn: Connection) -> None:
    send(conn, 0, *(said(day, day / 2, f"e{day}", day) for day in range(1, 6)))
    reason = refused(conn, "rows", *HARM.values())
    assert [gate for gate in HARM if f"{gate}: " not in reason] == []
    broken = [reason.partition(f"{gate}: ")[2].partition("broken by ")[2][:1] for gate in HARM]
    assert broken == ["1", "1", "3", "1", "2"], "a period that is too long, or of no series, is no whole one"
    blocking = [n for n, one in table("series_period").expectations.items() if one.severity == "fail"]
    assert sorted(blocking) == sorted([*HARM, "series-recounted", "series-live"])
    reason = refused(conn, "lost", "delete from {} where period = '2026-03-01'")
    assert [said.partition(":")[0] for said in reason.split("; ")] == ["series-live"]
    reason = refused(conn, "wrong", "update {} set value = '3' where period = '2026-03-01'")
    assert [said.partition(":")[0] for said in reason.split("; ")] == ["series-recounted", "series-live"]


def test_a_published_figure_that_no_event_tells_is_found(conn: Connection) -> None:
    send(conn, 0, said(1, 2.5, "a", 1))
    put_up(conn, "one", whole(conn, SECOND), SECOND)
    conn.execute("update series_period set value = '25'")
    conn.commit()
    _, check = check_observations(conn, FEED)
    assert not check.ok
    assert check.differs == ["rain/S1/2026-03-01/Tiền: published 25 (n ) and not 2.5 (n )"]
