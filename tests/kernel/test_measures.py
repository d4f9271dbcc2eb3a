"""A measure is held to the subset: what is allowed works in polars, what is not is refused with the mend."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import polars as pl
import pytest

from ioc.kernel.fold import CASES
from ioc.kernel.measures import Measure
from ioc.kernel.subset import MeasureRefused

AT = datetime(2024, 3, 5, 3, 0, tzinfo=UTC)
TODAY = date(2024, 3, 5)
OPEN = dict.fromkeys(CASES) | {
    "in_figures": True,
    "withdrawn": False,
    "events": 3,
    "status": "4",
    "phase": "open",
}
OPEN |= {"entered_on": TODAY, "due_at": AT, "due_on": TODAY, "agency": "50% O'Hara"}


def counts(text: str, **fields: object) -> bool | None:
    """What the measure says of one case."""
    cases = pl.DataFrame([OPEN | fields], schema=CASES)
    said: bool | None = cases.select(Measure.parse(text).polars(AT, TODAY)).item()
    return said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("in_figures", True),
        ("TRUE", True),
        ("FALSE", False),
        ("in_figures AND withdrawn", False),
        ("in_figures OR withdrawn", True),
        ("NOT in_figures", False),
        ("status = '4'", True),
        ("status <> '4'", False),
        ("status != '4'", False),
        ("events < 3", False),
        ("events <= 3", True),
        ("events > 2", True),
        ("events >= 4", False),
        ("events BETWEEN 3 AND 4", True),
        ("events NOT BETWEEN 3 AND 4", False),
        ("status IN ('4', '5')", True),
        ("status NOT IN ('4', '5')", False),
        ("events IN (1, 2)", False),
        ("resolved_at IS NULL", True),
        ("resolved_at IS NOT NULL", False),
        ("NOT resolved_at IS NULL", False),
        ("resolved_at IS DISTINCT FROM due_at", True),
        ("channel IS NOT DISTINCT FROM procedure", True),
        ("COALESCE(channel, 'none') = 'none'", True),
        ("COALESCE(channel, procedure, phase) = 'open'", True),
        ("due_at < at", False),
        ("due_at <= at", True),
        ("due_on = at_date", True),
        ("due_on = DATE '2024-03-05'", True),
        ("due_at = TIMESTAMPTZ '2024-03-05T10:00:00+07:00'", True),
        ("(in_figures) AND (status = '4' OR withdrawn)", True),
        ("IN_FIGURES and Due_On = AT_DATE", True),
        ("agency = '50% O''Hara'", True),
        ("resolved_at < at", None),
        ("NOT (resolved_at < at)", None),
        ("resolved_at < at OR in_figures", True),
        ("resolved_at < at AND withdrawn", False),
        ("channel IN ('online')", None),
        ("channel NOT IN ('online')", None),
        ("resolved_at BETWEEN at AND at", None),
    ],
)
def test_what_is_allowed(text: str, said: bool | None) -> None:
    assert counts(text) is said


@pytest.mark.parametrize(
    ("text", "part", "mend"),
    [
        ("in_figures AND", "in_figures AND", "it is not SQL"),
        ("", "", "exactly one expression"),
        ("in_figures; withdrawn", "in_figures; withdrawn", "exactly one expression"),
        ("status", "status", "must be true or false"),
        ("in_figures AND status", "status", "each side of AND"),
        ("NOT status", "status", "what NOT turns round"),
        ("colour = 'red'", "colour", "take a column of cases"),
        ("flags = 'reopened'", "flags", "take a column of cases"),
        ("\"Status\" = '4'", '"Status"', "take a column of cases"),
        ("cases.status = '4'", "cases.status", "write it without table"),
        ("status = 4", "status = 4", "compare like with like, not integer with text"),
        ("due_on < at", "due_on < at", "compare like with like, not date with instant"),
        ("due_at = '2024-01-01'", "due_at = '2024-01-01'", "like with like"),
        ("status = NULL", "status = NULL", "NULL is known by IS [NOT] NULL"),
        ("status < '5'", "status < '5'", "may order text differently"),
        ("withdrawn > in_figures", "withdrawn > in_figures", "may order boolean differently"),
        ("status BETWEEN '1' AND '5'", "status BETWEEN '1' AND '5'", "may order text differently"),
        (
            "events BETWEEN SYMMETRIC 4 AND 3",
            "events BETWEEN SYMMETRIC 4 AND 3",
            "write it without symmetric",
        ),
        ("status IN (phase)", "status IN (phase)", "a list of literals"),
        ("status IN ('4', NULL)", "status IN ('4', NULL)", "a list of literals"),
        ("status IN (SELECT '4')", "status IN (SELECT '4')", "write it without query"),
        ("withdrawn IS TRUE", "withdrawn IS TRUE", "only IS [NOT] NULL"),
        ("events / 2 = 1", "events / 2", "use only AND, OR"),
        ("events + 1 = 4", "events + 1", "use only AND, OR"),
        ("events = -1", "-1", "use only AND, OR"),
        ("events = 1.5", "1.5", "a whole number"),
        ("events = 2147483648", "2147483648", "a whole number"),
        ("due_at::date = at_date", "CAST(due_at AS DATE)", "of casts only"),
        ("due_on = DATE '2024-02-30'", "CAST('2024-02-30' AS DATE)", "of casts only"),
        ("due_at = TIMESTAMPTZ '2024-03-05T10:00:00'", "'2024-03-05T10:00:00'", "of casts only"),
        ("due_at = TIMESTAMP '2024-03-05T10:00:00'", "'2024-03-05T10:00:00'", "of casts only"),
        ("EXTRACT(year FROM due_on) = 2024", "EXTRACT(YEAR FROM due_on)", "use only AND, OR"),
        ("due_at AT TIME ZONE 'UTC' = at", "AT TIME ZONE", "use only AND, OR"),
        ("due_at < now()", "CURRENT_TIMESTAMP", "use only AND, OR"),
        ("due_on < CURRENT_DATE", "CURRENT_DATE", "use only AND, OR"),
        ("status LIKE '4%'", "status LIKE", "use only AND, OR"),
        ("status ~ '4'", "status ~", "use only AND, OR"),
        ("lower(status) = '4'", "LOWER(status)", "use only AND, OR"),
        ("status || 'x' = '4x'", "status || 'x'", "use only AND, OR"),
        ("CASE WHEN withdrawn THEN TRUE END", "CASE WHEN withdrawn", "use only AND, OR"),
        ("EXISTS (SELECT 1)", "EXISTS", "use only AND, OR"),
        ("COALESCE(channel, 1) = 'x'", "COALESCE(channel, 1)", "like with like"),
        ("status = %(at)s", "%(at)s", "use only AND, OR"),
        ("status = $1", "$1", "use only AND, OR"),
        ("status = '4' COLLATE \"C\"", "COLLATE", "use only AND, OR"),
        ("in_figures AS x", "in_figures AS x", "use only AND, OR"),
        ("SELECT TRUE", "SELECT TRUE", "use only AND, OR"),
        ("DROP TABLE cases", "DROP TABLE cases", "use only AND, OR"),
        ("in_figures" + " OR in_figures" * 400, "in_figures OR in_figures", "keep it under 4000 characters"),
    ],
)
def test_what_is_refused(text: str, part: str, mend: str) -> None:
    with pytest.raises(MeasureRefused) as refusal:
        Measure.parse(text)
    assert part in refusal.value.part
    assert mend in str(refusal.value)


def test_the_same_text_for_postgres_with_parameters_and_escaped_percents() -> None:
    measure = Measure.parse("in_figures AND agency = '50% O''Hara' AND due_on < at_date AND due_at >= at")
    assert measure.postgres() == (
        "(((in_figures AND (agency = '50%% O''Hara')) AND (due_on < %(at_date)s::date))"
        " AND (due_at >= %(at)s::timestamptz))"
    )


def test_an_instant_is_the_same_in_any_zone_and_refused_without_one() -> None:
    hanoi = AT.astimezone(timezone(timedelta(hours=7)))
    cases = pl.DataFrame([OPEN], schema=CASES)
    assert cases.select(Measure.parse("due_at = at").polars(hanoi, TODAY)).item() is True
    with pytest.raises(ValueError, match="has no zone"):
        Measure.parse("due_at = at").polars(datetime(2024, 3, 5), TODAY)  # noqa: DTZ001  it must be refused
