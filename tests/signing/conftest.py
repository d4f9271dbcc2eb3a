"""A migrated warehouse to publish in, found by the command line, whose clock stands still."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from ioc.settings import Settings
from ioc.warehouse import connect
from tests.signing.published import NOW, Book, whole


@pytest.fixture
def book(warehouse: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Book]:
    monkeypatch.setenv("IOC_WAREHOUSE_URL", warehouse.warehouse_url)
    monkeypatch.setenv("IOC_HOME", str(tmp_path))
    monkeypatch.setenv("IOC_CLOCK", f"{NOW.isoformat()}@{NOW.isoformat()}*0")
    with connect(warehouse, autocommit=True, name="test") as conn:
        yield Book(conn)


@pytest.fixture
def january(book: Book) -> Book:
    """December and January of one agency as published by revision 1, with a sign of its source each day."""
    revision = book.revision(aside=3)
    book.month(revision, "2023-12", whole(new=4, early=1))
    book.month(revision, "2024-01", whole(carried_over=3, new=7, early=5, late=1, overdue=1))
    book.lively(date(2023, 12, 1), date(2024, 3, 31))
    return book
