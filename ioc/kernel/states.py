"""From what one pass over a case's events found to the row of the case."""

from __future__ import annotations

import polars as pl

from ioc.kernel import authority, deadline, transitions
from ioc.kernel.events import INSTANT
from ioc.kernel.flag_bits import bits
from ioc.kernel.rules import ENDS, PHASES, CaseRules

NEVER = -(2**59)  # microseconds; before any instant
FLAGS = (
    "conflicting-id",
    "no-reception",
    "reopened",
    "received-after-resolved",
    "resolved-twice",
    "delivered-without-resolved",
    "refused-after-received",
    "registered-after-received",
    "withdrawn-after-resolved",
    "resolved-after-withdrawn",
    "end-before-received",
    "unknown-status",
    "unexpected-transition",
    authority.DISAGREE,
)
_PHASE = {phase: PHASES.index(phase) for phase in PHASES}


Step = dict[str, pl.Expr]


def steps(rules: CaseRules) -> list[Step]:
    """Columns to add in turn to one row of facts per case (plan.py); fold.fold says what they mean."""
    col = pl.col
    refusal = (_last_phase() == _PHASE["refused"]).fill_null(False)
    dated = ("entered", "due", "resolved")
    judged = {"by_date": deadline.outcome_by_date(), "by_instant": deadline.outcome_by_instant()}
    return [
        {"since": _since()},
        _ends(),
        {"aside": _impossible()},
        {f"{end}_at": pl.when("aside").then(f"{end}_any").otherwise(f"{end}_last") for end in ENDS},
        {"withdrawn": _withdrawn(), "refusal": refusal},
        {
            "entered_at": col("entered").cast(INSTANT),
            "resolved_at": _resolved().cast(INSTANT),
            "delivered_at": col("delivered_at").cast(INSTANT),
            "last_occurred_at": col("last_at").cast(INSTANT),
            "last_received_at": col("received_last").cast(INSTANT),
            "in_figures": col("entered").is_not_null() & ~col("aside") & ~col("refusal"),
            "flag_bits": _flag_bits(rules),
            "phase": _phase(),
            "renamed": (col("agency_at") > _resolved()).fill_null(False),
        },
        {f"{name}_on": deadline.local_date(f"{name}_at", rules.zone) for name in dated},
        {f"outcome_{how}": pl.when("in_figures").then(outcome) for how, outcome in judged.items()},
        {
            "outcome": deadline.outcome(rules),
            "set_aside": pl.when("aside").then(pl.lit("resolved-before-received")),
            "definitions": pl.lit(rules.definitions),
        },
    ]


def _since() -> pl.Expr:
    """The last instant at which the case was going; for one not received, a registration goes too."""
    registered = pl.when(pl.col("entered").is_null()).then("before")
    return pl.max_horizontal("entered", "going", registered, pl.lit(NEVER))


def _ends() -> dict[str, pl.Expr]:
    """`ends` holds instant * 8 + phase; shifted by 8 * an instant, those before it are negative."""
    since, entered = pl.col("since"), pl.col("entered").fill_null(NEVER)
    ends, after = pl.col("ends"), pl.element() >= 0
    left, received = ends - since * 8, ends - entered * 8
    found = {"first_end": received.list.agg(pl.element().filter(after).min()) // 8 + entered}
    for end in ENDS:
        of_end = pl.element() % 8 == _PHASE[end]
        found[f"{end}_any"] = ends.list.agg(pl.element().filter(of_end).min()) // 8
        found[f"{end}_last"] = left.list.agg(pl.element().filter(of_end & after).min()) // 8 + since
    of_resolved = pl.element() % 8 == _PHASE["resolved"]
    found["resolved_max"] = ends.list.agg(pl.element().filter(of_resolved).max()) // 8
    found["resolved_times"] = left.list.agg((of_resolved & after).sum())
    return found


def _impossible() -> pl.Expr:
    """Every resolved status before the reception; where there is none, every delivery and withdrawal."""
    no_resolved = pl.col("resolved_max") < pl.col("entered")
    no_end = (
        pl.col("resolved_max").is_null() & pl.col("first_end").is_null() & (pl.col("ends").list.len() > 0)
    )
    return no_resolved.fill_null(pl.col("entered").is_not_null() & no_end)


def _withdrawn() -> pl.Expr:
    """The withdrawal came first; an impossible resolution is shown rather than a withdrawal."""
    processed = pl.min_horizontal("resolved_at", "delivered_at")
    first = pl.col("withdrawn_at").is_not_null() & (pl.col("withdrawn_at") < processed).fill_null(True)
    return first & ~(pl.col("aside") & pl.col("resolved_at").is_not_null())


def _resolved() -> pl.Expr:
    return pl.when("withdrawn").then("withdrawn_at").otherwise(pl.coalesce("resolved_at", "delivered_at"))


def _last_phase() -> pl.Expr:
    return pl.when(pl.col("entered").is_null()).then("last_any").otherwise("last_going")


def _phase() -> pl.Expr:
    """The words of the last phase, or of the end that counts."""
    said = _last_phase().replace_strict(dict(enumerate(PHASES)), return_dtype=pl.String)
    ended = pl.any_horizontal(pl.col(f"{end}_at").is_not_null() for end in ENDS)
    return (
        pl.when(pl.col("refusal") | pl.col("aside") | ~ended)
        .then(said)
        .when("withdrawn")
        .then(pl.lit("withdrawn"))
        .when(pl.col("delivered_at").is_not_null())
        .then(pl.lit("delivered"))
        .otherwise(pl.lit("resolved"))
    )


def _flag_bits(rules: CaseRules) -> pl.Expr:
    """Of FLAGS."""
    col, entered = pl.col, pl.col("entered")
    has_resolved, has_delivered = (col(f"{end}_at").is_not_null() for end in ("resolved", "delivered"))
    first_any = pl.min_horizontal(f"{end}_any" for end in ENDS)
    processed = col("resolved_any").is_not_null() | col("delivered_any").is_not_null()
    conditions = (
        col("conflicting"),
        entered.is_null() & (col("opened") | processed),
        col("first_end") < col("since"),
        col("first_end") < col("entered_last"),
        col("resolved_times") > 1,
        has_delivered & ~has_resolved,
        col("refused") >= entered,
        col("before") > entered,
        col("withdrawn_at").is_not_null() & ~col("withdrawn"),
        col("withdrawn") & (has_resolved | has_delivered),
        first_any < entered,
        col("unknown"),
        transitions.unexpected(rules),
        pl.lit(value=False) if rules.authority is None else col("disagreed"),
    )
    return bits(conditions)
