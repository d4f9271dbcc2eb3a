"""Seed 000: the simulated year of Đồng Tháp, log to form II.06b, is the published one to the unit.

The article does not name its calendar; the calendar year is assumed.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from bench.rebuild import held_events, prepared
from ioc.forms import Filled, Heading, check, filled, issued, table, taken
from ioc.forms.issue import NotIssued
from ioc.rules import case_rules
from ioc.signing.whose import by_kind
from ioc.warehouse.months import PERIOD_MONTHS, STOCKS
from jobs.event_log import buckets, held
from jobs.flow_day import Source
from jobs.staging import months_of
from jobs.whole import whole
from jobs.window import Window
from schemas import Registry
from streams.simulator.settings import Simulation
from tests.jobs.test_flow_day import built_of
from tests.seeds import seeds

YEAR = Window(date(2024, 1, 1), date(2024, 12, 31))
BUCKETS = 8
PUBLISHED = {  # columns
    "4": "000-online",
    "5": "000-direct-and-postal",
    "6": "000-carried-over",
    "7": "000-resolved",
    "8": "000-early",
    "9": "000-on-due-date",
    "10": "000-overdue",
}
SHARES = [  # of columns added up; carried over is in none
    ("000-online-share", "4", "45"),
    ("000-direct-and-postal-share", "5", "45"),
    ("000-early-share", "8", "7"),
    ("000-on-due-date-share", "9", "7"),
    ("000-overdue-share", "10", "7"),
]
pytestmark = pytest.mark.timeout(900)  # a year is folded


@pytest.fixture(scope="module")
def form(tmp_path_factory: pytest.TempPathFactory, simulation: Simulation, registry: Registry) -> Filled:
    table = prepared(tmp_path_factory.mktemp("year"), simulation, registry, 1.0, BUCKETS)
    assert 5_200_000 < held_events(table) < 5_800_000
    feed = registry.feed(simulation.feed)
    source = Source(
        *(table.table_uri, table.version(), buckets(table), held(table), frozenset(), case_rules(feed)),
        months=months_of(feed, registry, YEAR.last),
    )
    months = whole(built_of(source), YEAR, source.months.calendars)["flow_month"].filter(calendar="CALENDAR")
    first, last = pl.col("month") == "2024-01", pl.col("month") == "2024-12"
    year = months.group_by("agency", "channel", "sector").agg(
        pl.col("carried_over").filter(first).sum(),
        *(pl.col(name).filter(last).sum() for name in STOCKS),
        *(
            pl.col(n).sum()
            for n in PERIOD_MONTHS
            if n not in ("agency", "channel", "sector", "carried_over", *STOCKS)
        ),
    )
    figures = by_kind(year, feed).with_columns(agency_name=pl.col("agency"), level=pl.lit("province"))
    return filled(
        registry.forms["II.06b"], figures, Heading("UBND tỉnh Đồng Tháp", YEAR.first, YEAR.last, "2024")
    )


def test_the_form_has_the_published_figures_and_holds(form: Filled) -> None:
    total = table(form).filter(row="total").row(0, named=True)
    assert total["3"] == 678_717
    assert {name: total[column] for column, name in PUBLISHED.items()} == {
        name: seeds()[name].value for name in PUBLISHED.values()
    }
    assert total["11"] == 21_455
    assert check(form) == []


@pytest.mark.parametrize(("share", "part", "wholes"), SHARES)
def test_shares_are_the_published_ones_at_their_decimals(
    form: Filled, share: str, part: str, wholes: str
) -> None:
    total = table(form).filter(row="total").row(0, named=True)
    figure = seeds()[share]
    found = 100 * Decimal(total[part]) / sum(total[whole] for whole in wholes)
    assert round(found, figure.rounding) == figure.value


def test_the_printed_total_is_refused_by_27(form: Filled) -> None:
    printed = table(form).with_columns(pl.when(row="total").then(678_744).otherwise("3").alias("3"))
    with pytest.raises(NotIssued) as refused:
        issued(taken(form.form, printed, form.heading))
    found = {(one.column, one.left, one.right, one.difference) for one in refused.value.mismatches}
    assert (3, 678_744, 678_717, 27) in found
