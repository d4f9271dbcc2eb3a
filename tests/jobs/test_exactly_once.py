"""The archive after a crash between the log's commit and the checkpoint's, and with either of them gone."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from ioc.settings import Settings
from jobs.archive import archive
from jobs.event_log import EventLog, held
from jobs.testing import events_of

pytestmark = [pytest.mark.broker, pytest.mark.spark, pytest.mark.timeout(900)]
NOW = datetime(2026, 11, 24, tzinfo=UTC)
NEW = ("Desk", "South", "2011-02-27T08:00", "2011-03-19T23:00", None)


def offsets(log: EventLog) -> pl.DataFrame:
    return pl.read_delta(log.uri).select("partition", "offset").sort("partition", "offset")


def checkpoint(log: EventLog) -> Path:
    table = log.open()
    assert table is not None
    return Path(log.checkpoint(table))


def one_more(settings: Settings, deliver: Any, case: str) -> pl.DataFrame:
    deliver("permits", events_of("permits", [(case, *NEW)]))
    log = EventLog.of(settings, "permits")
    before = len(offsets(log))
    position = archive(settings, ["permits"], NOW)
    found = offsets(log)
    assert len(found) == before + 1
    assert not found.is_duplicated().any()
    assert sum(position["permits"].values()) == len(found)
    return found


def test_a_batch_that_is_done_again_adds_nothing(rolled: Settings, deliver: Any) -> None:
    log = EventLog.of(rolled, "permits")
    commits = sorted((checkpoint(log) / "commits").glob("[0-9]*"), key=lambda path: int(path.name))
    commits[-1].unlink()  # as if the process had died after Delta's commit
    for crc in (checkpoint(log) / "commits").glob(f".{commits[-1].name}.crc"):
        crc.unlink()
    one_more(rolled, deliver, "again-1")


def test_without_its_checkpoint_the_archive_goes_on_where_the_log_ends(
    rolled: Settings, deliver: Any
) -> None:
    shutil.rmtree(checkpoint(EventLog.of(rolled, "permits")))
    one_more(rolled, deliver, "again-2")


def test_a_log_that_was_deleted_is_filled_from_the_beginning(rolled: Settings, tmp_path: Path) -> None:
    log = EventLog.of(rolled, "permits")
    whole = offsets(log)
    away = tmp_path / "away"
    shutil.move(log.uri, away)  # the checkpoint stays, and must not be believed
    try:
        archive(rolled, ["permits"], NOW)
        assert offsets(log).equals(whole)
        table = log.open()
        assert table is not None
        assert held(table)
    finally:
        shutil.rmtree(log.uri)
        shutil.move(away, log.uri)
