"""Detail of months -> a period's measures per group, counted anew at every level: none is a sum of others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

SHARES = {  # measure: what of which
    "services_online_share": ("services_online", "services"),
    "services_full_share": ("services_full", "services_levelled"),
    "on_time_share": ("on_time", "resolved"),
    "letter_share": ("letters", "owed"),
    "reception_share": ("reception_in_time", "receptions"),
}
HOURS = {"hours_p50": 50, "hours_p90": 90, "hours_p99": 99}
LEVELLED = ("services_full", "services_partial", "records_full", "records_partial", "services_full_share")
_COUNTED = ("services", "services_online", "letter_missing", "reception_late", "withdrawn", "set_aside")
_SUMMED = ("resolved", "letter_missing", "reception_in_time", "reception_late", "withdrawn", "set_aside")
NAMES = (*_COUNTED, *LEVELLED[:-1], *SHARES, *HOURS)


def measured(
    procedures: pl.DataFrame,
    hours: pl.DataFrame,
    groups: Mapping[str, str],
    online: Sequence[str],
    levels: bool = True,
) -> pl.DataFrame:
    """Frame with group and NAMES, sorted by group; a measure of nothing is null.

    procedures: agency, channel, procedure and details.PROCEDURE_FIGURES; hours: agency, hours, resolved; any
    number of months. groups: agency -> its group; one not named has none (''). online: the channels that are.
    levels: whether the months were counted by level of service; LEVELLED are null where they were not.
    A service generated records where any was new in the period; procedures not named are no service. One of
    which records of either level came is of both, and once in the whole that its share is of. Shares
    are of 100. Hours: the least number of begun working hours within which that share of cases ended.
    """
    rows = procedures.with_columns(group=_group(groups))
    service = pl.col("procedure")
    named = service != ""
    is_new, full, partial = (
        named & (pl.col(name) > 0) for name in ("new", "full_service", "partial_service")
    )
    counted = rows.group_by("group").agg(
        *(pl.col(name).sum() for name in _SUMMED),
        services=service.filter(is_new).n_unique(),
        services_online=service.filter(is_new & pl.col("channel").is_in(list(online))).n_unique(),
        services_full=service.filter(full).n_unique(),
        services_partial=service.filter(partial).n_unique(),
        services_levelled=service.filter(full | partial).n_unique(),
        records_full=pl.col("full_service").sum(),
        records_partial=pl.col("partial_service").sum(),
        letters=(pl.col("letter_in_time") + pl.col("letter_late")).sum(),
        owed=(pl.col("letter_in_time") + pl.col("letter_late") + pl.col("letter_missing")).sum(),
        receptions=(pl.col("reception_in_time") + pl.col("reception_late")).sum(),
        on_time=(pl.col("resolved") - pl.col("late")).sum(),
    )
    shares = {
        name: pl.when(pl.col(of) > 0).then(pl.col(part) * 100 / pl.col(of))
        for name, (part, of) in SHARES.items()
    }
    timed = percentiles(hours.with_columns(group=_group(groups)))
    found = counted.join(timed, on="group", how="left").with_columns(**shares)
    if not levels:
        found = found.with_columns(pl.lit(None, found.schema[name]).alias(name) for name in LEVELLED)
    return found.select("group", *NAMES).sort("group")


def percentiles(hours: pl.DataFrame) -> pl.DataFrame:
    """Frame with group, hours and resolved -> group and HOURS, by nearest rank."""
    upto = (
        hours.group_by("group", "hours")
        .agg(pl.col("resolved").sum())
        .filter(pl.col("resolved") > 0)
        .sort("group", "hours")
    )
    ranked = upto.with_columns(
        below=pl.col("resolved").cum_sum().over("group"), all=pl.col("resolved").sum().over("group")
    )
    return ranked.group_by("group").agg(
        **{
            name: pl.col("hours").filter(pl.col("below") * 100 >= pl.col("all") * share).min()
            for name, share in HOURS.items()
        }
    )


def _group(groups: Mapping[str, str]) -> pl.Expr:
    return pl.col("agency").replace_strict(dict(groups), default="", return_dtype=pl.String)
