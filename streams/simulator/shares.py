"""Exact apportioning by the largest remainder, and named random streams that do not disturb each other."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.random import Generator


def apportion(total: int, weights: Sequence[float]) -> list[int]:
    """`total` divided in proportion to `weights` into whole parts: the largest remainders get the rest."""
    whole = sum(weights)
    if total == 0 or whole == 0:
        return [total, *[0] * (len(weights) - 1)]
    exact = [total * weight / whole for weight in weights]
    parts = [int(part) for part in exact]
    by_remainder = sorted(range(len(exact)), key=lambda i: (parts[i] - exact[i], i))
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    return parts


class Draws:
    """Random streams by name: adding a draw to the simulation leaves every other one as it was."""

    def __init__(self, seed: int, year: int) -> None:
        self._seed = (seed, year)

    def of(self, name: str) -> Generator:
        return np.random.default_rng([*self._seed, zlib.crc32(name.encode())])
