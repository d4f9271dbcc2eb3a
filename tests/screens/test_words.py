"""What the page says and how it writes numbers, asked of the page's own modules in Node."""

import json
import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ioc.admit import REASONS
from screens.assets import WEB
from screens.delta import delta


def asked(module: str, expression: str, given: object = None) -> Any:
    """What an expression over a module `m` of the page and `given` comes to."""
    node = shutil.which("node") or str(Path(sys.executable).parent / "node")
    text = f"""const m = await import({json.dumps((WEB / module).as_uri())});
    const given = {json.dumps(given)};
    console.log(JSON.stringify({expression}))"""
    command = [node, "--input-type=module", "--eval", text]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def formatted(call: str) -> Any:
    return asked("format.js", call.replace("f.", "m.", 1))


@pytest.mark.parametrize(
    ("call", "text"),
    [
        ("f.number(678744, 'vi')", "678.744"),
        ("f.number(678744, 'en')", "678,744"),
        ("f.rate(655914, 657262, 'vi')", "99,79\u00a0%"),
        ("f.rate(655914, 657262, 'en')", "99.79%"),
        ("f.rate(1, 2, 'vi')", "50,00\u00a0%"),
        ("f.rate(5, 5, 'vi')", "100,00\u00a0%"),
        ("f.rate(99999, 100000, 'vi')", "99,99\u00a0%"),
        ("f.rate(1, 100000, 'vi')", "0,01\u00a0%"),
        ("f.rate(0, 7, 'vi')", "0,00\u00a0%"),
        ("f.rate(0, 0, 'vi')", None),
        ("f.signed(312, 'vi')", "+312"),
        ("f.signed(-1348, 'vi')", "−1.348"),
        ("f.day('2024-03-05')", "05/03/2024"),
        ("f.daysBetween('2024-02-28', '2024-03-01')", 2),
        ("f.lasting(250)", [4, "minutes"]),
        ("f.lasting(90 * 60)", [90, "minutes"]),
        ("f.lasting(3 * 86400)", [3, "days"]),
    ],
)
def test_numbers_rates_and_dates_are_written_as_here(call: str, text: Any) -> None:
    assert formatted(call) == text


def test_times_are_the_feeds_whatever_the_machines_zone() -> None:
    midnight = "f.local('2024-03-04T17:00:05.000000Z', 'Asia/Ho_Chi_Minh')"
    assert formatted(midnight) == {"date": "05/03/2024", "time": "00:00:05", "minutes": "00:00", "hour": 0}
    assert formatted("f.local('2024-07-01T22:30:00Z', 'Europe/Amsterdam').time") == "00:30:00"


def test_every_word_is_there_in_both_languages_with_the_same_places() -> None:
    for key, pair in asked("words.js", "m.KEYS.map((k) => [k, m.said(k)])"):
        assert len(pair) == 2, key
        assert all(pair), key
        places = [sorted(part.split("}")[0] for part in text.split("{")[1:]) for text in pair]
        assert places[0] == places[1], key


def test_every_reason_of_the_quarantine_has_words() -> None:
    codes = sorted(REASONS)
    said = asked("reasons.js", "given.map((code) => m.reason(code, 'vi'))", codes)
    assert [code for code, word in zip(codes, said, strict=True) if word == code] == []


def state(rng: random.Random, depth: int = 0) -> dict[str, Any]:
    """A made state over few keys, so that two of them share some, differ in some and lack some."""
    leaves = [lambda: rng.randint(0, 2), lambda: rng.choice("ab"), lambda: [rng.randint(0, 1)]]
    if depth < 3:
        leaves += [lambda: state(rng, depth + 1)] * 2
    return {key: rng.choice(leaves)() for key in "abcd" if rng.random() < 0.6}


def test_the_page_makes_of_old_state_and_delta_exactly_the_new_state() -> None:
    rng = random.Random(11)
    pairs = [(state(rng), state(rng)) for _ in range(500)]
    changes = [[old, delta(old, new)] for old, new in pairs]
    patched = asked("patch.js", "given.map(([state, change]) => m.patched(state, change))", changes)
    assert patched == [new for _, new in pairs]


def test_a_delta_holds_only_what_changed() -> None:
    old = {"a": {"n": 1, "m": 2}, "b": [1], "gone": 1}
    assert delta(old, {"a": {"n": 1, "m": 3}, "b": [1], "new": {}}) == {
        "a": {"m": 3},
        "gone": None,
        "new": {},
    }
    assert delta(old, old) == {}
