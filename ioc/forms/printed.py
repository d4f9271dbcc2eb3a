"""Figures, rates, days and the lines below the table, as a form prints them."""

from __future__ import annotations

from datetime import date
from importlib.resources import files

from ioc.forms.filled import Cells, Filled, Signature
from ioc.story.speaker import LANGS, Lang, Speaker
from ioc.story.words import words
from schemas.form import Formats, Rate
from schemas.formula import value

WORDS = words((files("ioc.forms") / "words.yaml").read_text(encoding="utf-8"))


def say(lang: Lang, key: str, **values: object) -> str:
    """The words under `key`, filled in; KeyError for an unknown key."""
    return WORDS[key][LANGS.index(lang)].format(**values)


def number(n: int, formats: Formats) -> str:
    """678744 -> `678.744`."""
    return f"{n:,}".replace(",", formats.thousands)


def percent(numerator: int, denominator: int, formats: Formats) -> str:
    """(655914, 657262) -> `99,79`: exact, half of the last digit goes up. The denominator is above 0."""
    digits = formats.rate_digits
    scaled = (2 * 100 * 10**digits * numerator + denominator) // (2 * denominator)
    sign, (whole, rest) = "-" if scaled < 0 else "", divmod(abs(scaled), 10**digits)
    return f"{sign}{number(whole, formats)}" + (f"{formats.decimal}{rest:0{digits}}" if digits else "")


def day(on: date, formats: Formats) -> str:
    """`14/12/2024`."""
    return on.strftime(formats.date)


def rate_line(rate: Rate, cells: Cells, formats: Formats) -> str | None:
    """A rate with what it divides; nothing to divide by is said in words. None where a part is not given."""
    numerator, denominator = value(rate.numerator, cells), value(rate.denominator, cells)
    if numerator is None or denominator is None:
        return None
    if denominator <= 0:
        return say("vi", "rate.none", label=rate.label.vi)
    told = {"numerator": number(numerator, formats), "denominator": number(denominator, formats)}
    return say("vi", "rate", label=rate.label.vi, percent=percent(numerator, denominator, formats), **told)


def below(filled: Filled) -> list[str]:
    """The lines of figures below the table: what is counted within a column, and the rates of the total."""
    form, total = filled.form, filled.total
    lines = [
        say("vi", "part", label=part.label.vi, column=part.column, n=number(n, form.formats))
        for part in form.of_which
        if (n := total.figures.get(part.figure)) is not None
    ]
    rates = [rate_line(rate, total.cells, form.formats) for rate in form.rates.values()]
    return lines + [line for line in rates if line is not None]


def standing(filled: Filled) -> str:
    """`Số liệu đã chốt.`, `Số liệu đã điều chỉnh lần 2.`, or both."""
    at = filled.standing
    said = [say("vi", "standing.final" if at.final else "standing.provisional")]
    return " ".join([*said, *([say("vi", "standing.restated", n=at.restated)] if at.restated else [])])


def footnotes(filled: Filled, mismatches: list[str]) -> list[str]:
    """What the reader must know of the figures, a line each."""
    at, code = filled.standing, filled.code
    notes = [standing(filled)]
    if known := _known(filled):
        notes.append(f"{'; '.join(known)}.")
    if at.set_aside:
        notes.append(say("vi", "set-aside", n=number(at.set_aside, filled.form.formats)))
    if code.assumed:
        notes.append(say("vi", "code.assumed", code=code.code))
    notes += [say("vi", "mismatch", text=text) for text in mismatches]
    notes += [say("vi", f"despite.{one.what}", reason=one.reason) for one in at.despite]
    return [*notes, *at.notes]


def _known(filled: Filled) -> list[str]:
    at = filled.standing
    told = {
        "as-of": at.as_of and {"when": Speaker("vi", filled.form.zone).when(at.as_of)},
        "revision": at.revision is not None and {"revision": at.revision},
        "position": at.position and {"position": at.position},
        "definitions": at.definitions and {"definitions": at.definitions},
        "checksum": at.checksum and {"checksum": at.checksum},
    }
    said = [say("vi", f"known.{key}", **values) for key, values in told.items() if values]
    return [text if n == 0 else text[0].lower() + text[1:] for n, text in enumerate(said)]


def signed_at(signature: Signature | None) -> str:
    """Place and day in words; dots where nobody has signed. A day below 10 and months 1, 2 take a 0."""
    if signature is None:
        return say("vi", "signed.nowhere")
    on = signature.on
    month = f"{on.month:02}" if on.month < 3 else str(on.month)
    return say("vi", "signed.at", place=signature.place, day=f"{on.day:02}", month=month, year=on.year)
