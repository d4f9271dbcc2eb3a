"""A number keeps its own text from the event on, whichever digits it has."""

from __future__ import annotations

import json
from decimal import Decimal

import orjson
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from ioc.kernel.texts import text_of
from tests.effort import tried

# Of these polars' own reading misses the last digit.
LONG = ("93885232003593.27", "912109749641.2921", "9831715812802.227")
numbers = st.builds(
    lambda whole, part, sign: f"{sign}{whole}.{part}",
    st.integers(0, 10**14),
    st.integers(1, 99),
    st.sampled_from(["", "-"]),
)


def read(*objects: str, name: str = "value") -> list[str | None]:
    frame = pl.DataFrame({"data": objects}, schema={"data": pl.String})
    return frame.lazy().select(text_of("data", name)).collect().to_series().to_list()


def test_long_numbers_and_what_stands_beside_them() -> None:
    assert read(*(f'{{"value": {text}}}' for text in LONG)) == list(LONG)
    plain = pl.Series([f'{{"value": {text}}}' for text in LONG]).str.json_path_match("$.value")
    assert plain.to_list() != list(LONG), "polars reads them exactly now: take texts.py away"
    beside = '{"value": 5.0, "n": 1e2, "reason": "1234567890123456 \\"a\\"", "ok": true, '
    beside += '"no": null, "of": {"a": 1}}'
    assert read(beside) == ["5.0"]
    assert read(beside, name="reason") == ['1234567890123456 "a"']
    assert read(beside, name="ok") == ["true"]
    assert read(beside, name="no") == read(beside, name="none") == [None]
    assert [json.loads(text or "") for text in read(beside, name="of")] == [{"a": 1}]
    assert read() == []


@tried(100)
@given(st.lists(numbers, min_size=1, max_size=20))
def test_every_number_is_read_as_it_was_written(some: list[str]) -> None:
    assert [Decimal(text or "NaN") for text in read(*(f'{{"value":{text}}}' for text in some))] == [
        Decimal(text) for text in some
    ]
    floats = [float(text) for text in some]
    told = read(*(orjson.dumps({"value": number}).decode() for number in floats))
    assert [float(text or "nan") for text in told] == floats
