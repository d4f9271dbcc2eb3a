"""A year's messages as JSON lines, as sent, plain or gzipped; the same bytes for the same seed."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import polars as pl

from streams.simulator.messages import messages
from streams.simulator.plan import Plan

ROWS_AT_ONCE = 200_000


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes] | gzip.GzipFile]:
    if path.suffix != ".gz":
        with path.open("wb") as plain:
            yield plain
        return
    with path.open("wb") as raw, gzip.GzipFile("", "wb", compresslevel=1, fileobj=raw, mtime=0) as packed:
        yield packed


def write_messages(plan: Plan, sends: pl.DataFrame, path: Path, told: Callable[[int], Any]) -> int:
    """Writes one message a line; `told` hears of each batch of rows written."""
    with _opened(path) as file:
        for start in range(0, len(sends), ROWS_AT_ONCE):
            part = sends[start : start + ROWS_AT_ONCE]
            text = messages(plan, part).str.join("\n").item()
            file.write(text.encode() + b"\n")
            told(len(part))
    return len(sends)
