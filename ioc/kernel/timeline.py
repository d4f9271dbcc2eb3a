"""What only the order of a case's events tells: pauses, moved due dates, apologies.

Few cases have any, so only these are sorted.
"""

from __future__ import annotations

from datetime import datetime

import polars as pl

from ioc.kernel.clocks import ClockRules
from ioc.kernel.events import INSTANT
from ioc.kernel.limits import POLICIES, REASONS
from ioc.kernel.rules import ENDS, PHASES, CaseRules

_PAUSED, _NOTE = PHASES.index("paused"), PHASES.index("note")

TOLD = pl.Schema(
    {
        "case_id": pl.String(),
        "pauses": pl.Int32(),
        "supplements": pl.Int32(),
        "paused_work": pl.Int64(),
        "deducted": pl.Int64(),
        "restarted": pl.Int64(),
        "paused_from": pl.Int64(),
        "pause_reason": pl.String(),
        "first_due": pl.Int64(),
        "moves": pl.Int32(),
        "bare_moves": pl.Int32(),
        "apology": pl.Int64(),
        "apology_due": pl.Int64(),
        "told": pl.Int64(),
        "late_supplement": pl.Boolean(),
        "fee_asked": pl.Int64(),
        "last_asked": pl.Int64(),
        "letters": pl.Int32(),
        "backwards": pl.Boolean(),
    }
)
NOTHING = TOLD.to_frame()
_READ = ("case_id", "order", "at", "status", "phase", "due", "apologises", "received", "source")
_CONSULT = ("consult", "agency", "due_at")


def told(rows: pl.LazyFrame, clocks: ClockRules, lagging: bool = True) -> pl.LazyFrame:
    """Rows of `ordered`, any of them `lagging` or not -> a row of TOLD per case; all instants Int64
    microseconds UTC.

    pauses, supplements: how many were asked between reception and end. paused_work: working microseconds of
    pauses that resume, since `restarted` (end of the last pause that restarts). deducted: microseconds waited
    for supplements, working or not. paused_from: since when it waits now. moves: due dates moved without a
    pause since the one before, both given from the reception on, be it after the end; bare_moves: without an
    apology either. apology: the first; apology_due: the due date it was held against. late_supplement: one
    was asked within `clocks.near_due` of the due date. fee_asked, last_asked: when a fee was asked first, and
    a fee or supplement last. letters: apologies, each at an instant of its own.
    """
    parts = [_pauses(rows, clocks), _moves(rows), _said(rows)]
    parts.append(_backwards(rows, clocks.backwards) if lagging else NOTHING.lazy())
    # Each column is told by one part alone, so its greatest is its only value; joins took twice as long.
    return pl.concat(parts, how="diagonal").group_by("case_id").agg(pl.all().max())


def ordered(facts: pl.LazyFrame, cases: pl.LazyFrame, rules: CaseRules) -> pl.LazyFrame:
    """Facts, and a row per eventful case with case_id, entered, resolved, key, pause_<reason>, lagging -> its
    facts in the fold's order, with what was known before each.

    paused_n, sorry_n: counts that grow with each pause and letter, to be compared within a case.
    """
    col, rows = pl.col, pl.int_range(pl.len())
    alive = (col("at") >= col("entered")) & (col("at") <= col("resolved")).fill_null(True)
    return (
        facts.select(*_READ, *(_CONSULT if rules.consults else ()))
        .join(cases.with_row_index("n"), on="case_id")
        .sort("n", "order")
        .with_columns(
            alive=alive.fill_null(False),
            begins=pl.when(_begins()).then(rows).forward_fill(),
            due_from=pl.when(col("due").is_not_null()).then(rows).forward_fill().shift(),
            due_before=col("due").forward_fill().shift(),
            sorry_n=col("apologises").cum_sum(),
            reason=pl.when(col("at").is_not_null()).then(_reason(rules)),
        )
        .with_columns(
            due_before=pl.when(col("due_from") >= col("begins")).then("due_before"),
            paused_n=((col("phase") == _PAUSED) & col("alive")).fill_null(False).cum_sum(),
        )
    )


def _reason(rules: CaseRules) -> pl.Expr:
    reasons = {} if rules.clocks is None else dict(rules.clocks.reasons)
    return pl.col("status").replace_strict(reasons, default=None, return_dtype=pl.String)


def _begins() -> pl.Expr:
    """Whether a row is its case's first."""
    return (pl.col("case_id") != pl.col("case_id").shift()).fill_null(True)


def spans(rows: pl.LazyFrame, clocks: ClockRules) -> pl.LazyFrame:
    """From each status that speaks to the next: until, reason, working microseconds, and policy by its place
    in POLICIES.
    """
    col = pl.col
    policies = (pl.when(col("reason") == name).then(f"pause_{name}") for name in REASONS)
    following = pl.when(~_begins().shift(-1).fill_null(True)).then(col("at").shift(-1))
    return (
        rows.filter(col("alive") & (col("phase") != _NOTE))
        .with_columns(until=following, reason=col("reason").fill_null("stop"))
        .with_columns(
            policy=pl.coalesce(*policies), work=clocks.worktime.between(col("at"), col("until"), col("key"))
        )
    )


