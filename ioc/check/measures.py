"""Measures keep to the subset of SQL, count alike in both engines, and a rate counts a part of its whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl
import psycopg

from ioc.check.cases import AT, KEPT, TODAY, made, named_in
from ioc.check.place import finding
from ioc.kernel.measures import Measure
from ioc.kernel.subset import COLUMNS, MeasureRefused
from ioc.warehouse.connection import Connection
from schemas import Feed, Finding
from schemas.findings import Path_

TYPES: Mapping[str, str] = {
    "text": "text",
    "instant": "timestamptz",
    "date": "date",
    "boolean": "boolean",
    "integer": "int",
}
TABLE = "made_case"


@dataclass(frozen=True)
class Tried:
    """One expression of a measure, where it stands, and the made cases that polars counts by it."""

    loc: Path_
    measure: Measure
    counted: frozenset[int]


class OfFeed:
    """A feed's measures, each tried on the same made cases."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self.refused: list[Finding] = []
        texts = [text for measure in feed.measures.values() for text in measure.expressions().values()]
        self.cases = made(feed, texts)
        parsed: dict[Path_, Measure] = {}
        for name, measure in feed.measures.items():
            for role, text in measure.expressions().items():
                loc = ("measures", name, role)
                try:
                    parsed[loc] = Measure.parse(text, feed.attribute_kinds)
                except MeasureRefused as exc:
                    mend = f"not allowed in a measure; {exc.mend}"
                    self.refused.append(finding(feed.file, loc, exc.part, mend))
        columns = [one.polars(AT, TODAY).alias(str(n)) for n, one in enumerate(parsed.values())]
        counted = [
            frozenset(column.arg_true()) for column in self.cases.select("n", *columns).get_columns()[1:]
        ]
        tried = zip(parsed.items(), counted, strict=True)
        self.tried = {loc: Tried(loc, measure, rows) for (loc, measure), rows in tried}

    def check(self) -> Iterator[Finding]:
        """What can be told without a warehouse."""
        yield from self.refused
        for name, measure in self.feed.measures.items():
            if measure.kind == "rate":
                yield from self._rate(name)

    def _rate(self, name: str) -> Iterator[Finding]:
        roles = ("denominator", "numerator", "where")
        whole, part, listed = (self.tried.get(("measures", name, role)) for role in roles)
        if whole and part and not part.counted <= whole.counted:
            mend = "it counts cases that the denominator does not; begin it with the denominator, AND …"
            yield finding(self.feed.file, part.loc, part.measure.text, mend)
        if whole and listed and listed.counted != whole.counted:
            mend = "a rate lists the cases of its denominator, and these are others; leave it out"
            yield finding(self.feed.file, listed.loc, listed.measure.text, mend)

    def compare(self, conn: Connection) -> Iterator[Finding]:
        """Each expression again in PostgreSQL, on the same cases; nothing is left there."""
        with conn.transaction(force_rollback=True):
            _store(conn, self.cases)
            for tried in self.tried.values():
                try:
                    rows = _counted(conn, tried.measure)
                except psycopg.Error as exc:
                    mend = f"PostgreSQL refuses it ({str(exc).splitlines()[0]}); say it in other words"
                    yield finding(self.feed.file, tried.loc, tried.measure.text, mend)
                    continue
                if strange := tried.counted ^ rows:
                    yield self._differing(tried, min(strange))

    def _differing(self, tried: Tried, n: int) -> Finding:
        row = self.cases.row(n, named=True)
        said = ", ".join(f"{name} {row[name]!r}" for name in self._columns(tried))
        by = "polars" if n in tried.counted else "PostgreSQL"
        mend = f"of a case with {said} only {by} says that it counts; say it in other words, and report it"
        return finding(self.feed.file, tried.loc, tried.measure.text, mend)

    def _columns(self, tried: Tried) -> list[str]:
        """The made columns that the measure reads."""
        named = named_in(self.feed, [tried.measure.text])
        return [
            name for name in self.cases.columns if name in named or (name == KEPT and named.keys() - COLUMNS)
        ]


def _counted(conn: Connection, measure: Measure) -> set[int]:
    """In a savepoint of its own, so that one that fails leaves the others to be tried."""
    query = f"select n from {TABLE} where {measure.postgres()}"
    with conn.transaction():
        rows = conn.execute(query.encode(), {"at": AT, "at_date": TODAY}).fetchall()
    return {int(str(n)) for (n,) in rows}


def _store(conn: Connection, cases: pl.DataFrame) -> None:
    columns = "".join(
        f", {name} {TYPES[COLUMNS[name]] if name in COLUMNS else 'jsonb'}" for name in cases.columns[1:]
    )
    conn.execute(f"create temp table {TABLE} (n int{columns}) on commit drop".encode())
    with conn.cursor() as cursor, cursor.copy(f"copy {TABLE} from stdin".encode()) as copy:
        for row in cases.iter_rows():
            copy.write_row(row)
