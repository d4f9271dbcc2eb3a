"""Figures of a form that belong together: what was to be resolved is resolved or open."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import polars as pl
from hypothesis import strategies as st

from ioc.forms import Despite, Filled, Heading, Signature, Standing, filled, input_schema, table, taken
from schemas import Form, load

FORMS = load().forms
YEAR = Heading("Sở A", date(2023, 12, 15), date(2024, 12, 14), "Năm 2024")
AGENCIES = {  # code: name, level
    "H20.01": ("Sở A", "department"),
    "H20.02": ("Sở B", "department"),
    "H20.31": ("Huyện C", "district"),
    "H20.31.1": ("Xã D", "commune"),
    "H20": ("Tỉnh", "province"),
}
SECTORS = ["Đất đai", "Hộ tịch", "Đường bộ", None]
DONE = {"new_online": 347_264, "new_direct": 310_505, "early": 655_914, "late": 1_348, "open_overdue": 507}
SIGNED = Signature("Đồng Tháp", date(2025, 1, 5), "Giám đốc", "Nguyễn Văn Mẫu")
STANDING = Standing(
    final=True,
    restated=2,
    revision=7,
    position="3:120456",
    as_of=datetime(2024, 12, 15, 2, 41, 7, tzinfo=UTC),
    checksum="9f86d081",
    set_aside=1_200,
    despite=(Despite("silent-source", "đã đối chiếu bằng tay"), Despite("quarantine", "không thuộc kỳ")),
)
Line = dict[str, Any]


def line(agency: str | None = "H20.01", sector: str | None = "Đất đai", **figures: int) -> Line:
    """A row of zeros but for `figures`."""
    name, level = AGENCIES.get(agency or "", (None, None))
    zeros = dict.fromkeys(FORMS["II.06a"].figures, 0)
    return {"agency": agency, "agency_name": name, "level": level, "sector": sector} | zeros | figures


def frame(*lines: Line, form: Form = FORMS["II.06a"]) -> pl.DataFrame:
    return pl.DataFrame(list(lines), schema=input_schema(form))


def as_printed(form: Filled) -> Filled:
    """The same form, its columns taken instead of derived."""
    return taken(form.form, table(form), form.heading, form.standing, form.signature)


@st.composite
def whole(draw: st.DrawFn, agency: str | None, sector: str | None) -> Line:
    """A row whose figures agree, up to a province's."""
    parts = {
        name: draw(st.integers(0, 700_000))
        for name in ("new_online", "new_direct", "new_postal", "carried_over")
    }
    left, outcomes = sum(parts.values()), {}
    for name in ("early", "on_due_date", "no_due_date", "late", "open_in_time"):
        outcomes[name] = draw(st.integers(0, left))
        left -= outcomes[name]
    withdrawn = draw(st.integers(0, outcomes["on_due_date"]))
    return line(agency, sector, **parts, **outcomes, open_overdue=left, withdrawn=withdrawn)


@st.composite
def lines(draw: st.DrawFn, agencies: list[str | None]) -> list[Line]:
    """At most one row for each agency and sector."""
    keys = st.tuples(st.sampled_from(agencies), st.sampled_from(SECTORS))
    return [draw(whole(*key)) for key in draw(st.lists(keys, unique=True, max_size=8))]


def form_of(name: str, given: list[Line], heading: Heading = YEAR) -> Filled:
    return filled(FORMS[name], frame(*given), heading)
