"""What a request may ask, read out of its address; anything else is BadInput with the field and the mend."""

from __future__ import annotations

from datetime import UTC, datetime

from starlette.requests import Request

from ioc.errors import BadInput
from ioc.story import LANGS, Lang
from screens.cases import Asked
from screens.position import Position

LONGEST = 400  # characters of any one value


def text(request: Request, name: str) -> str | None:
    value = request.query_params.get(name)
    if value is not None and (len(value) > LONGEST or "\0" in value):
        raise BadInput(name, value[:60], f"give at most {LONGEST} characters, without NUL")
    return value


def number(request: Request, name: str, default: int, most: int) -> int:
    value = text(request, name)
    if value is None:
        return default
    if not value.isascii() or not value.isdigit() or not 1 <= int(value) <= most:
        raise BadInput(name, value, f"give a whole number from 1 to {most}")
    return int(value)


def instant(request: Request, name: str) -> datetime | None:
    value = text(request, name)
    if value is None:
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError as error:
        raise BadInput(name, value, "give an instant such as 2024-03-05T01:30:00Z") from error
    if at.tzinfo is None:
        raise BadInput(name, value, "add the zone: Z or an offset")
    return at.astimezone(UTC)


def lang(request: Request) -> Lang:
    """The page's language, Vietnamese where none is named."""
    value = text(request, "lang") or "vi"
    found = next((known for known in LANGS if known == value), None)
    if found is None:
        raise BadInput("lang", value, f"take {' or '.join(LANGS)}")
    return found


def asked(request: Request) -> Asked:
    """The list that the address names."""
    position = text(request, "position")
    sort = text(request, "sort") or "due_at"
    return Asked(
        measure=text(request, "measure") or "",
        role=text(request, "role") or "where",
        at=instant(request, "at"),
        position=None if position is None else Position.parse(position),
        agency=text(request, "agency"),
        flag=text(request, "flag"),
        stand=text(request, "stand"),
        place=text(request, "place"),
        search=text(request, "q"),
        sort=sort.removeprefix("-"),
        descending=sort.startswith("-"),
        page=number(request, "page", 1, 1_000_000),
    )
