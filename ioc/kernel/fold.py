"""The fold: the events of a case -> its state. Every figure of the product starts here."""

from __future__ import annotations

import polars as pl

from ioc.kernel import deadline
from ioc.kernel.events import INSTANT, effective
from ioc.kernel.rules import ENDS, GOING, CaseRules

CASES = pl.Schema(
    {
        "case_id": pl.String(),
        "source": pl.String(),
        "phase": pl.String(),
        "status": pl.String(),
        "in_figures": pl.Boolean(),
        "entered_at": INSTANT,
        "entered_on": pl.Date(),
        "due_at": INSTANT,
        "due_on": pl.Date(),
        "resolved_at": INSTANT,
        "resolved_on": pl.Date(),
        "delivered_at": INSTANT,
        "withdrawn": pl.Boolean(),
        "outcome": pl.String(),
        "outcome_by_date": pl.String(),
        "outcome_by_instant": pl.String(),
        "agency": pl.String(),
        "receiving_agency": pl.String(),
        "channel": pl.String(),
        "procedure": pl.String(),
        "set_aside": pl.String(),
        "flags": pl.List(pl.String()),
        "events": pl.Int32(),
        "last_occurred_at": INSTANT,
        "last_received_at": INSTANT,
        "definitions": pl.String(),
    }
)
ATTRIBUTES = ("due_at", "agency", "receiving_agency", "channel", "procedure")


def fold(events: pl.LazyFrame, rules: CaseRules) -> pl.LazyFrame:
    """Frame of EVENTS, any order, duplicates allowed -> frame of CASES, one row per case_id, in no set order.

    Events count in the order (occurred_at, received_at, hash); attributes and `status` are the last ones given.
    `events` counts the events that count: one per (source, id).
    Statuses speak by their instant: at one and the same instant an end comes after anything open.
    Written for the ten national codes; any feed's codes act by their phases:

    2 first           entered_at. 2 again changes nothing.
    4 without 2       `no-reception`: in no figure. So are 9 and 10 without 2.
    1 after 2         no effect; flagged `registered-after-received`.
    3 after 2         in no figure while it is the last phase; flagged `refused-after-received`.
    9 ... 4 ... 9     an end counts only when nothing open or paused comes after it: the last re-opening counts, then the
                      first 9 after it. Flagged `reopened`. 9, 4 alone: open again.
    9 then 9          the first counts; flagged `resolved-twice`. 9 then 10: 9 gives the time, 10 delivered_at.
    10 without 9      resolved at the first 10; flagged `delivered-without-resolved`.
    7                 withdrawn, resolved at its time, on_due_date. 7 after 9 or 10: stays as resolved, flagged
                      `withdrawn-after-resolved`. 9 or 10 after 7: stays withdrawn, flagged `resolved-after-withdrawn`.
    9 before 2        `set_aside` = resolved-before-received, in no figure: while the case has resolved statuses and all lie
                      before its reception (a 10 or 7 mends nothing), or has none and all its 10s and 7s do. An earlier 2
                      or a later 9 mends it: in the figures again, flagged `end-before-received`.
    same id, other content: flagged `conflicting-id` (see events.effective). A status the rules do not know acts like a note
                      and is flagged `unknown-status`.

    Outcomes exist only for resolved cases in the figures.
    """
    raise NotImplementedError
