"""Whose figures a form holds: one agency's, or those of all agencies under one by the reference data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from ioc.errors import BadInput, Stop
from ioc.kernel.flow import FLOWS
from ioc.warehouse.months import STOCKS
from schemas import Agency, Feed, Form, near
from schemas.history import History

KINDS = ("online", "direct", "postal")
NAMED = {"agency_name": pl.String, "level": pl.String}


@dataclass(frozen=True)
class Whose:
    """An agency on a period's last day. `agencies` None: every one, also those that nobody knows."""

    code: str
    name: str
    agencies: frozenset[str] | None


def whose(
    form: Form, history: History, names: Mapping[str, str], code: str, on: date, seen: frozenset[str]
) -> Whose:
    """Of which agencies a form of `code` is. `names`: those known by name, `seen`: those with figures.

    A form of many holds all that stand under `code` on the day, itself among them; that of the only top with
    figures also what names no known agency, so that no case falls between the forms. BadInput for an
    unknown agency, or one of no reference data on a form of many; Stop where such cases could be anybody's.
    """
    version = history.agency_said(code, on)
    if version is None and code not in {*names, *seen}:
        known = sorted({*history.versions, *names, *seen})
        raise BadInput("agency", code, f"no agency has this code{near(code, known)}")
    name = version.name if version else names.get(code, code)
    if form.agencies == "one":
        return Whose(code, name, frozenset({code}))
    if version is None:
        raise BadInput("agency", code, f"form {form.form} is of agencies under one of the reference data")
    return Whose(code, name, all_under(history, version, on, seen, f"form {form.form}"))


def all_under(
    history: History, version: Agency, on: date, seen: frozenset[str], what: str
) -> frozenset[str] | None:
    """The agency and all that stand under it on the day; None: every one, for the only top with figures.

    `seen`: those with figures. Stop, saying of `what`, where some of no reference data could be anybody's.
    """
    code = version.code
    tops = {one: top(history, one, on) for one in seen}
    strays = sorted(one for one, its in tops.items() if its is None)
    if version.parent is not None or not strays:
        return frozenset(one for one in history.versions if code in ancestry(history, one, on)) | {code}
    if others := sorted({its for its in tops.values() if its not in (None, code)}):
        raise Stop(
            f"{what} of {code}: {', '.join(map(repr, strays))} are in no reference data"
            f" and could stand under {', '.join([code, *others])}; add them to agencies.csv"
        )
    return None


def ancestry(history: History, code: str, on: date) -> list[str]:
    """The agency and those above it, upwards, as codes said on the day mean; empty for an unknown one."""
    found: list[str] = []
    at: str | None = code
    while at is not None and at not in found and (version := history.agency_said(at, on)):
        found.append(at)
        at = version.parent
    return found


def top(history: History, code: str, on: date) -> str | None:
    """The topmost agency over it; None for an unknown one."""
    above = ancestry(history, code, on)
    return above[-1] if above else None


def chosen(frame: pl.DataFrame, of: Whose) -> pl.DataFrame:
    """The rows of its agencies."""
    return frame if of.agencies is None else frame.filter(pl.col("agency").is_in(sorted(of.agencies)))


def named(frame: pl.DataFrame, history: History, names: Mapping[str, str], on: date) -> pl.DataFrame:
    """With `agency_name` and `level` on the day; no agency and no sector are null, as forms take them."""
    codes = frame["agency"].unique().to_list()
    said = [(code, history.agency_said(code, on)) for code in codes]
    told = [(c, v.name if v else names.get(c, c or None), v.level if v else None) for c, v in said]
    labels = pl.DataFrame(told, schema={"agency": pl.String, **NAMED}, orient="row")
    blank = [pl.col(name).replace("", None) for name in ("agency", "sector")]
    return frame.join(labels, on="agency", how="left").with_columns(blank)


def by_kind(frame: pl.DataFrame, feed: Feed) -> pl.DataFrame:
    """Frame of PERIOD_MONTHS -> a row per agency and sector, `new` told apart as forms count channels.

    BadInput where the feed does not say how, or not of a channel that has cases.
    """
    if not feed.channel_kinds:
        raise BadInput(
            "feed", feed.feed, f"it has no forms: give its channels `channel_kinds` in {feed.file}"
        )
    if strange := sorted(set(frame["channel"]) - set(feed.channel_kinds)):
        raise BadInput("channel", strange[0], f"give it a kind in `channel_kinds` of {feed.file}")
    kind = pl.col("channel").replace_strict(feed.channel_kinds, return_dtype=pl.String)
    new = [pl.col("new").filter(kind == one).sum().alias(f"new_{one}") for one in KINDS]
    others = ["carried_over", *(name for name in FLOWS if name != "new"), *STOCKS]
    return frame.group_by("agency", "sector").agg(*new, pl.col(others).sum()).sort("agency", "sector")
