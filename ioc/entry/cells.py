"""One cell as its datum: codes, numbers as people here write them, periods and days; or why it is none."""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date, datetime
from typing import Any

from ioc.entry.columns import SEPARATOR, Column
from ioc.entry.words import listed, mend, word
from ioc.kernel.observations import CALENDAR
from ioc.kernel.period_names import NoSuchPeriod, Period, named, touched
from schemas import near
from schemas.promise import Label

EXAMPLE_DAY = date(2024, 3, 5)
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}([.,][0-9]{1,15})?")
_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}")
_DAY = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
_MONTH = re.compile(r"([0-9]{1,2})/([0-9]{4})")
TRUE, FALSE = ("có", "yes", "true", "1"), ("không", "no", "false", "0")


class Unfit(Exception):
    """The cell cannot be taken; how it is mended, in both languages."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.mend: Label = mend(key, **values)


def plain(raw: Any) -> str:
    """A cell as the text a person sees in it; nothing is an empty one."""
    if raw is None:
        return ""
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    if isinstance(raw, date):  # datetimes among them
        return f"{raw:%d/%m/%Y}"
    return unicodedata.normalize("NFC", str(raw)).strip()


def value_of(column: Column, raw: Any, period: Period | None) -> Any:
    """The datum of a cell that is not empty; Unfit. `period` is the kind that the row's series has."""
    if column.kind == "period":
        return period_of(raw, period)
    if column.nullable and plain(raw).lower() in listed("not_arisen"):
        return None
    if column.kind in ("number", "integer"):
        return _number(raw, column.kind == "integer")
    if column.kind == "boolean":
        return _boolean(raw)
    if column.kind == "date":
        return _day(raw).isoformat()
    return _choice(column, plain(raw)) if column.choices else plain(raw)


def _choice(column: Column, text: str) -> str:
    code = text.split(SEPARATOR.strip(), 1)[0].strip()
    if code in column.choices:
        return code
    said = text.casefold()
    named_so = [
        c for c, label in column.choices.items() if said in (label.vi.casefold(), label.en.casefold())
    ]
    if len(named_so) != 1:
        raise Unfit("choose", near=near(code, column.choices))
    return named_so[0]


def _number(raw: Any, whole: bool) -> int | float:
    if isinstance(raw, bool | date):
        raise Unfit("number")
    number = raw if isinstance(raw, int | float) else _written(plain(raw))
    if not math.isfinite(number):
        raise Unfit("number")
    if float(number).is_integer():
        return int(number)
    if whole:
        raise Unfit("whole")
    return float(number)


def _written(text: str) -> float:
    """A number as text: a comma or a point before the fraction, never thousands marks."""
    if _THOUSANDS.fullmatch(text):
        digits = re.sub(r"[.,]", "", text)
        raise Unfit("ambiguous", whole=digits, part=f"{text}0")
    if not _NUMBER.fullmatch(text):
        raise Unfit("number")
    return float(text.replace(",", "."))


def _boolean(raw: Any) -> bool:
    text = plain(raw).lower()
    if text not in (*TRUE, *FALSE):
        raise Unfit("boolean")
    return text in TRUE


def _day(raw: Any) -> date:
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    text = plain(raw)
    try:
        if said := _DAY.fullmatch(text):
            return date(int(said[3]), int(said[2]), int(said[1]))
        return date.fromisoformat(text)
    except ValueError:
        raise Unfit("date") from None


def example_period(kind: Period) -> str:
    """A period of the kind as a person would write it."""
    if kind == "day":
        return f"{EXAMPLE_DAY:%d/%m/%Y}"
    return touched(kind, EXAMPLE_DAY, EXAMPLE_DAY, CALENDAR)[0].name


def period_of(raw: Any, kind: Period | None) -> str:
    """The period's name; what is none of the kind is Unfit."""
    if kind is None:  # its series is wrong already: nobody can tell whether the period fits
        return plain(raw)
    try:
        found = named(_period_name(raw, kind), CALENDAR)
    except (Unfit, NoSuchPeriod):
        found = None
    if found is None or found.kind != kind:
        raise Unfit("period", kind=word("periods", kind), example=example_period(kind))
    return found.name


def _period_name(raw: Any, kind: Period) -> str:
    """Excel makes days of what looks like one: of months the first day stands for the month."""
    text = plain(raw)
    if kind == "day":
        return _day(raw).isoformat()
    if kind == "month" and isinstance(raw, date) and raw.day == 1:
        return f"{raw:%Y-%m}"
    said = _MONTH.fullmatch(text) if kind == "month" else None
    return f"{said[2]}-{int(said[1]):02}" if said else text
