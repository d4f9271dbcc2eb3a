"""The subset of SQL that polars and PostgreSQL read alike: each node is checked and said in both."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

import polars as pl
from sqlglot import exp

from ioc.kernel.cases import CASES
from ioc.kernel.events import instant_in

Kind = Literal["text", "instant", "date", "boolean", "integer"]
Build = Callable[[datetime, date], pl.Expr]
Combine = Callable[[pl.Expr, pl.Expr], pl.Expr]

_KINDS: dict[object, Kind] = {
    pl.String: "text",
    pl.Datetime: "instant",
    pl.Date: "date",
    pl.Boolean: "boolean",
    pl.Int32: "integer",
}
COLUMNS: dict[str, Kind] = {
    name: _KINDS[dtype.base_type()] for name, dtype in CASES.items() if dtype.base_type() in _KINDS
}
Reading = Callable[[pl.Expr], pl.Expr]
_ATTRIBUTES: dict[object, tuple[Kind, str, Reading]] = {  # a whole number may have been sent as 1.0
    "text": ("text", "{}", lambda said: said),
    "integer": ("integer", "{}::numeric::int", lambda said: said.cast(pl.Float64).cast(pl.Int32)),
    "boolean": ("boolean", "{}::boolean", lambda said: said == "true"),
    "instant": ("instant", "{}::timestamptz", instant_in),
    "date": ("date", "{}::date", lambda said: said.str.to_date("%Y-%m-%d")),
}
_ORDERS: dict[type[exp.Expression], tuple[str, Combine]] = {
    exp.LT: ("<", operator.lt),
    exp.LTE: ("<=", operator.le),
    exp.GT: (">", operator.gt),
    exp.GTE: (">=", operator.ge),
}
_COMPARISONS: dict[type[exp.Expression], tuple[str, Combine]] = {
    exp.EQ: ("=", operator.eq),
    exp.NEQ: ("<>", operator.ne),
    exp.NullSafeEQ: ("IS NOT DISTINCT FROM", pl.Expr.eq_missing),
    exp.NullSafeNEQ: ("IS DISTINCT FROM", pl.Expr.ne_missing),
    **_ORDERS,
}
ALLOWED = (
    "AND, OR, NOT, = <> < <= > >=, BETWEEN, IN (literals), IS [NOT] NULL, IS [NOT] DISTINCT FROM, COALESCE, "
    "case columns, literals, at, at_date"
)


class MeasureRefused(ValueError):
    """A measure outside the subset: the part that is refused, and the mend."""

    def __init__(self, part: str, mend: str) -> None:
        super().__init__(f"{part}: not allowed in a measure; {mend}")
        self.part = part
        self.mend = mend


@dataclass(frozen=True)
class Term:
    """A checked part of the expression, in both engines' words."""

    kind: Kind
    sql: str
    build: Build


def _shown(node: exp.Expression) -> str:
    return node.sql(dialect="postgres", comments=False)


def _term(node: exp.Expression) -> Term:
    reader, parts = _READERS.get(type(node), (None, frozenset[str]()))
    if reader is None:
        raise MeasureRefused(_shown(node), f"use only {ALLOWED}")
    if strangers := [name for name, value in node.args.items() if value and name not in parts]:
        raise MeasureRefused(_shown(node), f"write it without {strangers[0]}")
    return reader(node)


def boolean(node: exp.Expression, where: str) -> Term:
    term = _term(node)
    if term.kind != "boolean":
        raise MeasureRefused(_shown(node), f"{where} must be true or false, and this is of kind {term.kind}")
    return term


def _alike(node: exp.Expression, parts: list[exp.Expression]) -> list[Term]:
    """The parts of a comparison: all of one kind."""
    if any(isinstance(part, exp.Null) for part in parts):
        raise MeasureRefused(_shown(node), "NULL is known by IS [NOT] NULL alone")
    terms = [_term(part) for part in parts]
    if len(kinds := {term.kind for term in terms}) > 1:
        raise MeasureRefused(_shown(node), f"compare like with like, not {' with '.join(sorted(kinds))}")
    return terms


def _column(node: exp.Expression) -> Term:
    name = node.name if node.this.quoted else node.name.lower()
    if name == "at":
        return Term("instant", "%(at)s::timestamptz", lambda at, _: _instant(at))
    if name == "at_date":
        return Term("date", "%(at_date)s::date", lambda _, on: pl.lit(on, pl.Date()))
    if (kept := node.meta.get("attribute")) in _ATTRIBUTES:
        return _attribute(node.name, str(kept))
    if name not in COLUMNS:
        raise MeasureRefused(_shown(node), f"take a column of cases ({', '.join(COLUMNS)}) or at, at_date")
    return Term(COLUMNS[name], name, lambda *_: pl.col(name))


def attribute_sql(name: str, kind: str) -> str:
    """What a case says of its feed's attribute, in PostgreSQL's words, by the attribute's kind."""
    return _ATTRIBUTES[kind][1].format(f"(attributes->>'{name}')")


def _attribute(name: str, kept: str) -> Term:
    """A text in the JSON object `attributes` of a case, read as its kind."""
    kind, _, read = _ATTRIBUTES[kept]
    said = pl.col("attributes").str.json_path_match(f"$.{name}")
    return Term(kind, attribute_sql(name, kept), lambda *_: read(said))


def _instant(at: datetime) -> pl.Expr:
    if at.tzinfo is None:
        raise ValueError(f"at: {at!r} has no zone; give an aware instant")
    return pl.lit(at.astimezone(UTC).replace(tzinfo=None), pl.Datetime("us")).dt.replace_time_zone("UTC")


