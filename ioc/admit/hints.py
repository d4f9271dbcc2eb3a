"""Words that resemble an unknown one, for the mend; each asked once, and no more than a budget of them."""

from __future__ import annotations

from collections.abc import Collection

from schemas import near

BUDGET = 512  # different unknown words explained per table: comparing costs a millisecond, a flood must not
MOST_COMPARED = 2_000


class Hints:
    """`hint(word)` is `; near: 'a', 'b'` or nothing."""

    def __init__(self, known: Collection[str]) -> None:
        self.known = known
        self.asked: dict[str, str] = {}

    def __call__(self, word: str) -> str:
        found = self.asked.get(word)
        if found is None:
            if len(self.asked) >= BUDGET:
                return ""
            found = self.asked[word] = near(word[:80], self._comparable(word))
        return found

    def _comparable(self, word: str) -> Collection[str]:
        if len(self.known) <= MOST_COMPARED:
            return self.known
        return [k for k in self.known if k[:3] == word[:3]][:MOST_COMPARED]
