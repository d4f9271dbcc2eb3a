"""Calendar files: each mistake is named with its line and its mend; the packaged one has the right days."""

from __future__ import annotations

import csv
import hashlib
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from ioc.calendars import worktime
from ioc.kernel.working import HOUR
from schemas import Finding, Unusable, load

FILE = "calendars/office.yaml"
OFFICE = """\
calendar: office
zone: Asia/Ho_Chi_Minh
country: VN
weekend: [sat, sun]
years: [2024, 2026]
versions:
  - version: first
    known_on: 2024-01-01
    source: made
    hours:
      - {valid_from: 2024-01-01, sessions: [07:00-11:30, 13:30-17:00], hand_over_until: 15:00}
      - {valid_from: 2025-05-01, sessions: [06:30-11:00, 13:00-16:30], hand_over_until: 14:30}
    agencies:
      H20.01:
        made: true
        opens:
          - {weekdays: [sat], sessions: [07:00-11:30], valid_from: 2025-02-01, counts: false, source: made}
        closes:
          - {valid_from: 2025-04-21, valid_to: 2025-04-22, source: made}
  - version: second
    known_on: 2025-12-25
    source: made
    overrides:
      - {day: 2026-01-02, kind: off, source: made}
      - {day: 2026-01-10, kind: worked, source: made}
"""
BAD = [  # old, new, the line that is named, the field, a word of the mend
    ("calendar: office", "calendar: offices", 1, "calendar", "'office'"),
    ("zone: Asia/Ho_Chi_Minh", "zone: Asia/Hanoi", 2, "zone", "IANA"),
    ("country: VN", "country: Vietnam", 3, "country", "pattern"),
    ("weekend: [sat, sun]", "weekend: [sat, zon]", 4, "weekend.1", "sun"),
    ("years: [2024, 2026]", "years: [2026, 2024]", 5, "years", "[first, last]"),
    ("years: [2024, 2026]", "years: [1960, 2026]", 5, "years", "1970..2099"),
    (
        "    hours:\n      - {valid_from: 2024",
        "    x:\n      - {valid_from: 2024",
        10,
        "versions.0.x",
        "no such key",
    ),
    ("years: [2024, 2026]", "years: [2024]", 5, "years.1", "add it"),
    ("years: [2024, 2026]", "years: [2024, 2025]", 6, "versions", "2026-01-02 of version 'second'"),
    ("years: [2024, 2026]", "years: [2023, 2026]", 6, "versions", "must be known on 2023-01-01"),
    ("valid_from: 2024-01-01, s", "valid_from: 2024-01-02, s", 6, "versions", "begin them on 2024-01-01"),
    ("known_on: 2025-12-25", "known_on: 2023-12-25", 6, "versions", "'second' is not known later"),
    ("known_on: 2025-12-25", "known_on: soon", 21, "versions.1.known_on", "date"),
    ("version: second", "version: first", 6, "versions", "one name"),
    ("2025-05-01, sessions", "2023-05-01, sessions", 10, "versions.0.hours", "list by date"),
    ("07:00-11:30, 13:30", "07:00-14:30, 13:30", 11, "versions.0.hours.0.sessions", "begins before"),
    ("13:30-17:00", "13:30-24:00", 11, "versions.0.hours.0.sessions.1", "23:59"),
    ("13:30-17:00", "13:30-5:00", 11, "versions.0.hours.0.sessions.1", "HH:MM"),
    ("13:30-17:00", "17:00-13:30", 11, "versions.0.hours.0.sessions.1", "ends before it starts"),
    ("13:30-17:00", "13:30", 11, "versions.0.hours.0.sessions.1", "HH:MM-HH:MM"),
    ("[07:00-11:30, 13:30-17:00]", "[]", 11, "versions.0.hours.0.sessions", "at least 1"),
    ("hand_over_until: 15:00", "hand_over_until: 15h", 11, "versions.0.hours.0.hand_over_until", "HH:MM"),
    ("hand_over_until: 15:00", "hand_over_until: 18:00", 11, "versions.0.hours.0", "outside office hours"),
    ("H20.01:", "H20.0I:", 14, "versions.0.agencies.H20.0I", "reference/agencies.csv; near"),
    ("weekdays: [sat]", "weekdays: [fri]", 6, "versions", "give its `hours`"),
    ("counts: false, ", "", 17, "versions.0.agencies.H20.01.opens.0.counts", "add it"),
    ("valid_to: 2025-04-22", "valid_to: 2025-04-20", 19, "versions.0.agencies.H20.01.closes.0", "before"),
    ("kind: off", "kind: free", 24, "versions.1.overrides.0.kind", "worked"),
    ("kind: off, source: made", "kind: off", 24, "versions.1.overrides.0.source", "add it"),
    ("day: 2026-01-10", "day: 2026-01-02", 20, "versions.1", "2026-01-02 is given twice"),
    ("    overrides:", "    override:", 23, "versions.1.override", "no such key"),
    (
        "    overrides:",
        "    hours: [{valid_from: 2025-01-01, sessions: [08:00-12:00], hand_over_until: 11:00}]\n"
        "    overrides:",
        6,
        "versions",
        "the hours of 'second' hold",
    ),
    ("weekend: [sat, sun]", "weekend: [sat, sun", 5, "(the file)", "YAML"),
]


