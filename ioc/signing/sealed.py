"""A form as it is kept once signed: all of it as JSON, its checksum, and the same form read back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from ioc.event import instant_text
from ioc.forms import Despite, Filled, Heading, Issued, Mismatch, Row, Signature, Standing
from ioc.forms.filled import Key
from schemas import Form, FormCode

Content = dict[str, Any]


def sealed(issued: Issued, signing: Mapping[str, Any]) -> Content:
    """Everything that is printed, and what it is printed by: a later change of the form's file moves nothing.

    `signing`: what the row of `signature` says beside. The checksum is of the content and stands outside.
    """
    form = issued.filled
    content = {
        "form": form.form.model_dump(mode="json"),
        "code": form.code.model_dump(mode="json"),
        "heading": asdict(form.heading),
        "rows": [_row(row) for row in form.rows],
        "standing": asdict(replace(form.standing, checksum=None)),
        "signature": asdict(form.signature) if form.signature else None,
        "mismatches": [_mismatch(one) for one in issued.mismatches],
        "signing": dict(signing),
    }
    plain: Content = json.loads(json.dumps(content, default=_text))
    return plain


def canonical(content: Mapping[str, Any]) -> str:
    """The one text of a content: keys in order, no blanks, letters as they are."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def checksum(content: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON, 64 hex characters."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def unsealed(content: Mapping[str, Any], check: str) -> Issued:
    """The form as it was signed, its checksum on it."""
    form = Form.model_validate(content["form"])
    said = content["standing"]
    despite = tuple(Despite(**one) for one in said["despite"])
    standing = Standing(
        **said
        | {"despite": despite, "notes": tuple(said["notes"]), "checksum": check}
        | {"as_of": said["as_of"] and datetime.fromisoformat(said["as_of"])}
    )
    heading = _days(content["heading"], "first", "last")
    signed = content["signature"] and Signature(**_days(content["signature"], "on"))
    rows = tuple(_row_of(one) for one in content["rows"])
    code = FormCode.model_validate(content["code"])
    filled = Filled(form, code, Heading(**heading), rows, standing, signed)
    told = [one | {"key": tuple(one["key"]), "formats": form.formats} for one in content["mismatches"]]
    return Issued(filled, tuple(Mismatch(**one) for one in told))


def same_figures(one: Filled, other: Filled) -> bool:
    """Whether both tables have the same rows and figures: names, knowledge, signers and reasons aside."""
    return _figures(one) == _figures(other)


def _figures(form: Filled) -> dict[Key, tuple[dict[int, int | None], dict[str, int]]]:
    return {row.key: (dict(row.cells), dict(row.figures)) for row in form.rows}


@dataclass(frozen=True)
class Changed:
    """A cell that is not as it was signed; None where only one of the forms has its row."""

    column: int
    where: str
    then: int | None
    now: int | None


def changes(then: Filled, now: Filled) -> Iterator[Changed]:
    """Every cell that differs, also what is counted within one; rows that are gone come last."""
    old, new = ({row.key: row for row in form.rows} for form in (then, now))
    for key in dict.fromkeys([*new, *old]):
        form, row = (now, new[key]) if key in new else (then, old[key])
        where = form.where(row.labels)
        for column in dict.fromkeys([*now.form.numbers, *then.form.numbers]):
            signed, found = (one[key].cells.get(column) if key in one else None for one in (old, new))
            if signed != found:
                yield Changed(column, where, signed, found)
        for part in now.form.of_which:
            signed, found = (one[key].figures.get(part.figure) if key in one else None for one in (old, new))
            if signed != found:
                yield Changed(part.column, f"{where} ({part.label.vi})", signed, found)


def _row(row: Row) -> Content:
    cells = {str(number): cell for number, cell in row.cells.items()}
    return asdict(row) | {"cells": cells, "figures": dict(row.figures)}


def _row_of(said: Mapping[str, Any]) -> Row:
    cells = {int(number): cell for number, cell in said["cells"].items()}
    return Row(tuple(said["key"]), tuple(said["labels"]), said["serial"], cells, said["figures"])


def _mismatch(one: Mismatch) -> Content:
    said = asdict(one)
    del said["formats"]
    return said


def _days(said: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {**said, **{name: date.fromisoformat(said[name]) for name in names}}


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{value!r} is no part of a form")
