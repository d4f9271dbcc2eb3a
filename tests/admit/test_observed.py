"""What an observation is of: its key, and what names none."""

from __future__ import annotations

from typing import Any

import pytest

from ioc.admit.observed import observation_key
from ioc.admit.reasons import Refusal
from schemas import ObservationFeed

FEED = ObservationFeed.model_validate(
    {
        "feed": "rivers",
        "kind": "observation",
        "label": {"vi": "Sông", "en": "Rivers"},
        "owner": "o",
        "zone": "Asia/Ho_Chi_Minh",
        "rhythm_minutes": 60,
        "topic": {"partitions": 1, "retention_days": 30},
        "events": {"observed": ["v1"]},
        "agencies": "own",
        "series": {
            "rain": {
                "label": {"vi": "Mưa", "en": "Rain"},
                "explain": {"vi": "Mưa", "en": "Rain"},
                "unit": {"vi": "mm", "en": "mm"},
                "period": "day",
                "over_time": "sum",
                "over_agencies": "none",
            }
        },
        "dimensions": {"river": {"vi": "Sông", "en": "River"}, "bank": {"vi": "Bờ", "en": "Bank"}},
        "tiles": ["rain"],
        "file": "feeds/rivers/feed.yaml",
    }
)
SAID = {"series": "rain", "period": "2026-03-02", "agency": "S1", "river": "Tiền"}


def test_the_key_is_all_that_names_it() -> None:
    assert observation_key(FEED, SAID) == "rain/S1/2026-03-02//Tiền"
    assert observation_key(FEED, SAID | {"value": 3, "n": 7}) == observation_key(FEED, SAID)


def test_two_keys_are_never_one_text() -> None:
    assert observation_key(FEED, SAID | {"agency": "a/b", "bank": ""}) == "rain/a%2Fb/2026-03-02//Tiền"
    assert observation_key(FEED, SAID | {"agency": "a%2Fb"}) == "rain/a%252Fb/2026-03-02//Tiền"


@pytest.mark.parametrize(
    ("said", "reason", "field", "mend"),
    [
        ({"series": "snow"}, "unknown-word", "series", "rain"),
        ({"series": None}, "missing-field", "series", "send series"),
        ({"series": 7}, "wrong-type", "series", "as text"),
        ({"period": "March"}, "schema-violation", "period", "2011-03-05"),
        ({"period": "2026-03"}, "schema-violation", "period", "by the day"),
        ({"period": "2026-02-30"}, "schema-violation", "period", "no such day"),
        ({"river": ["Tiền"]}, "wrong-type", "river", "as text"),
    ],
)
def test_what_names_no_observation_is_refused(
    said: dict[str, Any], reason: str, field: str, mend: str
) -> None:
    with pytest.raises(Refusal) as refused:
        observation_key(FEED, SAID | said)
    assert (refused.value.reason, refused.value.field) == (reason, field)
    assert mend in refused.value.mend
