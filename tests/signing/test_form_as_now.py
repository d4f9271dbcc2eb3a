"""Forms across the merger of 1/7/2025: by the agencies of the period and by those of today, one total."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

from ioc.agencies import successors
from ioc.errors import BadInput
from ioc.forms import NotIssued
from ioc.rules import case_rules
from jobs.flow_day import MONTHLY, Built, folded, read_of_log
from jobs.runs import MONTHS
from jobs.staging import months_of
from jobs.whole import whole as whole_months
from jobs.window import Window
from streams.simulator.log import log_months
from streams.simulator.places import reference
from streams.simulator.plan import province_year
from streams.simulator.settings import default_simulation, read
from tests.signing.published import FEED, REGISTRY, Book, form, said, sign, whole

YEAR = Window(date(2025, 1, 1), date(2025, 12, 31))
NOW = datetime(2026, 2, 1, 2, tzinfo=UTC)
PERIODS = ("2025", "2025-H1", "2025-H2", "2025-Q2", "2025-Q3", "2025-06", "2025-07")
OTHER = "H58.31"  # of the province that went into this one
NAMES = {code: versions[-1].name for code, versions in REGISTRY.history.versions.items()}


@pytest.fixture(scope="module")
def simulated() -> pl.DataFrame:
    """Rows of MONTHS of a simulated year of the province, some 4,000 cases."""
    simulation, feed = read(default_simulation()), REGISTRY.feeds[FEED]
    plan = province_year(simulation, reference(REGISTRY), 2025, 0.006, 1)
    log = pl.concat(list(log_months(plan, plan.sends, REGISTRY, 8)))
    months, rules = months_of(feed, REGISTRY, YEAR.last), case_rules(feed)
    found = folded(log.select(read_of_log(rules, months)).lazy(), rules, months)
    built = Built(found["days"].sort("day"), {table.name: found[table.name] for table in MONTHLY}, 0, 0)
    return whole_months(built, YEAR, months.calendars)[MONTHS.name]


@pytest.fixture
def year(book: Book, simulated: pl.DataFrame, monkeypatch: pytest.MonkeyPatch) -> Book:
    """The year as published, and a case of the other province that stays open."""
    monkeypatch.setenv("IOC_CLOCK", f"{NOW.isoformat()}@{NOW.isoformat()}*0")
    revision = book.revision(NOW, (YEAR.first, YEAR.last))
    names = ", ".join(MONTHS.columns)
    with (
        book.conn.cursor() as cursor,
        cursor.copy(f"copy flow_month (feed, {names}, from_revision) from stdin".encode()) as copy,
    ):
        for row in simulated.select(MONTHS.columns).rows():
            copy.write_row([FEED, *row, revision])
    for month in range(6, 13):
        left = whole(new=2) if month == 6 else whole(carried_over=2)
        book.month(revision, f"2025-{month:02}", left, agency=OTHER)
    return book


def cells(told: dict[str, Any], label: str = "Tổng số") -> dict[str, int]:
    """The row's columns by number; zeros where there is no such row."""
    found = [row["cells"] for row in told["rows"] if row["label"] == label]
    assert len(found) < 2
    return found[0] if found else {}


def of_many(period: str, agency: str, *words: str) -> dict[str, Any]:
    return said(*words, period=period, name="II.06b", agency=agency)


def added(*parts: dict[str, int]) -> dict[str, int]:
    return {column: sum(part[column] for part in parts) for column in parts[0]}


@pytest.mark.parametrize("period", PERIODS)
def test_both_views_have_one_total_and_every_gate_holds(year: Book, period: str) -> None:
    """A form is printed only where its gates hold, those against the period before among them."""
    was = [of_many(period, province) for province in ("H20", "H58")]
    now = of_many(period, "H20", "--agencies", "as-now")
    assert cells(now) == added(*map(cells, was))
    assert cells(now)["3"] > 100
    labels = [{row["label"] for row in told["rows"]} for told in (was[0], now)]
    assert ("Huyện" in labels[0], "Huyện" in labels[1]) == (True, False)
    assert now["footnotes"] != was[0]["footnotes"]


