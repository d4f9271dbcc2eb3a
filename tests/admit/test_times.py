"""Instants as sources write them, and those that nobody may guess."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ioc.admit.reasons import Refusal
from ioc.admit.times import time_reader
from schemas.times import check_pattern

HANOI = "Asia/Ho_Chi_Minh"


@pytest.mark.parametrize(
    ("formats", "zone", "text", "expected"),
    [
        (["yyyyMMddHHmmss"], HANOI, "20240105083000", datetime(2024, 1, 5, 1, 30, tzinfo=UTC)),
        (["iso"], HANOI, "2024-01-05 08:30:00", datetime(2024, 1, 5, 1, 30, tzinfo=UTC)),
        (["iso"], HANOI, "2024-01-05T08:30:00Z", datetime(2024, 1, 5, 8, 30, tzinfo=UTC)),
        (
            ["iso"],
            "required",
            "2011-10-11 13:42:22.688000+02:00",
            datetime(2011, 10, 11, 11, 42, 22, 688000, UTC),
        ),
        (
            ["yyyy-MM-dd HH:mm:ss.SSSXXX"],
            "required",
            "2024-01-05 08:30:00.250+0700",
            datetime(2024, 1, 5, 1, 30, 0, 250000, UTC),
        ),
        (
            ["MM/dd/yyyy hh:mm:ss a"],
            "America/New_York",
            "03/01/2011 12:27:57 AM",
            datetime(2011, 3, 1, 5, 27, 57, tzinfo=UTC),
        ),
        (
            ["MM/dd/yyyy hh:mm:ss a"],
            "America/New_York",
            "03/01/2011 12:27:57 pm",
            datetime(2011, 3, 1, 17, 27, 57, tzinfo=UTC),
        ),
        (["iso", "dd/MM/yyyy"], HANOI, "05/01/2024", datetime(2024, 1, 4, 17, tzinfo=UTC)),
        # the hour that autumn repeats is taken as its first
        (["iso"], "America/New_York", "2011-11-06T01:30:00", datetime(2011, 11, 6, 5, 30, tzinfo=UTC)),
        (["iso"], "required", "1900-01-01T00:00:00Z", datetime(1900, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_in_its_zone(formats: list[str], zone: str, text: str, expected: datetime) -> None:
    assert time_reader(formats, zone, "f")("at", text) == expected


@pytest.mark.parametrize(
    ("formats", "zone", "text", "reason"),
    [
        (["iso"], HANOI, "2024-01-05", "bad-time"),
        (["iso"], HANOI, "20240105083000", "bad-time"),
        (["yyyyMMddHHmmss"], HANOI, "20240230083000", "bad-time"),
        (["yyyyMMddHHmmss"], HANOI, "２０２４0105083000", "bad-time"),
        (["yyyyMMddHHmmss"], HANOI, "20240105083000 ", "bad-time"),
        (["MM/dd/yyyy hh:mm:ss a"], HANOI, "03/01/2011 13:27:57 PM", "bad-time"),
        (["iso"], "required", "2024-01-05T08:30:00", "no-zone"),
        (["iso"], "required", "2200-01-01T00:00:00Z", "impossible-time"),
        (["iso"], "required", "0001-01-01T00:00:00+10:00", "impossible-time"),
        (["iso"], HANOI, "9999-12-31T23:59:59", "impossible-time"),
    ],
)
def test_a_time_that_cannot_be_known_is_refused(
    formats: list[str], zone: str, text: str, reason: str
) -> None:
    with pytest.raises(Refusal) as refused:
        time_reader(formats, zone, "sources/f.yaml")("at", text)
    assert (refused.value.reason, refused.value.field) == (reason, "at")


@pytest.mark.parametrize(
    "pattern",
    [
        "YYYY-MM-dd",
        "MM/DD/yyyy",
        "yyyy-MM-dd hh:mm",
        "yyyy-MM",
        "dd/MM/yyyy HH a",
        "yyyyMMddss",
        "yyyyMMddMM",
        "%Y%m%d",
    ],
)
def test_a_pattern_that_would_be_misread_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"needs|goes with|twice|not known"):
        check_pattern(pattern)