def parted(spans: pl.LazyFrame, clocks: ClockRules, at: datetime | None) -> pl.LazyFrame:
    """The spans of one case as fold.intervals gives them; what still lasts, lasts up to `at`."""
    col = pl.col
    reopened = (col("until") > col("at")).fill_null(False)  # no end after all: the clock ran on
    ended = col("phase").is_in([PHASES.index(end) for end in ENDS]) & ~reopened
    waits = (col("phase") == _PAUSED) & (col("policy") != POLICIES.index("none"))
    now = pl.max_horizontal("at", pl.lit(at).cast(INSTANT).cast(pl.Int64))
    so_far = clocks.worktime.between(col("at"), now, col("key"))
    anew = (
        pl.when((col("phase") == _PAUSED) & (col("policy") == POLICIES.index("restart"))).then("until").max()
    )
    phase = col("phase").replace_strict(dict(enumerate(PHASES)), return_dtype=pl.String)
    part = pl.when(ended).then(pl.lit("end")).when(waits).then(pl.lit("paused")).otherwise(pl.lit("counted"))
    lasting = col("until").is_null() & ~ended & pl.lit(at is not None)
    return spans.with_columns(
        phase=phase,
        policy=col("policy").replace_strict(dict(enumerate(POLICIES)), return_dtype=pl.String),
        part=part,
        voided=(col("at") < anew).fill_null(False),
        work=pl.when(lasting).then(so_far).otherwise("work"),
    ).select("status", "phase", "at", "until", "reason", "policy", "work", "part", "voided", "key")


def _pauses(rows: pl.LazyFrame, clocks: ClockRules) -> pl.LazyFrame:
    col = pl.col
    asked, open_ = col("reason") == "supplement", col("until").is_null()
    restarted = col("until").filter(col("policy") == POLICIES.index("restart")).max()
    counted = (col("policy") == POLICIES.index("resume")) & (col("at") >= restarted).fill_null(True)
    near = (col("due_before") - col("at")).is_between(0, clocks.near_due).fill_null(False)
    paused = spans(rows, clocks).filter(col("phase") == _PAUSED)
    return paused.group_by("case_id").agg(
        pauses=pl.len().cast(pl.Int32),
        supplements=asked.sum().cast(pl.Int32),
        paused_work=col("work").filter(counted).sum(),
        deducted=(col("until") - col("at")).filter(asked).sum(),
        restarted=restarted,
        paused_from=col("at").filter(open_).max(),
        pause_reason=col("reason").filter(open_).last(),
        late_supplement=(asked & near).any(),
    )


def _moves(rows: pl.LazyFrame) -> pl.LazyFrame:
    """From the rows that give a due date."""
    col = pl.col
    promised = (col("at") >= col("entered")) & (col("at").shift() >= col("entered"))  # not before the receipt
    moved = promised & ~_begins() & (col("due") != col("due").shift())
    unpaused = moved & (col("paused_n") == col("paused_n").shift())
    return (
        rows.filter(col("due").is_not_null())
        .with_columns(unpaused=unpaused, bare=unpaused & (col("sorry_n") == col("sorry_n").shift()))
        .group_by("case_id", maintain_order=True)
        .agg(
            first_due=col("due").first(),
            moves=col("unpaused").sum().cast(pl.Int32),
            bare_moves=col("bare").sum().cast(pl.Int32),
        )
    )


def _said(rows: pl.LazyFrame) -> pl.LazyFrame:
    """From the rows of letters and ends, and those that ask the citizen for something."""
    col, asked = pl.col, pl.col("reason").is_in(["fee", "supplement"])
    ended = col("phase").is_in([PHASES.index(end) for end in ENDS]).fill_null(False)
    at_the_end = ended & (col("at") == col("resolved")).fill_null(False)
    letter = col("apologises")
    return (
        rows.filter(letter | at_the_end | asked)
        .group_by("case_id", maintain_order=True)
        .agg(
            apology=col("at").filter(letter).min(),
            apology_due=pl.coalesce("due_before", "due").filter(letter).drop_nulls().first(),
            letters=col("at").filter(letter).n_unique().cast(pl.Int32),
            told=col("received").filter(at_the_end).min(),
            fee_asked=col("at").filter(col("reason") == "fee").min(),
            last_asked=col("at").filter(asked).max(),
        )
    )


def _backwards(rows: pl.LazyFrame, most: int) -> pl.LazyFrame:
    """Cases of which one source, over `most` microseconds later by our clock, told an instant that lies over
    `most` before one it had told: each event against the earliest receipt of all that lie so far after it.
    """
    col, by = pl.col, ("case_id", "source")
    got = col("received")
    told = rows.filter(col("lagging") & col("at").is_not_null()).select(*by, "at", got=got)
    first = told.group_by(*by, "at").agg(col("got").min()).sort("at")
    ahead = first.select(*by, since="at", earliest=col("got").cum_min(reverse=True).over(by))
    against = told.with_columns(after=col("at") + most + 1).sort("after")
    held = against.join_asof(
        ahead, left_on="after", right_on="since", by=by, strategy="forward", check_sortedness=False
    )
    back = held.filter(col("got") - col("earliest") > most)
    return back.select("case_id").unique().with_columns(backwards=pl.lit(value=True))