def test_the_months_of_the_other_calendar_hold_too(year: Book) -> None:
    words = ("--calendar", "REPORT_15_14")
    was = of_many("2025-Q3", "H20", *words)
    now = of_many("2025-Q3", "H20", "--agencies", "as-now", *words)
    assert cells(now) == cells(was)  # the other province's case is published in the other calendar alone


def test_a_successors_form_is_the_sum_of_those_it_took_over_from(year: Book, simulated: pl.DataFrame) -> None:
    codes = successors(REGISTRY.history, NOW.date())
    seen = sorted({*simulated.get_column("agency"), OTHER})
    taken = [code for code in seen if codes.get(code, code) == "H20.115"]
    assert len(taken) > 2
    for period in ("2025", "2025-H1", "2025-H2"):
        now = said("--agencies", "as-now", period=period, agency="H20.115")
        assert cells(now) == added(*(cells(said(period=period, agency=code)) for code in taken))
    assert now["agency"] == NAMES["H20.115"]


def test_all_successors_forms_add_up_to_the_provinces(year: Book, simulated: pl.DataFrame) -> None:
    codes = successors(REGISTRY.history, NOW.date())
    every = sorted({codes.get(code, code) for code in (*simulated.get_column("agency"), OTHER)} - {""})
    parts = [cells(said("--agencies", "as-now", period="2025-H2", agency=code)) for code in every]
    assert added(*parts) == cells(of_many("2025-H2", "H20", "--agencies", "as-now"))


def test_the_form_says_whose_figures_and_where_a_split_one_went(year: Book) -> None:
    split = "H20.32.1"  # most of it went to H20.118, a sliver to H20.115
    year.month(1, "2025-06", whole(new=1, early=1), agency=split)
    told = of_many("2025-H1", "H20", "--agencies", "as-now")
    head = "Xếp theo cơ quan chịu trách nhiệm ngày 01/02/2026; biểu ký theo cơ quan của kỳ."
    note = f"{NAMES[split]} chia cho nhiều cơ quan: mọi số của nó tính cho {NAMES['H20.118']}."
    assert {head, note} <= {*told["footnotes"]}
    told = said("--agencies", "as-now", period="2025-H1", agency="H20.115")
    assert head in told["footnotes"]
    assert note not in told["footnotes"]
    earlier = of_many("2025-H1", "H20", "--agencies", "as-now", "--map-on", "2025-06-30")
    assert not any("chia cho" in note for note in earlier["footnotes"])
    assert [row["cells"] for row in earlier["rows"]] == [
        row["cells"] for row in of_many("2025-H1", "H20")["rows"]
    ]


def test_what_was_signed_binds_no_other_view(year: Book) -> None:
    sign("2025-H1", name="II.06b", agency="H20")
    sign("2025-H2", name="II.06b", agency="H20")
    now = of_many("2025-H2", "H20", "--agencies", "as-now")
    assert now["standing"]["final"] is False
    assert of_many("2025-H2", "H20")["standing"]["final"] is True


@pytest.mark.parametrize("figure", ["carried_over", "late", "open_in_time"])
def test_a_gate_that_fails_as_was_fails_as_now(year: Book, figure: str) -> None:
    year.month(1, "2025-07", whole(new=5) | {figure: 2}, agency="H20.116")
    for words in ((), ("--agencies", "as-now")):
        with pytest.raises(NotIssued):
            of_many("2025-07", "H20", *words)


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("--agencies", "as-now"), r"agency: 'H20\.31' .*it ended, and on 2026-02-01 H20\.115 answers"),
        (("--map-on", "2025-07-01"), "map-on: '2025-07-01' .*say --agencies as-now too"),
        (("--signed", "--agencies", "as-now"), "agencies: 'as-now' .*--signed prints that"),
    ],
)
def test_what_cannot_be_shown_is_refused(year: Book, words: tuple[str, ...], error: str) -> None:
    with pytest.raises(BadInput, match=error):
        form("2025-H1", *words, agency="H20.31")


def test_nobody_signs_as_now(year: Book) -> None:
    with pytest.raises(BadInput, match=r"agencies: 'as-now' .*signed by the agencies in force in its period"):
        sign("2025-H1", "--agencies", "as-now", name="II.06b", agency="H20")
    assert year.conn.execute("select from signature").fetchall() == []