def written(folder: Path, text: str) -> Path:
    path = folder / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def findings(folder: Path) -> tuple[Finding, ...]:
    with pytest.raises(Unusable) as unusable:
        load([folder])
    return unusable.value.findings


@pytest.mark.parametrize(("old", "new", "line", "field", "word"), BAD, ids=range(len(BAD)))
def test_a_calendar_that_cannot_be_used_says_where_and_why(
    old: str, new: str, line: int, field: str, word: str, tmp_path: Path
) -> None:
    assert old in OFFICE
    path = written(tmp_path, OFFICE.replace(old, new, 1))
    found = findings(tmp_path)
    assert [(f.file, f.line, f.field) for f in found] == [(str(path), line, field)], found
    assert word in f"{found[0].mend} {found[0].value}", found


def test_a_feed_names_a_calendar_that_exists(tmp_path: Path) -> None:
    own = tmp_path / "feeds/records/feed.yaml"
    own.parent.mkdir(parents=True)
    own.write_text("feed: records\nextends: records\ncalendar: vietman\n", encoding="utf-8")
    (found,) = findings(tmp_path)
    assert (found.line, found.field, found.value) == (3, "calendar", "vietman")
    assert found.mend == "name a calendar; near: 'vietnam'"
    own.write_text("feed: records\nextends: records\ncalendar: office\n", encoding="utf-8")
    written(tmp_path, OFFICE)
    assert load([tmp_path]).feed("records").calendar == "office"


def test_a_later_folder_overrides_a_calendar_by_name(tmp_path: Path) -> None:
    packaged = load().calendars["vietnam"]
    assert load().feed("records").calendar == packaged.calendar
    path = tmp_path / "calendars/vietnam.yaml"
    path.parent.mkdir()
    path.write_text(OFFICE.replace("calendar: office", "calendar: vietnam"), encoding="utf-8")
    laid = load([tmp_path]).calendars["vietnam"]
    assert (laid.years, laid.file, packaged.file) == (
        (2024, 2026),
        str(path),
        "schemas/calendars/vietnam.yaml",
    )


