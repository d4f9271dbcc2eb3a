"""Data out of an event's JSON, as texts: a number as it stands there, to its last digit."""

from __future__ import annotations

import json

import polars as pl

# polars reads numbers of up to 15 digits exactly; of longer ones it may miss the last digit.
LONG = r"[0-9][0-9.]{15}"


def text_of(column: str, name: str) -> pl.Expr:
    """The datum as text; null where the column's JSON object has none. Rows of long numbers are rare."""

    def read(objects: pl.Series) -> pl.Series:
        found = objects.str.json_path_match(f"$.{name}")
        far = objects.str.contains(LONG).fill_null(value=False).arg_true()
        if far.is_empty():
            return found
        own = [_own(text, name, said) for text, said in zip(objects[far], found[far], strict=True)]
        return found.scatter(far, own)

    return pl.col(column).map_batches(read, return_dtype=pl.String, is_elementwise=True)


def _own(text: str, name: str, said: str | None) -> str | None:
    value = json.loads(text, parse_float=str, parse_int=str).get(name)
    return value if isinstance(value, str) else said
