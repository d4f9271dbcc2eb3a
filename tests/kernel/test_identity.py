"""Codes of one case: whatever order their links come in, the case is known by the same code."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ioc.kernel.identity import Identity, Link
from tests.effort import tried

NATIONAL = r"^[A-Z]\d{2}(\.\d{1,3}){0,5}-\d{6}-\d{4}$"
JOIN = Identity("x.alias", "same_as", (NATIONAL, r"^\d{3}-\d+$"))
CODES = ("a", "b", "c", "001-7", "000-8", "H20.1-240105-0012", "H20-240105-0001", "H20-240105-00011")
links = st.lists(st.tuples(st.sampled_from(CODES), st.sampled_from(CODES)), max_size=8)


def slow(given_links: list[Link]) -> dict[str, str]:
    """By spreading sets until nothing changes."""
    groups = [{one, other} for one, other in given_links]
    while True:
        for i, group in enumerate(groups):
            other = next((o for o in groups[i + 1 :] if o & group), None)
            if other is not None:
                groups.remove(other)
                group |= other
                break
        else:
            return {code: min(group, key=JOIN.rank) for group in groups for code in group}


@tried(300)
@given(links)
def test_groups_are_those_found_by_spreading(given_links: list[Link]) -> None:
    assert JOIN.cases(given_links) == slow(given_links)


@tried(100)
@given(links, st.data())
def test_order_repeats_and_direction_change_nothing(given_links: list[Link], data: st.DataObject) -> None:
    again = [link for link in given_links for _ in range(data.draw(st.integers(1, 2)))]
    turned = [link[::-1] if data.draw(st.booleans()) else link for link in again]
    assert JOIN.cases(data.draw(st.permutations(turned))) == JOIN.cases(given_links)


@tried(100)
@given(links, links)
def test_a_link_found_later_joins_what_was_joined_before(first: list[Link], later: list[Link]) -> None:
    """The warehouse keeps code -> case alone: that is as good as all links."""
    kept = list(JOIN.cases(first).items())
    assert JOIN.cases([*kept, *later]) == JOIN.cases([*first, *later])


def test_a_case_is_known_by_its_national_code() -> None:
    assert JOIN.cases([("000-8", "a"), ("a", "H20-240105-0001")])["a"] == "H20-240105-0001"
    assert JOIN.cases([("000-8", "a"), ("a", "H20-240105-00011")])["a"] == "000-8", (
        "too long for a national one"
    )
