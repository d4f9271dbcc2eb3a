"""Stages with limits of their own, by kernel and checker, on thousands of made-up histories."""

from __future__ import annotations

import json
import random
from collections import Counter
from datetime import timedelta
from typing import Any

import polars as pl
import pytest

from ioc.kernel.attributes import fold_whole
from ioc.kernel.events import EVENTS
from ioc.kernel.stage_clocks import SAID
from ioc.rules import case_rules
from ioc.settings import Settings
from ioc.verify.attributes import add_attributes
from ioc.verify.refold import Rules, refold
from ioc.verify.stages import add_stages
from ioc.warehouse import connect
from schemas import Feed, load
from schemas.feed import Deadline
from schemas.stages import StageLimit, TimedStage
from tests.jobs.test_refold import deliveries, stored

pytestmark = pytest.mark.broker
MADE = {"source": "made", "confidence": "C"}
LIMITS: list[dict[str, Any]] = [  # every unit, near the histories' days, and a change of law among them
    {"when": {"kind": "complaint"}, "limit": 1, "unit": "working_days", "valid_to": "2024-03-03", **MADE},
    {"when": {"kind": "complaint"}, "limit": 3, "unit": "days", "valid_from": "2024-03-04", **MADE},
    {"when": {"kind": "denunciation", "mass": False}, "limit": 12, "unit": "working_hours", **MADE},
    {"when": {"kind": "denunciation", "mass": True}, "unit": "same_day", **MADE},
    {"when": {"kind": "petition", "instance": ["first", "second"]}, "limit": 1, "unit": "months", **MADE},
]


def feed_of(compare: Any) -> Feed:
    """The feed with more stages: quick ones, one that stands still, and one that need not be."""
    feed = load().feeds["complaints"]
    label = feed.stages["acceptance"].label
    said = {
        "quick": {"from": ["submitted"], "to": ["accepted"], "limits": LIMITS},
        "still": {"from": ["accepted"], "to": ["decided"], "stops": True, "limits": LIMITS[1:]},
        "advice": {"from": ["accepted"], "to": ["verifying"], "optional": True, "limits": LIMITS[:1]},
    }
    more = {name: TimedStage(label=label, **one) for name, one in said.items()}
    assert isinstance(more["quick"].limits[0], StageLimit)
    return feed.model_copy(update={"stages": {**feed.stages, **more}, "deadline": Deadline(compare=compare)})


def said(key: str) -> str:
    """The data of an event, by its hash."""
    dice = random.Random(key)
    kinds = {
        "kind": ["complaint", "denunciation", "petition"],
        "instance": ["first", "second"],
        "mass": [True, False],
        "difficulty": ["ordinary", "hard"],
        "remote": [True, False],
    }
    return json.dumps({name: dice.choice(some) for name, some in kinds.items() if dice.random() < 0.6})


@pytest.mark.parametrize("compare", ["date", "instant"])
def test_both_writings_agree_on_every_stage(warehouse: Settings, compare: str) -> None:
    registry, feed = load(), feed_of(compare)
    rows = [  # ties among them, and instants beside one another
        row | {"occurred_at": row["occurred_at"] + timedelta(seconds=int(row["hash"][0], 16) % 3)}
        for row in deliveries(feed, seed=3)[:4_000]
    ]
    told = {row["hash"]: said(row["hash"]) for row in rows}
    with connect(warehouse) as conn:
        stored(conn, feed, rows)
        conn.execute(
            "update event e set data = t.data::jsonb from unnest(%s::text[], %s::text[]) t (hash, data)"
            " where e.feed = %s and e.hash = t.hash",
            [list(told), list(told.values()), feed.feed],
        )
        refold(conn, Rules.of(feed.definitions), None)
        add_attributes(conn, feed.feed, feed.attributes)
        add_stages(conn, feed, registry)
        theirs: Any = dict(conn.execute("select case_id, attributes from verify_case").fetchall())
        conn.rollback()
    frame = pl.DataFrame(
        [row | {"data": told[row["hash"]]} for row in rows], schema={**EVENTS, "data": pl.String()}
    )
    folded = fold_whole(frame, case_rules(feed, registry)).select("case_id", "attributes").rows()
    ours = {case_id: json.loads(text) for case_id, text in folded}
    assert [(case, one, theirs.get(case)) for case, one in ours.items() if one != theirs.get(case)][:3] == []
    ways = Counter(one[stage] for one in ours.values() for stage in feed.stages)
    assert {way for way in SAID if ways[way] < 10} <= {"calendar_not_known", "law_not_known"}
