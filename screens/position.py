"""How far the warehouse knows a feed: next offsets by partition, in links as text (`0-1234.1-567`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from psycopg import AsyncConnection

from ioc.errors import BadInput

FORM = re.compile(r"\d{1,6}-\d{1,18}(\.\d{1,6}-\d{1,18})*")


@dataclass(frozen=True)
class Position:
    """Next offsets by partition of the feed's topic of accepted events."""

    offsets: tuple[tuple[int, int], ...]

    def text(self) -> str:
        return ".".join(f"{partition}-{offset}" for partition, offset in self.offsets)

    @classmethod
    def parse(cls, text: str) -> Position:
        if text and not FORM.fullmatch(text):
            raise BadInput("position", text, "take it from a board's link, such as 0-1234.1-567")
        pairs = (pair.split("-") for pair in text.split(".") if pair)
        return cls(tuple(sorted((int(partition), int(offset)) for partition, offset in pairs)))


async def read_position(connection: AsyncConnection[Any], feed: str) -> Position:
    """The position of this connection's snapshot."""
    rows = await connection.execute(
        "select partition, next_offset from topic_partition where topic = %s order by partition", (feed,)
    )
    return Position(tuple(await rows.fetchall()))
