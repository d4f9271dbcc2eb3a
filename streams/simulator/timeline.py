"""The demo's messages in the order of their sending: a pure function of settings and window."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from streams.simulator.events import ENDED_SLOT, WELL
from streams.simulator.messages import messages
from streams.simulator.places import Reference
from streams.simulator.plan import EPOCH, Plan, province_year
from streams.simulator.settings import Simulation
from streams.simulator.times import DAY

EARLIEST_SUBMISSION = 20 * DAY  # how long before its year the first messages of a year may be sent


def local_seconds(at: datetime, zone: str) -> int:
    """Seconds from 1970-01-01 to the local time that clocks show at `at`."""
    shown = at.astimezone(ZoneInfo(zone)).replace(tzinfo=UTC)
    return int(shown.timestamp())


def window_start(at: datetime, simulation: Simulation) -> int:
    """The midnight, `history_days` before `at`, from which the province's events are told."""
    day = at.astimezone(ZoneInfo(simulation.zone)).date() - timedelta(days=simulation.demo.history_days)
    return (day - EPOCH).days * DAY


def _year(seconds: int) -> int:
    return (EPOCH + timedelta(days=seconds // DAY)).year


class Timeline:
    """Messages of the cases that are open when the window begins, or come later; year after year."""

    def __init__(self, simulation: Simulation, known: Reference, window: int) -> None:
        self._simulation = simulation
        self._known = known
        self._window = window
        self._first_year = _year(window)
        self._plans: dict[int, Plan] = {}

    def batches(self, after: int, until: int, most: int) -> Iterator[tuple[list[str], int]]:
        """Messages sent in (after, until], about `most` at once, with the second up to which all are told."""
        pending = self._sends(after, until)
        while len(pending) > 0:
            last = pending["sent"][min(most, len(pending)) - 1]
            part = pending.filter(pl.col("sent") <= last)
            texts = [self._texts(year, part) for year in part["year"].unique().sort()]
            yield [text for some in texts for text in some], last
            pending = pending.filter(pl.col("sent") > last)

    def _texts(self, year: int, part: pl.DataFrame) -> list[str]:
        return messages(self._plans[year], part.filter(pl.col("year") == year)).to_list()

    def _sends(self, after: int, until: int) -> pl.DataFrame:
        rows = [
            _within(self._plan(year, after).sends, after, until).with_columns(
                year=pl.lit(year, dtype=pl.Int32)
            )
            for year in range(self._first_year, _year(until + EARLIEST_SUBMISSION) + 1)
        ]
        return pl.concat(rows).sort("sent", "year", maintain_order=True)

    def _plan(self, year: int, after: int) -> Plan:
        """The year's plan, made once, with what is sent after `after` and belongs to the window."""
        if year not in self._plans:
            demo, first = self._simulation.demo, year == self._first_year
            plan = province_year(self._simulation, self._known, year, demo.scale, demo.seed, carried=first)
            self._plans[year] = _from_window(plan, self._window, after)
        return self._plans[year]


def _within(sends: pl.DataFrame, after: int, until: int) -> pl.DataFrame:
    first = int(sends["sent"].search_sorted(after, side="right"))
    return sends[first : int(sends["sent"].search_sorted(until, side="right"))]


def _from_window(plan: Plan, window: int, after: int) -> Plan:
    ends = plan.sends.lazy().filter((pl.col("slot") <= ENDED_SLOT) & (pl.col("spoilt") == WELL))
    told = ends.group_by("case").agg(pl.col("at").max() >= window).filter(pl.col("at")).select("case")
    sends = plan.sends.lazy().filter(pl.col("sent") > after).join(told, on="case", how="semi")
    kept = sends.sort("sent", "case", "slot", "spoilt").collect()
    return Plan(plan.simulation, plan.known, plan.cases, kept)
