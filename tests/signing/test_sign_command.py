"""`ioc sign`: what stands against it refuses it, and what was signed stays as it was."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from ioc.errors import BadInput, Stop
from ioc.forms import NotIssued
from tests.signing.published import AGENCY, FEED, NOW, SOURCE, Book, form, row, said, sign, whole

AGAIN = ("--approver", "Trần Thị Duyệt")
WHY = ("--because", "đã đối chiếu sổ giấy")
TENTH = date(2024, 1, 10)


def test_a_form_is_signed_with_signer_role_time_and_checksum(january: Book) -> None:
    assert said()["standing"]["final"] is False
    printed = sign("2024-01", "--place", "Đồng Tháp").stdout
    check = row(january, "checksum")
    assert (
        printed
        == f"signed II.06a {FEED} CALENDAR 2024-01 {AGENCY} as number 1: revision 1, checksum {check}\n"
    )
    assert (row(january, "signed_at"), row(january, "revision")) == (NOW, 1)
    assert (row(january, "signer"), row(january, "role")) == ("Nguyễn Văn Mẫu", "Giám đốc")
    assert (row(january, "reasons"), row(january, "approver")) == ([], None)
    told = said()
    assert told == said("--signed") == said("--signed", "--nth", "1")
    assert (told["standing"]["final"], told["standing"]["checksum"]) == (True, check)
    assert told["signature"] == {
        "place": "Đồng Tháp",
        "on": "2024-04-10",
        "role": "Giám đốc",
        "name": "Nguyễn Văn Mẫu",
    }
    assert told["footnotes"][0] == "Số liệu đã chốt."
    assert f"mã kiểm tra {check}" in told["footnotes"][1]
    assert form().stdout.splitlines()[-1] == "Đồng Tháp, ngày 10 tháng 4 năm 2024. Giám đốc: Nguyễn Văn Mẫu"


def test_a_signed_form_prints_its_lines_in_the_order_of_the_form(january: Book) -> None:
    before = [line for line in form().stdout.splitlines() if line.startswith("Tỷ lệ")]
    sign("2024-01")
    assert len(before) > 3
    assert [line for line in form().stdout.splitlines() if line.startswith("Tỷ lệ")] == before


def test_a_form_whose_gate_fails_is_not_signed(book: Book) -> None:
    book.month(book.revision(), "2024-01", whole(new=5) | {"early": 2})
    with pytest.raises(
        Stop, match=r"is not signed; mend this, or write by --because .*\n  2 cells do not agree\n"
    ):
        sign()
    with pytest.raises(Stop, match=r"column 3, Sở Nội vụ Đồng Tháp / Đất đai: 5, but 7 \+ 11 = 7; 2 too few"):
        sign()
    with pytest.raises(NotIssued):
        form()
    sign("2024-01", *WHY)
    assert row(book, "reasons") == [
        {"what": "gate", "found": "2 số không khớp", "because": "đã đối chiếu sổ giấy"}
    ]
    notes = said()["footnotes"]
    assert [note for note in notes if note.startswith("Chưa khớp: cột 3, Sở Nội vụ Đồng Tháp / Đất đai")]
    assert "Ký khi số liệu chưa khớp, lý do: đã đối chiếu sổ giấy" in notes


def test_what_a_period_opens_with_stands_against_it_too(january: Book) -> None:
    january.month(1, "2024-02", whole(carried_over=5, new=1))
    with pytest.raises(Stop, match="column 11 of the period before, restated by 0, = 4; 1 too many"):
        sign("2024-02")


def test_a_silent_source_stands_against_it(january: Book) -> None:
    january.conn.execute("delete from event where occurred_at::date = %s", [TENTH])
    with pytest.raises(Stop, match=rf"silent sources: {SOURCE} \(1 working days: 10/01/2024\)"):
        sign()
    january.month(1, "2024-02", whole(carried_over=4))
    sign("2024-02")
    sign("2024-01", *WHY)
    notes = said()["footnotes"]
    assert "Ký khi có nguồn mất tín hiệu trong kỳ, lý do: đã đối chiếu sổ giấy" in notes
    assert f"Khi ký còn: nguồn mất tín hiệu: {SOURCE} (1 ngày làm việc: 10/01/2024)." in notes


def test_a_source_of_another_agency_does_not(january: Book) -> None:
    january.event(datetime(2024, 1, 2, 1, tzinfo=UTC), source="other", agency="H20.03")
    sign()
    with pytest.raises(Stop, match=r"silent sources: other \(21 working days: 03/01/2024, .*, …\)"):
        sign(name="II.06b", agency="H20")


def test_messages_in_quarantine_stand_against_it(january: Book) -> None:
    january.refused()
    with pytest.raises(Stop, match="1 messages in quarantine"):
        sign()
    january.conn.execute("update quarantine set redriven_at = now()")
    sign()
    assert row(january, "reasons") == []


def test_why_it_was_signed_in_spite_of_the_quarantine_is_printed(january: Book) -> None:
    january.refused()
    sign("2024-01", *WHY)
    notes = said()["footnotes"]
    assert "Ký khi còn bản ghi chờ xử lý, lý do: đã đối chiếu sổ giấy" in notes
    assert "Khi ký còn: 1 bản ghi chờ xử lý." in notes


def test_all_that_stands_against_it_is_told_at_once(book: Book) -> None:
    book.month(book.revision(), "2024-01", whole(new=5) | {"early": 2})
    book.lively(date(2024, 1, 1), date(2024, 1, 30))
    book.refused()
    with pytest.raises(Stop) as refused:
        sign()
    assert [line for line in str(refused.value).splitlines()[1:] if not line.startswith("    ")] == [
        "  2 cells do not agree",
        f"  silent sources: {SOURCE} (1 working days: 31/01/2024)",
        "  1 messages in quarantine",
    ]
    assert book.conn.execute("select from signature").fetchall() == []


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (WHY, "because: 'đã đối chiếu sổ giấy' cannot be used; leave it out: nothing stands against signing"),
        (AGAIN, "approver: .* leave it out: this form was never signed before"),
        (("--approver", " nguyễn  văn MẪU"), "approver: .* name somebody else than the signer"),
        (("--because", " "), "because: ' ' cannot be used"),
        (("--place", "a\nb"), "place: "),
        (("--role", ""), "role: ''"),
    ],
)
def test_words_that_nothing_asks_for_are_refused(january: Book, words: tuple[str, ...], error: str) -> None:
    with pytest.raises(BadInput, match=error):
        sign("2024-01", *words)


def test_a_period_that_is_not_over_is_not_signed(january: Book) -> None:
    with pytest.raises(BadInput, match="month 2024-04 ends on 2024-04-30"):
        sign("2024-04")
