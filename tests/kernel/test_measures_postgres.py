"""polars and PostgreSQL count the same cases by one measure, on rows with NULLs and equal boundaries."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime

import polars as pl
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ioc.check.cases import AT, TODAY, VALUES
from ioc.check.measures import TYPES
from ioc.kernel.events import INSTANT
from ioc.kernel.fold import CASES
from ioc.kernel.measures import Measure
from ioc.kernel.subset import COLUMNS
from ioc.settings import Settings

pytestmark = pytest.mark.broker
ORDERED = ("<", "<=", ">", ">=")
ALIKE = ("=", "<>", "IS DISTINCT FROM", "IS NOT DISTINCT FROM")


def literal(value: object) -> str:
    match value:
        case bool():
            return str(value).upper()
        case int():
            return str(value)
        case datetime():
            return f"TIMESTAMPTZ '{value.isoformat()}'"
        case date():
            return f"DATE '{value.isoformat()}'"
        case _:
            return "'" + str(value).replace("'", "''") + "'"


def of_kind(kind: str) -> st.SearchStrategy[str]:
    """A term of this kind: a column, a literal, a bound name, or COALESCE of those."""
    names = [name for name, its_kind in COLUMNS.items() if its_kind == kind]
    simple = st.sampled_from(names) | st.sampled_from([literal(value) for value in VALUES[kind]])
    if kind in ("instant", "date"):
        simple |= st.just({"instant": "at", "date": "at_date"}[kind])
    return simple | st.lists(simple, min_size=1, max_size=3).map(
        lambda parts: f"COALESCE({', '.join(parts)})"
    )


def comparisons(kind: str) -> st.SearchStrategy[str]:
    term = of_kind(kind)
    words = ALIKE if kind in ("text", "boolean") else ALIKE + ORDERED
    found = st.tuples(term, st.sampled_from(words), term).map(" ".join)
    found |= st.tuples(term, st.sampled_from(("IS NULL", "IS NOT NULL"))).map(" ".join)
    if kind in ("text", "integer"):
        values = st.lists(st.sampled_from([literal(value) for value in VALUES[kind]]), min_size=1, max_size=3)
        among = values.map(lambda some: f"({', '.join(some)})")
        found |= st.tuples(term, st.sampled_from(("IN", "NOT IN")), among).map(" ".join)
    if kind not in ("text", "boolean"):
        found |= st.builds(
            "{} {} {} AND {}".format, term, st.sampled_from(("BETWEEN", "NOT BETWEEN")), term, term
        )
    return found


def joined(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    both = st.builds("({} {} {})".format, parts, st.sampled_from(("AND", "OR")), parts)
    return both | parts.map("NOT ({})".format)


atoms = st.one_of([comparisons(kind) for kind in VALUES] + [of_kind("boolean")])
measures = st.recursive(atoms, joined, max_leaves=6)
rows = st.fixed_dictionaries({name: st.sampled_from([None, *VALUES[kind]]) for name, kind in COLUMNS.items()})


@pytest.fixture(scope="module")
def connection(server: Settings) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    columns = ", ".join(f"{name} {TYPES[kind]}" for name, kind in COLUMNS.items())
    with psycopg.connect(server.warehouse_url, autocommit=True) as connection:
        connection.execute(f"create temp table some_case (n int, {columns})")
        yield connection


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=measures, some=st.lists(rows, min_size=1, max_size=12))
def test_both_engines_count_the_same_cases(
    connection: psycopg.Connection[tuple[object, ...]], text: str, some: list[dict[str, object]]
) -> None:
    measure = Measure.parse(text)
    frame = pl.DataFrame(some, schema={name: CASES[name] for name in COLUMNS}).with_row_index("n")
    by_polars = frame.filter(measure.polars(AT, TODAY))["n"].to_list()
    connection.execute("delete from some_case")
    holes = ", ".join(["%s"] * (len(COLUMNS) + 1))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"insert into some_case values ({holes})",
            [(n, *(row[name] for name in COLUMNS)) for n, row in enumerate(some)],
        )
    found = connection.execute(
        f"select n from some_case where {measure.postgres()} order by n", {"at": AT, "at_date": TODAY}
    )
    assert [n for (n,) in found.fetchall()] == by_polars


kept = st.fixed_dictionaries(
    {
        "level": st.sampled_from([None, "1", "2.0", "2147483647", "-1"]),
        "urgent": st.sampled_from([None, "true", "false"]),
        "field": st.sampled_from([None, "", "a", "50% O'Hara"]),
    }
)
OF_KEPT = (
    *("level = 1", "level <> 2", "level < 2", "COALESCE(level, 7) > 2", "urgent", "NOT urgent"),
    *("urgent IS NOT DISTINCT FROM TRUE", "field = ''", "field IS NULL", "field IN ('a', '50% O''Hara')"),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=joined(st.sampled_from(OF_KEPT)), some=st.lists(kept, min_size=1, max_size=12))
def test_both_engines_read_attributes_alike(
    connection: psycopg.Connection[tuple[object, ...]], text: str, some: list[dict[str, str | None]]
) -> None:
    measure = Measure.parse(text, {"level": "integer", "urgent": "boolean", "field": "text"})
    texts = [json.dumps(one) for one in some]
    frame = pl.DataFrame({"n": range(len(texts)), "attributes": texts})
    by_polars = frame.filter(measure.polars(AT, TODAY))["n"].to_list()
    found = connection.execute(
        "select n - 1 from unnest(%(texts)s::jsonb[]) with ordinality kept (attributes, n)"
        f" where {measure.postgres()} order by n".encode(),
        {"texts": texts, "at": AT, "at_date": TODAY},
    )
    assert [n for (n,) in found.fetchall()] == by_polars


def test_the_generated_rows_cover_every_kind() -> None:
    assert {INSTANT, pl.Date, pl.String, pl.Boolean, pl.Int32} == {CASES[name] for name in COLUMNS}
