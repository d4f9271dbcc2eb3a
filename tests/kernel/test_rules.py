"""Rules that no feed may have are refused by name."""

from __future__ import annotations

import pytest

from ioc.kernel.rules import CaseRules
from tests.kernel.histories import NATIONAL, rules


def test_a_phase_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match=r"phases\.2: 'opened' is no phase"):
        CaseRules("example", "UTC", {"2": "opened"}, frozenset({"2"}), "date", "d")


def test_an_entering_status_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match=r"enters: \['11'\] are no statuses of example"):
        CaseRules("example", "UTC", NATIONAL, frozenset({"11"}), "date", "d")


def test_a_following_status_that_does_not_exist_is_refused() -> None:
    for following in ({"2": frozenset({"12"})}, {"12": frozenset({"2"})}):
        with pytest.raises(ValueError, match=r"following: \['12'\] are no statuses of example"):
            rules(following=following)


def test_a_comparison_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="compare: 'hour' cannot be used"):
        rules(compare="hour")


def test_equal_rules_are_one_key_and_other_definitions_another() -> None:
    assert len({rules(), rules(), rules("Europe/Amsterdam"), rules(compare="instant")}) == 3
