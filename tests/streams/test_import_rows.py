"""Files as rows: what cannot be parsed is told with its reason, and numbers stay those of the file."""

import gzip
from pathlib import Path

import pytest

from ioc.errors import BadInput
from streams.importer.rows import Row, rows
from streams.importer.send import Batch, batches


def told(path: Path) -> list[tuple[int, object]]:
    return [(row.number, row.message if row.message is not None else row.why) for row in rows(path)]


def test_a_table_with_bad_rows(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_bytes(b'\xef\xbb\xbfa,b\n1,"x\ny"\n\n2\n3,4,5\n6,\xff\n7,\n')
    assert told(file) == [
        (1, {"a": "1", "b": "x\ny"}),
        (2, "1 fields where the first line names 2"),
        (3, "3 fields where the first line names 2"),
        (4, "not UTF-8"),
        (5, {"a": "7", "b": ""}),
    ]


@pytest.mark.parametrize("text", ["a;b\n1;2,5\n", "a\tb\n1\t2,5\n"])
def test_the_first_line_says_what_divides(tmp_path: Path, text: str) -> None:
    file = tmp_path / "t.csv"
    file.write_text(text)
    assert told(file) == [(1, {"a": "1", "b": "2,5"})]


def test_an_open_quote_takes_no_row_before_it_along(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text('a,b\n1,2\n3,"4\n')
    found = told(file)
    assert found[0] == (1, {"a": "1", "b": "2"})
    assert str(found[1][1]).startswith("not CSV")


def test_json_lines_gzipped(tmp_path: Path) -> None:
    file = tmp_path / "t.jsonl.gz"
    file.write_bytes(gzip.compress(b'{"a": 1}\n\n[1]\n{oops\n"\xff"\n{"a": 2}'))
    found = told(file)
    assert [found[0], found[1], found[-1]] == [(1, {"a": 1}), (2, "not a JSON object"), (5, {"a": 2})]
    assert all(str(why).startswith("not JSON") for _, why in found[2:4])


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("t.parquet", "", ".csv"),
        ("t.csv", "a,a\n1,2\n", "its own name"),
        ("t.csv", "a,\n1,2\n", "its own name"),
    ],
)
def test_a_file_of_neither_kind_is_refused(tmp_path: Path, name: str, text: str, says: str) -> None:
    file = tmp_path / name
    file.write_text(text)
    with pytest.raises(BadInput, match=says):
        list(rows(file))


def test_an_empty_file_has_no_rows(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text("")
    assert told(file) == []


def row(number: int, message: dict[str, str] | None) -> Row:
    return Row(number, 0, message, "why")


def test_a_batch_holds_neighbours_of_one_kind_so_that_numbers_run_on() -> None:
    given = [row(1, {}), row(2, {}), row(3, None), row(4, {}), *(row(n, {}) for n in range(5, 1_000))]
    made = list(batches(given))
    assert [(b.kind, b.rows[0].number, len(b.rows)) for b in made] == [
        ("messages", 1, 2),
        ("unreadable", 3, 1),
        ("messages", 4, 500),
        ("messages", 504, 496),
    ]
    assert [r for b in made for r in b.rows] == given


def test_a_batch_too_large_is_halved_down_to_a_row_that_cannot_be_read() -> None:
    whole = Batch([row(n, {"a": "x"}) for n in (1, 2, 3)])
    first, second = whole.halves()
    assert [len(first.rows), len(second.rows)] == [1, 2]
    [alone] = first.halves()
    assert (alone.kind, alone.rows[0].number) == ("unreadable", 1)