def _literal(node: exp.Expression) -> Term:
    if isinstance(node, exp.Boolean):
        return _constant("boolean", bool(node.this), "TRUE" if node.this else "FALSE")
    text = str(node.this)
    if node.is_string:
        return _constant("text", text, "'" + text.replace("'", "''").replace("%", "%%") + "'")
    if not (text.isascii() and text.isdecimal() and int(text) < 2**31):
        raise MeasureRefused(_shown(node), "use a whole number below 2147483648")
    return _constant("integer", int(text), str(int(text)))


def _constant(kind: Kind, value: str | int | bool, sql: str) -> Term:
    return Term(kind, sql, lambda *_: pl.lit(value))


def _typed(node: exp.Expression) -> Term:
    """DATE '2024-01-31', TIMESTAMPTZ '2024-01-31T08:00:00Z'; a cast of anything else is refused."""
    mend = "of casts only DATE '2024-01-31' and TIMESTAMPTZ '2024-01-31T08:00:00Z' are taken"
    if not (isinstance(node.this, exp.Literal) and node.this.is_string):
        raise MeasureRefused(_shown(node), mend)
    text, wanted = str(node.this.this), node.args["to"].this
    try:
        if wanted is exp.DataType.Type.DATE:
            on = date.fromisoformat(text)
            return Term("date", f"DATE '{on.isoformat()}'", lambda *_: pl.lit(on, pl.Date()))
        if wanted is exp.DataType.Type.TIMESTAMPTZ and (at := datetime.fromisoformat(text)).tzinfo:
            return Term("instant", f"TIMESTAMPTZ '{at.isoformat()}'", lambda *_: _instant(at))
    except ValueError as exc:
        raise MeasureRefused(_shown(node), mend) from exc
    raise MeasureRefused(_shown(node), mend)


def _joined(node: exp.Expression) -> Term:
    word, combine = ("AND", operator.and_) if isinstance(node, exp.And) else ("OR", operator.or_)
    left, right = (boolean(side, f"each side of {word}") for side in (node.this, node.expression))
    return _pair(left, word, right, combine)


def _pair(left: Term, word: str, right: Term, combine: Combine) -> Term:
    def build(at: datetime, on: date) -> pl.Expr:
        return combine(left.build(at, on), right.build(at, on))

    return Term("boolean", f"({left.sql} {word} {right.sql})", build)


def _not(node: exp.Expression) -> Term:
    inner = boolean(node.this, "what NOT turns round")
    return Term("boolean", f"(NOT {inner.sql})", lambda at, on: ~inner.build(at, on))


def _compared(node: exp.Expression) -> Term:
    word, combine = _COMPARISONS[type(node)]
    left, right = _alike(node, [node.this, node.expression])
    if type(node) in _ORDERS:
        _ordered(node, left)
    return _pair(left, word, right, combine)


def _ordered(node: exp.Expression, term: Term) -> None:
    if term.kind in ("text", "boolean"):
        raise MeasureRefused(_shown(node), f"the engines may order {term.kind} differently; use = or IN")


def _between(node: exp.Expression) -> Term:
    value, low, high = _alike(node, [node.this, node.args["low"], node.args["high"]])
    _ordered(node, value)
    return _pair(
        _pair(value, ">=", low, operator.ge), "AND", _pair(value, "<=", high, operator.le), operator.and_
    )


def _in(node: exp.Expression) -> Term:
    choices = node.expressions
    if not choices or not all(isinstance(choice, exp.Literal) for choice in choices):
        raise MeasureRefused(_shown(node), "give IN a list of literals")
    value, *terms = _alike(node, [node.this, *choices])
    equals = [_pair(value, "=", term, operator.eq) for term in terms]
    either = functools.reduce(lambda left, right: _pair(left, "OR", right, operator.or_), equals)
    return Term("boolean", f"({value.sql} IN ({', '.join(term.sql for term in terms)}))", either.build)


def _is(node: exp.Expression) -> Term:
    if not isinstance(node.expression, exp.Null):
        raise MeasureRefused(_shown(node), "only IS [NOT] NULL is taken; name the boolean itself, or NOT it")
    term = _term(node.this)
    if node.args.get("negate"):
        return Term("boolean", f"({term.sql} IS NOT NULL)", lambda at, on: term.build(at, on).is_not_null())
    return Term("boolean", f"({term.sql} IS NULL)", lambda at, on: term.build(at, on).is_null())


def _coalesced(node: exp.Expression) -> Term:
    terms = _alike(node, [node.this, *node.expressions])
    sql = f"COALESCE({', '.join(term.sql for term in terms)})"
    return Term(terms[0].kind, sql, lambda at, on: pl.coalesce(term.build(at, on) for term in terms))


_SIDES = frozenset({"this", "expression"})
_READERS: dict[type[exp.Expression], tuple[Callable[[exp.Expression], Term], frozenset[str]]] = {
    exp.Paren: (lambda node: _term(node.this), _SIDES),
    exp.Column: (_column, frozenset({"this"})),
    exp.Literal: (_literal, frozenset({"this", "is_string"})),
    exp.Boolean: (_literal, frozenset({"this"})),
    exp.Cast: (_typed, frozenset({"this", "to"})),
    exp.And: (_joined, _SIDES),
    exp.Or: (_joined, _SIDES),
    exp.Not: (_not, _SIDES),
    exp.Between: (_between, frozenset({"this", "low", "high"})),
    exp.In: (_in, frozenset({"this", "expressions"})),
    exp.Is: (_is, frozenset({"this", "expression", "negate"})),
    exp.Coalesce: (_coalesced, frozenset({"this", "expressions"})),
    **dict.fromkeys(_COMPARISONS, (_compared, _SIDES)),
}
