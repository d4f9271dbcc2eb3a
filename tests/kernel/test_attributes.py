"""What a case keeps of its events' data: the last word on each attribute, against a plain loop."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ioc.kernel.attributes import fold_levelled, fold_whole
from ioc.kernel.events import EVENTS
from ioc.kernel.levels import Levels
from ioc.kernel.measures import Measure
from ioc.kernel.subset import MeasureRefused
from tests.effort import tried
from tests.kernel.histories import Row, histories, rules

NAMES = ("level", "urgent", "field")
RULES = replace(rules(), attributes=NAMES, consults={"activity": "asked"})
LEVELS = Levels("field", frozenset({"đất đai"}), frozenset({'a "quoted" word'}))
AT, TODAY = datetime(2026, 3, 2, 9, tzinfo=UTC), date(2026, 3, 2)
said = st.fixed_dictionaries(
    {},
    optional={
        "level": st.sampled_from([1, 2, 3.0]),
        "urgent": st.booleans(),
        "field": st.sampled_from(["đất đai", 'a "quoted" word', "", "{}"]),
        "other": st.just("not kept"),
    },
)


def slow(events: list[tuple[Row, dict[str, Any]]]) -> dict[str, dict[str, str | None]]:
    """The first by (received_at, hash) of each identity counts; then the last said in the fold's order."""
    counting: dict[tuple[str, str, str], tuple[Row, dict[str, Any]]] = {}
    for row, data in sorted(events, key=lambda one: (one[0]["received_at"], one[0]["hash"])):
        counting.setdefault((row["case_id"], row["source"], row["id"]), (row, data))
    kept: dict[str, dict[str, str | None]] = {}
    in_order = sorted(
        counting.values(), key=lambda one: (one[0]["occurred_at"], one[0]["received_at"], one[0]["hash"])
    )
    for row, data in in_order:
        case = kept.setdefault(row["case_id"], dict.fromkeys(NAMES))
        if row["status"] != "activity":
            case |= {n: v if isinstance(v, str) else json.dumps(v) for n, v in data.items() if n in NAMES}
    return kept


@tried(100)
@given(histories(max_events=10), st.data())
def test_a_case_keeps_the_last_word_on_each_attribute(events: list[Row], data: st.DataObject) -> None:
    spoken = {row["hash"]: data.draw(said) for row in events}
    told = [(row, spoken[row["hash"]]) for row in events]
    frame = pl.DataFrame(
        [row | {"data": json.dumps(words)} for row, words in told], schema={**EVENTS, "data": pl.String()}
    )
    folded = fold_whole(frame, RULES)
    assert {case: json.loads(text) for case, text in folded.select("case_id", "attributes").rows()} == slow(
        told
    )


@tried(100)
@given(histories(max_events=10), st.data())
def test_the_level_of_a_case_is_the_last_word_on_its_attribute(
    events: list[Row], data: st.DataObject
) -> None:
    spoken = {row["hash"]: data.draw(said) for row in events}
    told = [(row, spoken[row["hash"]]) for row in events]
    texts = [row | {"data": json.dumps(words)} for row, words in told]
    frame = pl.LazyFrame(texts, schema={**EVENTS, "data": pl.String()})
    heard = frame.select(*EVENTS.names(), LEVELS.said(pl.col("data")))
    found = fold_levelled(heard, replace(RULES, levels=LEVELS)).select("case_id", "level").collect()
    meant = {**dict.fromkeys(LEVELS.full, "full"), **dict.fromkeys(LEVELS.partial, "partial")}
    assert dict(found.rows()) == {case: meant.get(kept["field"] or "") for case, kept in slow(told).items()}


def test_a_feed_without_attributes_keeps_none() -> None:
    frame = pl.DataFrame(schema={**EVENTS, "data": pl.String()})
    assert fold_whole(frame, rules()).schema["attributes"] == pl.String()


def counted(text: str, kinds: dict[str, str], **values: str | None) -> bool | None:
    cases = pl.DataFrame({"attributes": [json.dumps(values)]})
    found: bool | None = cases.select(Measure.parse(text, kinds).polars(AT, TODAY)).item()
    return found


KINDS = {"level": "integer", "urgent": "boolean", "field": "text", "latitude": "number"}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("level = 3", True),
        ("level BETWEEN 1 AND 2", False),
        ("urgent", True),
        ("NOT urgent", False),
        ("field IN ('đất đai', 'x')", True),
        ("COALESCE(level, 0) > 2 AND field IS NOT NULL", True),
    ],
)
def test_a_measure_names_attributes_like_columns(text: str, holds: bool) -> None:
    assert counted(text, KINDS, level="3.0", urgent="true", field="đất đai") is holds
    assert counted(text, KINDS) is not True


@pytest.mark.parametrize("text", ["latitude = 1", "level = '3'", "field", "strange = 1", "field > 'a'"])
def test_a_measure_takes_an_attribute_by_its_kind_alone(text: str) -> None:
    with pytest.raises(MeasureRefused):
        Measure.parse(text, KINDS)
    with pytest.raises(MeasureRefused, match="take a column of cases"):
        Measure.parse("level = 3")
