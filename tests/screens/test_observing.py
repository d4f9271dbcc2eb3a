"""The board of observations, worked out from a frame: newest period, the one before, course, parts."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from ioc.kernel.series import OBSERVATIONS
from schemas import ObservationFeed
from screens.observing import boards

LABEL = {"vi": "Số", "en": "Figure"}


def feed(**series: dict[str, Any]) -> ObservationFeed:
    common = {"label": LABEL, "explain": LABEL, "unit": LABEL, "period": "month"}
    return ObservationFeed.model_validate(
        {
            "feed": "figures",
            "kind": "observation",
            "label": LABEL,
            "owner": "o",
            "zone": "Asia/Ho_Chi_Minh",
            "rhythm_minutes": 60,
            "topic": {"partitions": 1, "retention_days": 30},
            "events": {"observed": ["v1"]},
            "agencies": "own",
            "series": {name: common | one for name, one in series.items()},
            "dimensions": {},
            "tiles": list(series),
        }
    )


def frame(*rows: tuple[str, str | None, int, float | None]) -> pl.DataFrame:
    ends = {1: 31, 2: 28, 3: 31}
    told = [
        (series, agency, date(2026, month, 1), date(2026, month, ends[month]), value, None)
        for series, agency, month, value in rows
    ]
    return pl.DataFrame(told, schema=OBSERVATIONS, orient="row")


SUMMED = {"over_time": "sum", "over_agencies": "sum", "good": "up", "target": 10}
INDEX = {"over_time": "none", "over_agencies": "none"}


def test_a_sum_shows_its_newest_period_the_one_before_and_who_made_it() -> None:
    rows = frame(("s", "A", 1, 5.0), ("s", "A", 3, 4.0), ("s", "B", 3, 3.0), ("s", "A", 2, None))
    (board,) = boards(rows, feed(s=SUMMED))
    assert (board["period"], board["value"], board["whole"], board["missed"]) == ("2026-03", 7.0, True, True)
    assert board["before"] is None, "of February nothing has arisen, which is not 0"
    assert board["course"] == [["2026-01", 5.0], ["2026-02", None], ["2026-03", 7.0]]
    assert board["parts"] == {"agency": [["A", 4.0], ["B", 3.0]]}
    assert board["observations"] == 2


def test_an_index_of_agencies_has_no_whole() -> None:
    (board,) = boards(frame(("i", "A", 3, 88.0), ("i", "B", 3, 90.0)), feed(i=INDEX))
    assert (board["value"], board["whole"]) == (None, False)
    assert board["parts"] == {"agency": [["B", 90.0], ["A", 88.0]]}


def test_a_series_never_observed_has_no_board() -> None:
    assert [b["series"] for b in boards(frame(("s", None, 3, 1.0)), feed(s=SUMMED, i=INDEX))] == ["s"]


def test_a_published_figure_is_told_beside_what_stands_now() -> None:
    rows = frame(("s", "A", 1, 5.0), ("s", "A", 2, 4.0), ("s", "B", 2, 3.0), ("s", "A", 3, 1.0))
    audited = frame(("s", "A", 1, 5.0), ("s", "A", 2, 4.0))
    (board,) = boards(rows, feed(s=SUMMED), audited)
    assert board["published"] == {"period": "2026-02", "value": 4.0, "now": 7.0}
    (board,) = boards(rows, feed(s=SUMMED), audited.clear())
    assert board["published"] is None
    index = frame(("i", "A", 1, 88.0), ("i", "B", 1, 90.0))
    assert [row["published"] for row in boards(index, feed(i=INDEX), index)] == [None], "it has no whole"
