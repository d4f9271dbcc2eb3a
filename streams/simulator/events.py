"""The events of every case, one row each, and how they are sent: late, twice or spoilt."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from streams.simulator.cases import FEE, PLAIN, STOPPED, SUPPLEMENT, Cases, Ints
from streams.simulator.letters import Letters
from streams.simulator.quota import WITHDRAWN
from streams.simulator.settings import Sending, Wire
from streams.simulator.shares import Draws
from streams.simulator.times import MOST_STEPS, Times

DOSSIER_SLOT = 1
ENDED_SLOT = DOSSIER_SLOT + MOST_STEPS + 1
LETTER_SLOT = ENDED_SLOT + 2
WELL, UNKNOWN_STATUS, MISSING_FIELD = range(3)
Mask = NDArray[np.bool_]


def _rows(slot: int, case: Ints, at: Ints, status: pl.Series, due: pl.Series | None = None) -> pl.DataFrame:
    """Events of one slot: `at` and `due` are local seconds; `due` only where the message tells it."""
    return pl.DataFrame(
        {
            "case": pl.Series(case, dtype=pl.Int32),
            "slot": pl.repeat(slot, len(case), dtype=pl.Int8, eager=True),
            "status": status.cast(pl.String),
            "at": pl.Series(at, dtype=pl.Int64),
            "due": due if due is not None else pl.repeat(None, len(case), dtype=pl.Int64, eager=True),
        }
    )


def _constant(word: str, count: int) -> pl.Series:
    return pl.repeat(word, count, dtype=pl.String, eager=True)


def case_events(wire: Wire, cases: Cases, times: Times, online: Mask, start: int) -> pl.DataFrame:
    """Events of received cases; case numbers count from `start`."""
    number = np.arange(len(online), dtype=np.int64) + start
    submitted = number[online]
    withdrawn = cases.outcome == WITHDRAWN
    end_words = pl.select(
        pl.when(pl.Series(withdrawn)).then(pl.lit(wire.withdrawn)).otherwise(pl.lit(wire.resolved))
    ).to_series()
    delivered = ~withdrawn
    frames = [
        _rows(0, submitted, times.submitted[online], _constant(wire.submitted, len(submitted))),
        _rows(
            DOSSIER_SLOT,
            number,
            times.received,
            _constant(wire.received, len(number)),
            pl.Series(times.due, dtype=pl.Int64),
        ),
        *(_step(wire, cases, times, number, step) for step in range(MOST_STEPS)),
        _rows(ENDED_SLOT, number, times.ended, end_words),
        _rows(
            ENDED_SLOT + 1,
            number[delivered],
            times.delivered[delivered],
            _constant(wire.delivered, int(delivered.sum())),
        ),
    ]
    return pl.concat(frames)


def _step(wire: Wire, cases: Cases, times: Times, number: Ints, step: int) -> pl.DataFrame:
    words = np.array([wire.processing, wire.supplement, wire.fee, wire.stopped], dtype=object)
    assert (PLAIN, SUPPLEMENT, FEE, STOPPED) == (0, 1, 2, 3)
    there = times.step_count > step
    halt = np.where(times.step_count == 2, 0, 1)
    status = words[np.where(halt == step, cases.variant, PLAIN)]
    told = (cases.variant == SUPPLEMENT) & (halt + 1 == step)
    due = pl.select(
        pl.when(pl.Series(told[there])).then(pl.Series(times.extended_due[there], dtype=pl.Int64))
    ).to_series()
    words_there = pl.Series(status[there].tolist(), dtype=pl.String)
    return _rows(DOSSIER_SLOT + 1 + step, number[there], times.steps[there, step], words_there, due)


def letter_events(wire: Wire, sent: Letters, start: int) -> pl.DataFrame:
    """Apology letters with their new due dates; case numbers count from `start`."""
    due = pl.Series(sent.due, dtype=pl.Int64)
    return _rows(LETTER_SLOT, sent.case + start, sent.at, _constant(wire.apology, len(sent.case)), due)


def refused_events(wire: Wire, submitted: Ints, refused: Ints, start: int) -> pl.DataFrame:
    """Online submissions that are refused at the counter: in no figure."""
    number = np.arange(len(submitted), dtype=np.int64) + start
    return pl.concat(
        [
            _rows(0, number, submitted, _constant(wire.submitted, len(number))),
            _rows(ENDED_SLOT, number, refused, _constant(wire.refused, len(number))),
        ]
    )


def sends(events: pl.DataFrame, sending: Sending, draws: Draws) -> pl.DataFrame:
    """One row per message in order of `sent` (local seconds): with lags, repeats and spoilt copies."""
    count = len(events)
    rng = draws.of("sends")
    lag = rng.exponential(sending.lag_seconds, count)
    late = rng.random(count) < sending.late_share
    lag = np.where(late, lag + rng.exponential(sending.late_hours * 3_600, count), lag)
    once = events.with_columns(
        (pl.col("at") + pl.Series(lag.astype(np.int64))).alias("sent"),
        pl.lit(WELL, dtype=pl.Int8).alias("spoilt"),
    )
    again = _copies(once, draws, "again", sending.duplicate_share, WELL)
    half = sending.bad_share / 2
    return pl.concat(
        [
            once,
            again,
            _copies(once, draws, "unknown status", half, UNKNOWN_STATUS),
            _copies(once, draws, "missing field", half, MISSING_FIELD),
        ]
    ).sort("sent", "case", "slot", "spoilt")


def _copies(once: pl.DataFrame, draws: Draws, name: str, share: float, spoilt: int) -> pl.DataFrame:
    rng = draws.of(name)
    chosen = np.flatnonzero(rng.random(len(once)) < share)
    later = rng.integers(1, 3_600, len(chosen))
    return once[chosen].with_columns(
        pl.col("sent") + pl.Series(later, dtype=pl.Int64), pl.lit(spoilt, dtype=pl.Int8).alias("spoilt")
    )
