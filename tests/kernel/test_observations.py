"""Observations: of one key the last word received, whatever the order; against a plain loop."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from ioc.kernel.events import EVENTS
from ioc.kernel.observations import ENDED, ObservedRules, ended, observed
from tests.effort import tried
from tests.kernel.histories import Row, event

RULES = ObservedRules("rivers", "d1", ("river",))
START = datetime(2026, 3, 2, tzinfo=UTC)
minutes = st.integers(0, 3).map(lambda n: START + timedelta(minutes=n))


@st.composite
def told(draw: st.DrawFn) -> Row:
    said: dict[str, Any] = {"series": "rain", "period": "2026-03-02", "river": "Tiền", "strange": 1}
    said["value"] = draw(st.sampled_from([None, 0, 1.5, 7]))
    names = {"id": draw(st.sampled_from("12")), "source": draw(st.sampled_from(["a", "b"]))}
    made = event(draw(st.sampled_from(["k1", "k2"])), occurred_at=draw(minutes), agency="S1", **names)
    text = json.dumps(said)
    return made | {"received_at": draw(minutes), "data": text, "hash": f"{made['hash']}{said['value']}"}


def slow(events: list[Row]) -> dict[str, tuple[Any, int, bool]]:
    """Key -> value, how many events count, whether one identity had two contents."""
    first: dict[tuple[str, str, str], Row] = {}
    contents: dict[tuple[str, str, str], set[str]] = {}
    for row in sorted(events, key=lambda r: (r["received_at"], r["hash"])):
        identity = (row["case_id"], row["source"], row["id"])
        first.setdefault(identity, row)
        contents.setdefault(identity, set()).add(row["hash"])
    found = {}
    for key in {row["case_id"] for row in events}:
        mine = [row for (case, _, _), row in first.items() if case == key]
        last = max(mine, key=lambda r: (r["received_at"], r["occurred_at"], r["hash"]))
        conflict = any(len(some) > 1 for (case, _, _), some in contents.items() if case == key)
        found[key] = (json.loads(last["data"])["value"], len(mine), conflict)
    return found


@tried(100)
@given(st.lists(told(), min_size=1, max_size=10))
def test_the_last_word_received_is_the_observation(events: list[Row]) -> None:
    frame = pl.DataFrame(events, schema={**EVENTS, "data": pl.String()})
    folded = observed(frame, RULES).rows(named=True)
    ours = {}
    for row in folded:
        said = json.loads(row["attributes"])
        assert (said["from"], said["to"], said["river"]) == ("2026-03-02", "2026-03-02", "Tiền")
        assert "strange" not in said
        assert (row["phase"], row["agency"], row["definitions"]) == ("observed", "S1", "d1")
        assert not row["in_figures"]
        value = None if said["value"] is None else float(said["value"])
        ours[row["case_id"]] = (value, row["events"], row["flags"] == ["conflicting-id"])
    assert ours == slow(events)


def test_a_correction_in_the_same_batch_is_the_one_that_occurred_later() -> None:
    rows = [
        event("k", str(n), START + timedelta(minutes=n), received_at=START, source="a")
        | {"data": json.dumps({"series": "rain", "period": "2026-03", "value": n})}
        for n in range(5)
    ]
    (row,) = observed(pl.DataFrame(rows[::-1], schema={**EVENTS, "data": pl.String()}), RULES).rows(
        named=True
    )
    assert json.loads(row["attributes"])["value"] == "4"
    assert json.loads(row["attributes"])["to"] == "2026-03-31"


def test_ended_periods_are_plain_decimals_and_name_what_was_named() -> None:
    said = [
        ("k1", "2026-03-02", "Tiền", "150e-2"),
        ("k2", "2026-03-01", None, "-0.0"),
        ("k3", "2026-03-01", "Hậu", "null"),
    ]
    said.append(("k4", "2026-03-03", "Tiền", "1"))
    text = '{{"series":"rain","period":"{}","river":{},"value":{},"n":1E2}}'
    events = [
        event(key, occurred_at=START, agency=None, id=key)
        | {"data": text.format(day, json.dumps(river), value)}
        for key, day, river, value in said
    ]
    frame = pl.DataFrame(events, schema={**EVENTS, "data": pl.String()})
    found = ended(observed(frame, RULES), RULES, date(2026, 3, 2))
    assert found.schema == ENDED
    assert found.select("observation", "agency", "dimensions", "value", "n").rows() == [
        ("k1", "", '{"river":"Tiền"}', "1.5", "100"),
        ("k2", "", "{}", "0", "100"),
        ("k3", "", '{"river":"Hậu"}', "", "100"),
    ]
    assert ended(observed(frame.clear(), RULES), RULES, date(2026, 3, 2)).is_empty()
    plain = ObservedRules("rivers", "d1", ())
    assert ended(observed(frame, plain), plain, date(2026, 3, 2))["dimensions"].to_list() == ["{}"] * 3
