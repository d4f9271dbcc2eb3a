"""What verify_case keeps of its events' data, by attributes.sql."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from ioc.warehouse.connection import Connection
from schemas import Feed

ATTRIBUTES = (Path(__file__).parent / "attributes.sql").read_bytes()
_TYPES = {
    **{"text": "text", "integer": "numeric", "number": "numeric", "boolean": "boolean"},
    **{"instant": "timestamptz", "date": "date"},
}


def add_attributes(conn: Connection, feed: str, names: Collection[str]) -> None:
    """After refold.refold; null where none is named."""
    conn.execute("alter table verify_case add attributes jsonb")
    if names:
        conn.execute("analyze verify_said")  # unknown, it would be taken for a row or two
        conn.execute(ATTRIBUTES, {"feed": feed, "names": list(names)})


def kept_columns(feed: Feed) -> list[str]:
    """Each attribute as a column of the name that measures know it by."""
    kinds = feed.attribute_kinds
    return [f"(v.attributes->>'{name}')::{_TYPES[kind]} {name}" for name, kind in kinds.items()]
