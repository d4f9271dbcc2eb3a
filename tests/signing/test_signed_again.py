"""What was signed stays as it was; a change stands beside it, and needs leave to be signed."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from openpyxl import load_workbook

from ioc.errors import BadInput, Stop
from ioc.settings import Settings
from ioc.warehouse import connect
from tests.signing.published import AGENCY, FEED, SECOND, Book, form, restate, row, said, sign

THIRD = datetime(2024, 4, 6, 2, tzinfo=UTC)
AGAIN = ("--approver", "Trần Thị Duyệt")


def test_a_signed_form_is_not_signed_again_while_nothing_changed(january: Book) -> None:
    sign()
    error = (
        "was signed by Nguyễn Văn Mẫu, Giám đốc, at 2024-04-10T02:00:00.000000Z, and no figure changed since"
    )
    for words in ((), AGAIN):
        with pytest.raises(Stop, match=error):
            sign("2024-01", *words)
    january.revision(SECOND)  # knows more, of other months
    with pytest.raises(Stop, match=r"no figure changed since: revision 2 has the same"):
        sign("2024-01", *AGAIN)
    assert said()["standing"]["revision"] == 1


def test_a_change_after_signing_stands_beside_the_signed_figures(january: Book) -> None:
    sign()
    restate(january)
    told = said()
    assert (told["standing"]["final"], told["standing"]["restated"], told["signature"]) == (False, 1, None)
    assert told["footnotes"][0] == "Số liệu tạm tính. Số liệu đã điều chỉnh lần 1."
    assert "Số đã ký lần 1 ngày 10/04/2024 nay đã điều chỉnh lần 1, chưa ký lại:" in told["footnotes"]
    assert "Cột 3, Sở Nội vụ Đồng Tháp / Đất đai: đã ký 10, nay 11." in told["footnotes"]
    signed = said("--signed")
    assert (signed["standing"]["final"], signed["standing"]["restated"]) == (True, 0)
    assert signed["rows"][-1]["cells"]["3"] == 10


def test_signing_again_needs_an_approver_and_becomes_the_second(january: Book) -> None:
    sign()
    restate(january)
    with pytest.raises(
        Stop, match=r"name who allows signing again by --approver:\n  Column 3, .*signed 10, now 11"
    ):
        sign()
    sign("2024-01", *AGAIN)
    assert (row(january, "revision", 2), row(january, "approver", 2)) == (2, "Trần Thị Duyệt")
    told = said()
    assert told["footnotes"][0] == "Số liệu đã chốt. Số liệu đã điều chỉnh lần 1."
    assert "Ký lại sau điều chỉnh lần 1, người cho phép: Trần Thị Duyệt." in told["footnotes"]
    assert told == said("--signed") == said("--signed", "--nth", "2")
    assert said("--signed", "--nth", "1")["rows"][-1]["cells"]["3"] == 10
    restate(january, 9, THIRD)
    assert "Số liệu đã điều chỉnh lần 2." in said()["footnotes"][0]


def test_what_was_not_signed_cannot_be_printed_as_signed(january: Book) -> None:
    with pytest.raises(Stop, match=rf"II\.06a {FEED} CALENDAR 2024-01 {AGENCY} is not signed: `ioc sign`"):
        form("2024-01", "--signed")
    sign()
    for number in ("0", "2"):
        with pytest.raises(BadInput, match=rf"nth: {number} .*was signed 1 time\(s\); give 1 to 1"):
            form("2024-01", "--signed", "--nth", number)
    with pytest.raises(Stop, match="is not signed"):
        form("2024-01", "--signed", "--as-of", "2024-04-09")
    assert said("--as-of", "2024-04-09")["standing"]["final"] is False


def test_the_workbook_of_a_signed_form_is_read_back(january: Book, tmp_path: Path) -> None:
    sign("2024-01", "--place", "Đồng Tháp")
    restate(january)
    form("2024-01", "--signed", "--format", "xlsx", "--output", tmp_path / "signed.xlsx")
    sheet = load_workbook(tmp_path / "signed.xlsx").worksheets[0]
    texts = [str(cell.value) for line in sheet.iter_rows() for cell in line if cell.value is not None]
    assert [cell.value for cell in sheet[9]][1:] == ["Đất đai", 10, 7, 0, 3, 6, 5, 0, 1, 4, 3, 1]
    assert "Số liệu đã chốt." in texts
    assert any(row(january, "checksum") in text for text in texts)
    assert texts[-3:] == ["Đồng Tháp, ngày 10 tháng 4 năm 2024", "GIÁM ĐỐC", "Nguyễn Văn Mẫu"]


@pytest.mark.parametrize(
    "statement", ["update signature set signer = 'X'", "delete from signature", "truncate signature"]
)
def test_the_table_refuses_to_change(january: Book, statement: str) -> None:
    sign()
    with pytest.raises(psycopg.errors.RestrictViolation, match="signature is never changed"):
        january.conn.execute(statement.encode())


def test_a_content_that_was_changed_all_the_same_is_found(january: Book) -> None:
    sign()
    january.conn.execute("alter table signature disable trigger signature_stays")
    january.conn.execute(
        "update signature set content = jsonb_set(content::jsonb, '{rows,0,cells,3}', '11')::json"
        " where nth = 1"
    )
    for words in (("--signed",), ()):
        with pytest.raises(
            Stop, match=r"signature 1 of .* has checksum [0-9a-f]{64}, and its content [0-9a-f]{64}:"
        ):
            form("2024-01", *words)


def test_what_is_published_while_one_signs_waits(january: Book, warehouse: Settings) -> None:
    """A publication under way is waited for, so that what is signed is the newest."""
    with connect(warehouse, name="publisher") as other:
        restated = Book(other)
        revision = restate(restated)
        signing = threading.Thread(target=sign)
        signing.start()
        for _ in range(1000):
            waits = january.conn.execute("select from pg_locks where not granted").fetchall()
            if waits:
                break
            signing.join(0.02)
        assert waits
        other.commit()
        signing.join(20)
    assert row(january, "revision") == revision
