"""Hidden cells against an attacker who knows the rule, the total and all that is shown, and tries all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ioc.kernel.suppression import hidden, hidden_together
from tests.effort import tried

Parts = dict[str, int]


def shared_out(total: int, among: int) -> Iterator[tuple[int, ...]]:
    """Every way to give a total to so many cells."""
    if among == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in shared_out(total - first, among - 1):
            yield (first, *rest)


def guesses(parts: Parts, threshold: int) -> dict[str, set[int]]:
    """What each hidden cell may be: whatever would have been shown in the same way."""
    unseen = hidden(parts, threshold)
    codes = sorted(unseen)
    possible: dict[str, set[int]] = {code: set() for code in codes}
    for values in shared_out(sum(parts[code] for code in codes), len(codes)) if codes else ():
        guess = dict(zip(codes, values, strict=True))
        if hidden(parts | guess, threshold) == unseen:
            for code, n in guess.items():
                possible[code].add(n)
    return possible


def named(counts: list[int]) -> Parts:
    return {f"a{n}": count for n, count in enumerate(counts)}


@given(st.lists(st.integers(0, 9), min_size=1, max_size=5), st.integers(2, 6))
@example([1, 1, 1, 1, 1], 5)  # sums to the threshold, and is known to be all ones
@example([4, 4, 5, 9], 5)  # as large as small ones can be
@example([1, 1, 7], 2)
@example([3], 5)
@example([5, 4, 4], 5)
@tried(400)
def test_no_hidden_cell_has_only_one_possible_value(counts: list[int], threshold: int) -> None:
    parts = named(counts) | {"nobody": 0}  # a whole has parts of nothing: agencies without a case
    for code, possible in guesses(parts, threshold).items():
        assert parts[code] in possible
        assert len(possible) > 1, (code, possible)


@given(st.dictionaries(st.text("abcdefgh", min_size=1, max_size=2), st.integers(0, 60)), st.integers(2, 12))
@tried(500)
def test_every_small_cell_is_hidden_and_no_more_than_needed(parts: Parts, threshold: int) -> None:
    unseen = hidden(parts, threshold)
    small = {code for code, n in parts.items() if 0 < n < threshold}
    assert small <= unseen <= set(parts)
    if not small:
        assert not unseen
    elif unseen != set(parts):
        chosen = [parts[code] for code in unseen]
        assert len(chosen) >= 2
        assert sum(chosen) >= threshold
        assert len(set(chosen)) > 1
        largest = [n for n in chosen if n < max(chosen)]
        assert max(chosen) < threshold or sum(largest) < threshold or len(set(largest)) < 2


@given(st.lists(st.integers(0, 60), max_size=8), st.permutations(range(8)), st.integers(2, 12))
@tried(300)
def test_names_and_order_decide_nothing(counts: list[int], order: list[int], threshold: int) -> None:
    parts = named(counts)
    moved = dict(sorted(((code, n) for code, n in parts.items()), key=lambda one: order[int(one[0][1:])]))
    turned = {f"b{order[int(code[1:])]}": n for code, n in parts.items()}
    unseen = hidden(parts, threshold)
    assert hidden(moved, threshold) == unseen
    assert hidden(turned, threshold) == {f"b{order[int(code[1:])]}" for code in unseen}


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([0, 5, 9], ""),
        ([3, 7, 9, 12], "a0 a1"),
        ([3, 4, 9], "a0 a1"),
        ([1, 2, 9, 12], "a0 a1 a2"),
        ([3, 7, 7, 12], "a0 a1 a2"),
        ([2, 0, 0], "a0 a1 a2"),
        ([0, 0], ""),
    ],
)
def test_by_hand_below_five(counts: list[int], expected: str) -> None:
    assert sorted(hidden(named(counts), 5)) == expected.split()


def test_of_a_rate_a_cell_is_hidden_where_either_count_is() -> None:
    whole = {"a": 20, "b": 30, "c": 3, "d": 8, "e": 40, "f": 0}
    of_it = {"a": 4, "b": 20, "c": 3, "d": 8, "e": 30, "f": 0}
    assert hidden(whole, 5) == {"c", "d"}
    assert hidden_together([of_it, whole], 5) == {"a", "c", "d"}


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=3))
@tried(200)
def test_no_hidden_rate_is_known(pairs: list[tuple[int, int]]) -> None:
    """Changing places among the hidden cells is shown alike, and brings another pair to each of them."""
    rows = {f"a{n}": (part, part + rest) for n, (part, rest) in enumerate(pairs)} | {"nobody": (0, 0)}
    columns = [{code: row[n] for code, row in rows.items()} for n in (0, 1)]
    unseen = sorted(hidden_together(columns, 5))
    for code in unseen:
        other = next(other for other in unseen if rows[other] != rows[code])
        swapped = rows | {code: rows[other], other: rows[code]}
        again = hidden_together([{c: row[n] for c, row in swapped.items()} for n in (0, 1)], 5)
        assert sorted(again) == unseen
