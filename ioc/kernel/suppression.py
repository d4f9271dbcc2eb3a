"""Small cells: which parts of a whole are hidden, so that nobody reads or works out a small number."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping


def hidden(parts: Mapping[str, int], threshold: int) -> frozenset[str]:
    """The parts whose counts are not told beside the whole's; `parts` lists those of nothing, too.

    Every 0 < n < threshold, then the next larger counts, all of one size at a time, until what is hidden
    sums to the threshold and is not all alike. Where that cannot be had: every part. Parts of one size
    share one fate, so that changing places among the hidden ones changes nothing told: that is why none of
    them can be worked out, even by who knows this rule.
    """
    if not any(0 < n < threshold for n in parts.values()):
        return frozenset()
    larger = sorted({n for n in parts.values() if n >= threshold})
    for most in (threshold - 1, *larger):
        chosen = {code: n for code, n in parts.items() if 0 < n <= most}
        if _cannot_be_worked_out(chosen.values(), threshold):
            return frozenset(chosen)
    return frozenset(parts)


def hidden_together(columns: Iterable[Mapping[str, int]], threshold: int) -> frozenset[str]:
    """The parts hidden where their counts give each other away, as a rate's two: hidden in any, in all."""
    return frozenset[str]().union(*(hidden(parts, threshold) for parts in columns))


def _cannot_be_worked_out(counts: Collection[int], threshold: int) -> bool:
    """Of two counts that differ nobody knows which is which; all alike are their sum divided."""
    return sum(counts) >= threshold and len(set(counts)) > 1