def test_what_a_file_says_of_an_agency_is_what_its_days_are(tmp_path: Path) -> None:
    written(tmp_path, OFFICE)
    work = worktime(load([tmp_path]).calendars["office"])
    assert (work.agencies, work.versions) == (("", "H20.01"), ("first", "second"))
    days = ["2025-02-08", "2025-04-21", "2025-04-26", "2025-06-05", "2026-01-02", "2026-01-10"]
    starts = [datetime.fromisoformat(f"{day}T00:00+07:00") for day in days]
    frame = pl.DataFrame({"t": starts})
    hours = {
        (version, agency): frame.select(
            work.between(pl.col("t"), pl.col("t").dt.offset_by("1d"), work.key(version, agency)) / HOUR
        )["t"].to_list()
        for version in work.versions
        for agency in work.agencies
    }
    assert hours == {
        ("first", ""): [0, 8, 8, 8, 8, 0],
        ("first", "H20.01"): [4.5, 0, 8, 8, 8, 4.5],
        ("second", ""): [0, 8, 8, 8, 0, 8],
        ("second", "H20.01"): [4.5, 0, 8, 8, 0, 8],
    }


def test_a_swap_across_new_year_is_known_to_a_calendar_of_one_year(tmp_path: Path) -> None:
    """Monday 31 December 2018 was made up for on Saturday 5 January 2019."""
    written(tmp_path, OFFICE.split("  - version: second")[0].replace("2024", "2019").replace("2026", "2019"))
    work = worktime(load([tmp_path]).calendars["office"])
    t = pl.lit(datetime.fromisoformat("2019-01-04T09:00+07:00"))
    close = pl.select(work.nth_close(t, pl.lit(1), 0).cast(pl.Datetime("us", "UTC"))).item()
    assert close == datetime.fromisoformat("2019-01-05T17:00+07:00")


@cache
def worked_days(version: str) -> frozenset[date]:
    """Days on which the packaged calendar works, found by asking the kernel for each day's working time."""
    calendar = load().calendars["vietnam"]
    work, (first, last) = worktime(calendar), calendar.years
    days = [
        date(first, 1, 1) + timedelta(days=n) for n in range((date(last, 12, 31) - date(first, 1, 1)).days)
    ]
    zone = ZoneInfo(calendar.zone)
    starts = [datetime.combine(day, time.min, zone).astimezone(UTC) for day in days]
    hours = work.between(pl.col("t"), pl.col("t").dt.offset_by("1d"), work.key(version))
    found = pl.DataFrame({"day": days, "t": starts}).select("day", hours=hours / HOUR)
    assert set(found["hours"].unique()) == {0, 8}
    return frozenset(found.filter(pl.col("hours") > 0)["day"])


def test_the_version_says_what_the_package_does_not() -> None:
    differ = worked_days("library") ^ worked_days("2025-12-25")
    assert differ == {date(2026, 1, 2), date(2026, 1, 10)}
    assert date(2026, 1, 2) in worked_days("library")


def test_a_release_of_the_package_that_moves_a_day_does_not_pass_unseen() -> None:
    text = ",".join(sorted(map(str, worked_days("library"))))
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == "a1b708c4fad8c6f9", (
        "days off of `holidays` moved, so would past due dates; keep the release or its old days in a version"
    )


def test_days_off_and_worked_saturdays_are_those_of_the_shared_list() -> None:
    path = Path(__file__).parents[3] / "shared/data/vietnam/holidays_vn_2010_2027.csv"
    if not path.exists():
        pytest.skip(f"{path.name} lies outside the repository and is not here")
    with path.open(encoding="utf-8") as file:
        rows = [(date.fromisoformat(row["date"]), row["kind"]) for row in csv.DictReader(file)]
    worked = worked_days("library")
    swapped = {day for day, kind in rows if kind == "working_weekend"}
    off = {day for day, kind in rows if kind == "day_off"} - swapped
    assert len(swapped) == 13
    assert {day for day in worked if day.weekday() > 4} == swapped
    assert off & worked == set()
    week = {date(2010, 1, 1) + timedelta(days=n) for n in range(18 * 365 + 4)}
    weekdays = {day for day in week if day.weekday() < 5 and day.year <= 2027}
    assert weekdays - off - {date(2027, 12, 31)} == {day for day in worked if day.weekday() < 5}
