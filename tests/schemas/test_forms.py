"""Form files: each mistake is named with its mend; the packaged ones say what the domain says."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from schemas import Finding, FormCode, Unusable, load
from schemas.source_files import PACKAGED

A, B = "forms/II.06a.yaml", "forms/II.06b.yaml"
BAD = [  # file, old, new, field, a word of the value or the mend
    (A, "form: II.06a", "form: II.06c", "form", "'II.06a'"),
    (A, "form: II.06a", "form: 06 a", "form", "pattern"),
    (A, "zone: Asia/Ho_Chi_Minh", "zone: Asia/Hanoi", "zone", "IANA"),
    (A, "title: {vi", "title: [vi", "(the file)", "YAML"),
    (A, "unit: {vi: Số hồ sơ TTHC", "unit: {vn: Số hồ sơ TTHC", "unit.vi", "add it"),
    (A, "agencies: one", "agencies: some", "agencies", "'one' or 'many'"),
    (A, "valid_to: 2025-12-31", "valid_to: 2019-12-31", "codes.0", "before valid_from"),
    (B, "ministry: BTP", "ministry: VPCP", "(the file)", "of VPCP overlap"),
    (A, "valid_from: 2026-01-01", "valid_from: yesterday", "codes.1.valid_from", "date"),
    (A, "  1: {text: serial", "  14: {text: serial", "columns", "without a gap"),
    (A, "text: serial, ", "text: serial, sum: 4 + 5, ", "columns.1", "one of `text`"),
    (A, "figures: [carried_over], ", "", "columns.6", "one of `text`"),
    (A, "text: serial", "text: label", "(the file)", "`text: serial`"),
    (A, "figures: [carried_over]", "figures: [carry_over]", "(the file)", "figures: no 'carry_over' there"),
    (A, "figures: [late]", "figures: [late, early]", "(the file)", "'early' is counted in two columns"),
    (
        A,
        "figures: [on_due_date, no_due_date]",
        "figures: [no_due_date]",
        "(the file)",
        "'on_due_date' stands in no",
    ),
    (
        A,
        "under: [received, in_period], figures: [new_online]",
        "under: [received, inside], figures: [new_online]",
        "(the file)",
        "under: no 'inside' there",
    ),
    (
        A,
        "under: [received], figures: [carried_over]",
        "under: [open], figures: [carried_over]",
        "(the file)",
        "under 'open' do not stand side by side",
    ),
    (A, "sum: 4 + 5 + 6", "sum: 4 * 5", "columns.3.sum", "+ and -"),
    (A, "sum: 4 + 5 + 6", "sum: 4+5+6", "columns.3.sum", "between blanks"),
    (A, "sum: 4 + 5 + 6", "sum: 4 + 5 + 14", "(the file)", "columns: no 14 there"),
    (A, "sum: 4 + 5 + 6", "sum: 2 + 5", "(the file)", "columns: no 2 there"),
    (A, "sum: 12 + 13", "sum: 12 + 11", "(the file)", "11 is a sum of itself"),
    (A, "sum: 4 + 5 + 6", "sum: 7 + 11", "(the file)", "is said already"),
    (A, "identities: [3 = 7 + 11]", "identities: [3 == 7 + 11]", "gates.identities.0", "3 = 7 + 11"),
    (A, "identities: [3 = 7 + 11]", "identities: [3 = 4 + 5 + 6]", "(the file)", "is said already"),
    (A, "carried: 6 = 11", "carried: 6 = 15", "(the file)", "columns: no 15 there"),
    (A, "not_negative: true", "not_negative: perhaps", "gates.not_negative", "boolean"),
    (A, "  totals: true\n", "", "gates.totals", "add it"),
    (
        A,
        "{figure: withdrawn, column: 9",
        "{figure: withdrawn, column: 2",
        "(the file)",
        "columns: no 2 there",
    ),
    (A, "denominator: 4 + 5,", "denominator: 4 / 5,", "rates.online.denominator", "+ and -"),
    (A, "- {by: sector", "- {by: agency", "(the file)", "rows by sector alone"),
    (A, "- {by: sector", "- {by: level", "rows.0", "`groups`"),
    (A, "rate_digits: 2", "rate_digits: 9", "formats.rate_digits", "less"),
    (A, '"%d/%m/%Y"', '"%d/%m/%y"', "formats.date", "pattern"),
    (B, "extends: II.06a", "extends: II.06", "extends", "'II.06a'"),
    (B, "levels: [district]", "levels: [department]", "rows.0", "stands in two groups"),
    (B, "levels: [district]", "levels: [quận]", "rows.0.groups.districts.levels.0", "commune"),
    (
        B,
        "- {by: sector",
        "- {by: level, groups: {x: {levels: [commune], label: {vi: a, en: a}}}",
        "(the file)",
        "two depths",
    ),
]


def findings(tmp_path: Path, file: str, old: str, new: str) -> tuple[Finding, ...]:
    (tmp_path / "forms").mkdir()
    for name in (A, B):
        shutil.copy(PACKAGED / name, tmp_path / name)
    path = tmp_path / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    text = text.replace(old, new, 1)
    if new == "ministry: VPCP":
        text = text.replace("valid_to: 2025-12-31", "valid_to: 2026-01-01")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Unusable) as unusable:
        load([tmp_path])
    return unusable.value.findings


@pytest.mark.parametrize(("file", "old", "new", "field", "word"), BAD, ids=range(len(BAD)))
def test_a_form_that_cannot_be_used_says_why(
    file: str, old: str, new: str, field: str, word: str, tmp_path: Path
) -> None:
    found = findings(tmp_path, file, old, new)
    assert any(f.field == field and word in f"{f.mend} {f.value}" for f in found), found
    assert all(f.mend and f.file.endswith(".yaml") for f in found)


def test_the_packaged_forms_have_the_columns_and_gates_of_the_domain() -> None:
    forms = load().forms
    a, b = forms["II.06a"], forms["II.06b"]
    assert list(a.columns) == list(range(1, 14))
    assert a.identities == [(3, "4 + 5 + 6"), (7, "8 + 9 + 10"), (11, "12 + 13"), (3, "7 + 11")]
    assert (a.gates.not_negative, a.gates.totals, a.gates.carried) == (True, True, "6 = 11")
    assert {name: (rate.numerator, rate.denominator) for name, rate in a.rates.items()} == {
        "on_time": ("8 + 9", "7"),
        "late": ("10", "7"),
        "online": ("4", "4 + 5"),
        "completion": ("7", "3"),
        "pending_in_time": ("12", "11"),
    }
    assert (b.columns, b.gates, b.rates, b.figures) == (a.columns, a.gates, a.rates, a.figures)
    assert [rows.by for rows in a.rows] == ["sector"]
    assert [rows.by for rows in b.rows] == ["level", "sector"]
    assert [group.label.vi for group in b.rows[0].groups.values()] == ["Sở", "Huyện", "Xã"]


def test_every_level_of_an_agency_has_a_group() -> None:
    registry = load()
    levels = {agency.level for versions in registry.history.versions.values() for agency in versions}
    groups = registry.forms["II.06b"].rows[0].groups.values()
    assert levels <= {level for group in groups for level in group.levels}


@pytest.mark.parametrize(
    ("day", "ministry", "code", "assumed"),
    [
        (date(2020, 10, 21), None, "II.06a/VPCP/KSTT", False),
        (date(2025, 12, 31), "VPCP", "II.06a/VPCP/KSTT", False),
        (date(2026, 1, 1), None, "07a/BTP", True),
    ],
)
def test_the_code_of_a_day(day: date, ministry: str | None, code: str, assumed: bool) -> None:
    told = load().forms["II.06a"].code_on(day, ministry)
    assert (told.code, told.assumed) == (code, assumed)


def test_a_code_may_hold_for_one_day() -> None:
    code = load().forms["II.06a"].codes[0]
    day = code.valid_from
    again = FormCode.model_validate(code.model_dump() | {"valid_to": day})
    assert (again.holds(day), again.holds(day + timedelta(days=1))) == (True, False)


def test_a_form_of_a_later_folder_stands_in_place_of_the_packaged_one(tmp_path: Path) -> None:
    (tmp_path / "forms").mkdir()
    own = "form: II.06a\nextends: II.06a\ncolumns: {9: {heading: {vi: Đúng hẹn}}}\n"
    (tmp_path / A).write_text(own, encoding="utf-8")
    form = load([tmp_path]).forms["II.06a"]
    assert form.columns[9].heading.vi == "Đúng hẹn"
    assert list(form.columns) == list(range(1, 14))
    assert form.file == str(tmp_path / A)
