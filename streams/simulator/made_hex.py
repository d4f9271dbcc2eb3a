"""Made hashes and tokens: hexadecimal text from whole numbers, the same for the same numbers."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

HEX = np.array([f"{byte:02x}" for byte in range(256)], dtype="S2").view(np.uint16)
GOLDEN, FIRST, SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB


def mixed(numbers: NDArray[np.int64], salt: int) -> NDArray[np.uint64]:
    """SplitMix64: well-spread 64 bits for each number."""
    with np.errstate(over="ignore"):
        mix = numbers.astype(np.uint64) + np.uint64(salt) * np.uint64(GOLDEN) + np.uint64(GOLDEN)
        mix = (mix ^ (mix >> np.uint64(30))) * np.uint64(FIRST)
        mix = (mix ^ (mix >> np.uint64(27))) * np.uint64(SECOND)
        return mix ^ (mix >> np.uint64(31))


def hex_text(numbers: NDArray[np.int64], salt: int, length: int) -> pl.Series:
    """`length` (at most 32) hexadecimal digits for each number."""
    both = np.stack([mixed(numbers, salt), mixed(numbers, salt + 1)], axis=1)
    digits = HEX[both.view(np.uint8).reshape(len(numbers), 16)].view(np.uint8)
    fixed = np.ascontiguousarray(digits.reshape(len(numbers), 32)[:, :length])
    return pl.Series(fixed.view(f"S{length}").ravel(), dtype=pl.Binary).cast(pl.String)
