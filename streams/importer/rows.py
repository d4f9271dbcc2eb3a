"""A file's rows: CSV or JSON lines, plain or gzipped; a row nobody can parse is told, not skipped."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import orjson

from ioc.errors import BadInput

LONGEST_FIELD = 8_388_608
LINES = (".jsonl", ".ndjson", ".json")
TABLES = (".csv", ".tsv", ".txt")


@dataclass(frozen=True)
class Row:
    """One row: its message for the mapping, or why it has none. `read`: bytes of the file read so far."""

    number: int
    read: int
    message: dict[str, Any] | None
    why: str = ""
    text: str = ""


def rows(path: Path) -> Iterator[Row]:
    """Every row in order, numbered from 1; BadInput where the file as a whole is neither kind."""
    kind = Path(path.stem).suffix.lower() if path.suffix == ".gz" else path.suffix.lower()
    if kind not in LINES + TABLES:
        raise BadInput("FILE", str(path), f"give a file named {', '.join(TABLES + LINES)}, also with .gz")
    try:
        with path.open("rb") as raw:
            plain = gzip.GzipFile(fileobj=raw) if path.suffix == ".gz" else raw
            lines = io.TextIOWrapper(plain, encoding="utf-8-sig", errors="surrogateescape", newline="")
            yield from _objects(lines, raw) if kind in LINES else _table(lines, raw, path)
    except OSError as exc:
        raise BadInput("FILE", str(path), f"give a file that can be read ({exc})") from exc


def _objects(lines: IO[str], raw: IO[bytes]) -> Iterator[Row]:
    for number, line in enumerate((line for line in lines if line.strip()), 1):
        try:
            message = orjson.loads(line)
        except (orjson.JSONDecodeError, UnicodeEncodeError) as exc:
            yield Row(number, raw.tell(), None, f"not JSON: {exc}", shown(line))
            continue
        if isinstance(message, dict):
            yield Row(number, raw.tell(), message)
        else:
            yield Row(number, raw.tell(), None, "not a JSON object", shown(line))


def _table(lines: IO[str], raw: IO[bytes], path: Path) -> Iterator[Row]:
    csv.field_size_limit(LONGEST_FIELD)
    first = lines.readline()
    delimiter = max(",;\t", key=first.count)
    head = next(csv.reader([first], delimiter=delimiter), [])
    if head and (len(set(head)) < len(head) or not all(head)):
        twice = sorted({name for name in head if head.count(name) > 1})
        raise BadInput(
            str(path), ", ".join(twice) or "(empty)", "give each column of the first line its own name"
        )
    reader, number = csv.reader(lines, delimiter=delimiter, strict=True), 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as exc:
            number += 1
            yield Row(number, raw.tell(), None, f"not CSV: {exc}")
            continue
        if cells:
            number += 1
            yield _row(number, raw.tell(), head, cells)


def _row(number: int, read: int, head: list[str], cells: list[str]) -> Row:
    text = ",".join(cells)
    if len(cells) != len(head):
        why = f"{len(cells)} fields where the first line names {len(head)}"
        return Row(number, read, None, why, shown(text))
    if not text.isascii() and any("\udc80" <= letter <= "\udcff" for letter in text):
        return Row(number, read, None, "not UTF-8", shown(text))
    return Row(number, read, dict(zip(head, cells, strict=True)))


def shown(text: str) -> str:
    """Text that JSON can carry: bytes that were no UTF-8 show as �."""
    return text.encode(errors="surrogateescape").decode(errors="replace")
