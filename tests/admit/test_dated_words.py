"""Words that hold from a day: the event's own day decides, where the source lives; one vocabulary a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from ioc.admit import Admission, Admitted, Quarantined
from ioc.event import Receipt
from schemas import Unusable, load

MAPPING = """
source: desk
feed: records
label: {vi: Quầy, en: Desk}
system: desk.example
zone: Asia/Ho_Chi_Minh
times: ["dd/MM/yyyy HH:mm", iso]
agencies: own
words:
  status:
    - {valid_to: 2024-06-30, words: {Nhận: "2", Xong: "9"}}
    - {valid_from: 2024-07-01, valid_to: 2024-09-30, words: {Nhận: "2", Xong: "10"}}
messages:
  row:
    case: "{no}"
    events:
      - {event: progress, id: "{at}/{state}", time: at, data: {status: {field: state, words: status}}}
"""
Tell = Callable[[str, str], str]


def loaded(tmp_path: Path, text: str) -> Admission:
    (tmp_path / "sources").mkdir(exist_ok=True)
    (tmp_path / "sources/desk.yaml").write_text(text, encoding="utf-8")
    return Admission(load([tmp_path]), b"k" * 32, 4_000)


@pytest.fixture
def tell(tmp_path: Path, receipt: Receipt, now: datetime) -> Tell:
    """The status of an event so said at that time, or why there is none."""
    admission = loaded(tmp_path, MAPPING)

    def told(state: str, at: str) -> str:
        (found,) = admission.native("desk", {"no": "1", "state": state, "at": at}, receipt, now)
        if isinstance(found, Quarantined):
            return f"{found.reason}: {found.mend}"
        assert isinstance(found, Admitted)
        return str(found.event.data.get("status"))

    return told


def test_an_event_is_read_by_the_words_of_its_own_day_whenever_it_is_sent(tell: Tell) -> None:
    assert tell("Xong", "30/06/2024 23:59") == "9"
    assert tell("Xong", "01/07/2024 00:00") == "10"


def test_the_day_is_the_sources_own(tell: Tell) -> None:
    assert tell("Xong", "2024-06-30T16:59:59Z") == "9"
    assert tell("Xong", "2024-06-30T17:00:00Z") == "10", "midnight in Việt Nam"


def test_on_a_day_without_words_none_is_known(tell: Tell) -> None:
    assert tell("Xong", "30/09/2024 08:00") == "10"
    assert tell("Xong", "01/10/2024 08:00").startswith(
        "unknown-word: add it under words.status, in words for the day it occurred, in "
    )


def test_a_strange_word_is_told_the_words_of_its_day(tell: Tell) -> None:
    assert "words.status from 2024-07-01 to 2024-09-30 in" in tell("Xog", "01/07/2024 08:00")
    assert tell("Xong", "soon").startswith("bad-time: ")
    assert tell("", "01/10/2024 08:00").startswith("missing-field: "), "nothing said needs no words"


@pytest.mark.parametrize("end", ["valid_to: 2024-07-01", "valid_from: 2024-01-01"])
def test_two_vocabularies_of_one_day_are_refused(tmp_path: Path, end: str) -> None:
    with pytest.raises(Unusable, match="two vocabularies hold on 2024-07-01"):
        loaded(tmp_path, MAPPING.replace("valid_to: 2024-06-30", end))


def test_a_vocabulary_that_ends_before_it_begins_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="valid_to lies before valid_from"):
        loaded(tmp_path, MAPPING.replace("valid_to: 2024-09-30", "valid_to: 2024-06-30"))


def test_codes_of_every_vocabulary_are_held_to_the_feed(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="'11'; name a status of"):
        loaded(tmp_path, MAPPING.replace('Xong: "9"', 'Xong: "11"'))
