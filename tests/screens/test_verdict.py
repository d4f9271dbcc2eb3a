"""How a case stands against its due date, in a sentence: each way it can stand, in both languages."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from screens.assets import WEB

TODAY = "2024-03-05"
META = {"zone": "Asia/Ho_Chi_Minh", "compare": "date"}


def verdict(row: dict[str, Any], lang: str = "vi", **meta: str) -> dict[str, str]:
    node = shutil.which("node") or str(Path(sys.executable).parent / "node")
    given = json.dumps([{"entered_at": "2024-03-01T02:00:00Z", **row}, TODAY, {**META, **meta}, lang])
    script = f"""const m = await import({json.dumps((WEB / "verdict.js").as_uri())});
    console.log(JSON.stringify(m.verdict(...{given})))"""
    ran = subprocess.run(
        [node, "--input-type=module", "--eval", script], capture_output=True, text=True, check=True
    )
    told: dict[str, str] = json.loads(ran.stdout)
    return told


def resolved(on: str, due: str | None, outcome: str) -> dict[str, Any]:
    row = {"resolved_on": on, "resolved_at": f"{on}T02:00:00Z", "outcome": outcome}
    return row if due is None else {**row, "due_on": due, "due_at": f"{due}T10:00:00Z"}


@pytest.mark.parametrize(
    ("row", "tone", "text"),
    [
        (resolved("2024-03-04", "2024-03-06", "early"), "early",
         "Giải quyết ngày 04/03/2024, hẹn trả 06/03/2024: trước hạn 2 ngày."),
        (resolved("2024-03-04", "2024-03-04", "on_due_date"), "on_due_date",
         "Giải quyết ngày 04/03/2024, đúng ngày hẹn trả 04/03/2024: đúng hạn."),
        (resolved("2024-03-04", "2024-03-01", "late"), "late",
         "Giải quyết ngày 04/03/2024, hẹn trả 01/03/2024: quá hạn 3 ngày."),
        (resolved("2024-03-04", "2024-03-04", "late"), "late",
         "Giải quyết 09:00 04/03/2024, hẹn trả 17:00 04/03/2024: quá giờ hẹn trong ngày."),
        (resolved("2024-03-04", None, "no_due_date"), "plain",
         "Giải quyết ngày 04/03/2024; không có ngày hẹn trả nên không thể quá hạn."),
        ({**resolved("2024-03-04", "2024-03-01", "on_due_date"), "withdrawn": True}, "on_due_date",
         "Công dân rút ngày 04/03/2024; tính là giải quyết đúng hạn, trong mục “rút”."),
        ({"due_on": "2024-03-04"}, "late", "Đang giải quyết; hẹn trả 04/03/2024: đã quá hạn 1 ngày."),
        ({"due_on": "2024-03-05"}, "soon", "Đang giải quyết; hẹn trả hôm nay, 05/03/2024."),
        ({"due_on": "2024-03-15"}, "on_due_date", "Đang giải quyết; hẹn trả 15/03/2024, còn 10 ngày."),
        ({}, "plain", "Đang giải quyết; không có ngày hẹn trả."),
        ({"entered_at": None}, "silent", "Chưa được tiếp nhận, nên chưa tính hạn và không có trong số nào."),
        ({"set_aside": "resolved-before-received"}, "soon",
         "Hồ sơ để riêng, không tính vào số nào: giải quyết trước khi tiếp nhận."),
    ],
)  # fmt: skip
def test_a_case_says_how_it_stands(row: dict[str, Any], tone: str, text: str) -> None:
    told = verdict(row)
    assert (told["tone"], told["text"]) == (tone, text)


def test_one_day_is_one_day_in_english_and_the_comparison_is_named() -> None:
    told = verdict({"due_on": "2024-03-04"}, "en", compare="instant", zone="America/New_York")
    assert told["text"] == "In process; due 04/03/2024: 1 day overdue."
    assert told["how"] == "Compared by instant in America/New_York."
