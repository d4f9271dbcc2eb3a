"""What a dossier says of its service, payment and papers. No source gives shares: made, by the last digit."""

from __future__ import annotations

import polars as pl

LEVELS = ("4",) * 6 + ("3",) * 4  # MucDo
PAYMENTS = ("1",) * 3 + ("2",) * 4 + ("3",) * 3  # DuocThanhToanTrucTuyen
DIGITISED = ("1",) * 8 + ("0",) * 2  # HoSoCoThanhPhanSoHoa


def by_last_digit(words: tuple[str, ...]) -> pl.Expr:
    """One of ten words, by the case's number."""
    return (pl.col("number") % 10).replace_strict(dict(enumerate(words)), return_dtype=pl.String)


def told() -> list[tuple[str, pl.Expr]]:
    """The members of a dossier's message."""
    return [
        ("MucDo", by_last_digit(LEVELS)),
        ("DuocThanhToanTrucTuyen", by_last_digit(PAYMENTS)),
        ("HoSoCoThanhPhanSoHoa", by_last_digit(DIGITISED)),
    ]
