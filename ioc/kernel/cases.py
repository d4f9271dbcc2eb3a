"""The frame of cases that the kernel gives: a row per case."""

from __future__ import annotations

import polars as pl

from ioc.kernel.events import INSTANT

_STATE: dict[str, pl.DataType] = {
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

# What only feeds with clocks have; null at others. Seconds are of working time.
CLOCKED: dict[str, pl.DataType] = {
    "submitted_at": INSTANT,
    "reception_due_at": INSTANT,
    "procedure_version": pl.String(),
    "pauses": pl.Int32(),
    "supplements": pl.Int32(),
    "paused_at": INSTANT,
    "pause_reason": pl.String(),
    "paused_seconds": pl.Int32(),
    "worked_seconds": pl.Int32(),
    "due_by_us_at": INSTANT,
    "due_by_us_on": pl.Date(),
    "due_check": pl.String(),
    "breach_at": INSTANT,
    "due_766_at": INSTANT,
    "outcome_766": pl.String(),
    "apology_at": INSTANT,
    "apology": pl.String(),
    "overdue_cause": pl.String(),
    "consultations": pl.Int32(),
    "late_consultations": pl.Int32(),
    "consulting_at": INSTANT,
    "consult_due_at": INSTANT,
}
CASES = pl.Schema(_STATE | CLOCKED)
