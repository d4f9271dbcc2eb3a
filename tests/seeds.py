"""The figures of the seed articles as `tests/seeds.yaml` lists them, and what can be wrong with the list."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator

from schemas.yaml_file import YamlFile

ROOT = Path(__file__).parents[1]
LIST = ROOT / "tests/seeds.yaml"
ARTICLES = ROOT.parent / "shared/seeds"
NUMBER = re.compile(
    r"\d+(?:[.,]\d+)*|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
    r"|dozen|hundred|thousand|million|half)\b",
    re.IGNORECASE,
)


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Figure(Shape):
    """A printed number; `test` or `why` says what became of it."""

    id: str
    file: str
    phrase: str
    value: Decimal
    unit: str
    rounding: int  # decimals as printed
    feed: str
    period: str | None = None
    bound: Literal["over"] | None = None
    test: str | None = None
    why: str | None = None
    note: str | None = None

    @property
    def printed(self) -> str:
        """The value as the article prints it: 1,744 or 52.8."""
        return f"{self.value:,.{self.rounding}f}"

    @model_validator(mode="after")
    def _one_fate(self) -> Self:
        if bool(self.test) == bool(self.why):
            raise ValueError(f"{self.id}: give either the test that reproduces it or why none does")
        if Decimal(self.printed.replace(",", "")) != self.value:
            raise ValueError(f"{self.id}: {self.value} is not printed with {self.rounding} decimals")
        return self


class Unprinted(Shape):
    """All the whole numbers that would give the printed share."""

    least: int
    most: int


class Sum(Shape):
    """`by` is the printed total less the sum."""

    sum: list[str]
    total: str | Decimal
    holds: bool
    by: Decimal = Decimal(0)
    note: str | None = None


class Share(Shape):
    """In %, at the decimals of the figure `share`."""

    share: str
    part: str | Unprinted
    whole: str | Unprinted
    holds: bool
    by: Decimal = Decimal(0)
    note: str | None = None


class NotFigure(Shape):
    pattern: str
    why: str


class Seeds(Shape):
    articles: dict[str, str]
    feeds: list[str]
    figures: list[Figure]
    relations: list[Sum | Share]
    not_figures: list[NotFigure]

    def __getitem__(self, id_: str) -> Figure:
        for figure in self.figures:
            if figure.id == id_:
                return figure
        raise KeyError(f"no figure {id_!r} is listed")


def seeds(path: Path = LIST) -> Seeds:
    """The list; pydantic.ValidationError where an entry has not its shape."""
    return Seeds.model_validate(YamlFile(path, path.name).content)


def place(figure: Figure, text: str) -> tuple[int, int]:
    """Where the article prints the figure, as [start, end); ValueError unless it does just once."""
    start = _once(figure.id, figure.phrase, text, "article")
    start += _once(figure.id, figure.printed, figure.phrase, "phrase")
    return start, start + len(figure.printed)


def _once(id_: str, part: str, whole: str, where: str) -> int:
    found = printings(part, whole)
    if len(found) != 1:
        raise ValueError(f"{id_}: {part!r} stands {len(found)} times in its {where}; it must stand once")
    return found[0]


def printings(part: str, whole: str) -> list[int]:
    """Where `part` stands in `whole`, not as a piece of a longer number."""
    return [m.start() for m in re.finditer(rf"(?<![\d.,]){re.escape(part)}(?!\d|[.,]\d)", whole)]


def misprinted(figure: Figure, text: str) -> Iterator[str]:
    """What the article does not say as the list has it."""
    try:
        start, _ = place(figure, text)
    except ValueError as exc:
        yield str(exc)
        return
    if bool(figure.bound) != text[:start].endswith("over "):
        yield f"{figure.id}: bound is {figure.bound}, which the article does not say"
    if figure.period and figure.period not in text:
        yield f"{figure.id}: period {figure.period!r} is not in the article; use its words or leave it out"


def unlisted(listed: Seeds, file: str, text: str) -> Iterator[str]:
    """Numbers of an article that are neither a listed figure nor of a listed kind, or are both, or two."""
    figures = [(figure.id, place(figure, text)) for figure in listed.figures if figure.file == file]
    others = [
        (kind.pattern, m.span()) for kind in listed.not_figures for m in re.finditer(kind.pattern, text)
    ]
    for number in NUMBER.finditer(text):
        start, end = number.span()
        claims = [name for name, (a, b) in figures if a <= start and end <= b]
        kinds = [name for name, (a, b) in others if a <= start and end <= b]
        around = text[max(0, start - 40) : end + 40]
        if not claims and not kinds:
            yield f"{file}: {number[0]!r} in {around!r} is not listed; list the figure or the kind it is of"
        elif len(claims) + bool(kinds) > 1:
            yield f"{file}: {number[0]!r} in {around!r} is listed as {[*claims, *kinds]}; keep one"


def difference(listed: Seeds, relation: Sum | Share) -> Decimal:
    """What is printed less what follows from the other figures, at the printed decimals."""
    if isinstance(relation, Sum):
        total = relation.total if isinstance(relation.total, Decimal) else _value(listed, relation.total)
        return total - sum((_value(listed, part) for part in relation.sum), Decimal(0))
    whole, part = _ends(listed, relation.whole), _ends(listed, relation.part)
    off = {_off(listed[relation.share], p, w) for p in part for w in whole}
    return max(off, key=abs)


def not_all(listed: Seeds, relation: Share) -> bool:
    """Whether a number beyond an unprinted part or whole gives the printed share too."""
    figure, beyond = listed[relation.share], []
    if isinstance(relation.part, Unprinted):
        (whole,) = _ends(listed, relation.whole)
        beyond += [_off(figure, Decimal(p), whole) for p in (relation.part.least - 1, relation.part.most + 1)]
    if isinstance(relation.whole, Unprinted):
        (part,) = _ends(listed, relation.part)
        beyond += [
            _off(figure, part, Decimal(w)) for w in (relation.whole.least - 1, relation.whole.most + 1)
        ]
    return not all(beyond)


def _off(share: Figure, part: Decimal, whole: Decimal) -> Decimal:
    step = Decimal(1).scaleb(-share.rounding)
    return share.value - (100 * part / whole).quantize(step, ROUND_HALF_UP)


def _value(listed: Seeds, id_: str) -> Decimal:
    return listed[id_].value


def _ends(listed: Seeds, side: str | Unprinted) -> list[Decimal]:
    if isinstance(side, Unprinted):
        return [Decimal(side.least), Decimal(side.most)]
    return [_value(listed, side)]


def untested(figure: Figure, root: Path = ROOT) -> Iterator[str]:
    """What is wrong with the test that a figure names: not there, or of a file that never says the figure."""
    if figure.test is None:
        return
    name, _, function = figure.test.partition("::")
    path = root / name
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    known = {node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}
    if not function.startswith("test_") or function.partition("[")[0] not in known:
        yield f"{figure.id}: there is no test {figure.test}; name one as pytest does"
    elif figure.id not in text and not printings(str(figure.value), text.replace("_", "")):
        yield f"{figure.id}: {name} says neither {figure.value} nor {figure.id}; name the test that does"
