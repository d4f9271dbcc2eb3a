"""Every feed, mapping and reference file is read; that each is sound, tests/check holds `ioc check` to."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from ioc.admit import REASONS
from ioc.kernel.period_names import Period
from ioc.kernel.rules import PHASES
from ioc.rules import case_rules
from schemas import Registry, load
from schemas.period_calendar import Reported
from schemas.registry import PACKAGED


@pytest.fixture(scope="module")
def registry(root: Path) -> Registry:
    return load([root / "docs/examples"])


def test_no_promise_file_lies_unread(root: Path, registry: Registry) -> None:
    read = {feed.file for feed in registry.every.values()} | {s.file for s in registry.sources.values()}
    for feed in registry.every.values():
        folder = Path(feed.file).parent
        read |= {str(folder / f"{name.split('/')[1]}.json") for name in feed.event_schemas}
        if feed.feed in registry.simulated or feed.feed in registry.simulated_series:
            read.add(str(folder / "simulation.yaml"))
    read |= {calendar.file for calendar in registry.period_calendars.values()}
    read |= {form.file for form in registry.forms.values()}
    places = ("feeds/*/*.*", "sources/*.*", "period_calendars/*.*", "forms/*.*")
    lying = [p for place in places for p in PACKAGED.glob(place) if p.is_file()]
    assert {str(p.relative_to(root)) for p in lying} - read == set()
    worked = {str(p) for p in (root / "docs/examples").rglob("*.yaml")}
    assert worked - read == set()


def test_every_feed_gives_the_kernel_its_rules(registry: Registry) -> None:
    for feed in registry.feeds.values():
        rules = case_rules(feed)
        assert set(rules.phases.values()) <= set(PHASES)
        assert rules.enters
        assert rules.definitions == feed.definitions_hash


def test_the_kernel_knows_the_periods_that_calendars_report_by_and_free_ranges() -> None:
    assert (*get_args(Reported), "range") == get_args(Period)


@pytest.mark.parametrize(("on", "tops"), [(date(2025, 6, 30), 2), (date(2025, 7, 1), 1)])
def test_agencies_form_a_tree_for_each_province_of_the_day(on: date, tops: int, registry: Registry) -> None:
    valid = [version for code in registry.agencies if (version := registry.history.agency_at(code, on))]
    assert len([agency for agency in valid if agency.parent is None]) == tops
    assert len({agency.name for agency in valid}) == len(valid)
    assert all(agency.made for agency in valid)


def test_every_reason_is_given_by_some_test(root: Path) -> None:
    text = "\n".join(
        p.read_text(encoding="utf-8") for p in (root / "tests").rglob("*.py") if p.parent.name != "policy"
    )
    assert {reason for reason in REASONS if f'"{reason}"' not in text} == set()
