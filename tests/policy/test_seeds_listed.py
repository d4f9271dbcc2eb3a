"""tests/seeds.yaml lists every figure of the seeds, and the test that reproduces it or why none does."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from schemas import load
from tests.seeds import (
    ARTICLES,
    Figure,
    NotFigure,
    Seeds,
    Share,
    Sum,
    difference,
    misprinted,
    not_all,
    place,
    seeds,
    unlisted,
    untested,
)


@pytest.fixture(scope="module")
def listed() -> Seeds:
    return seeds()


@pytest.fixture(scope="module")
def articles() -> dict[str, str]:
    """The articles by their number; they lie beside the project, not in it."""
    if not ARTICLES.is_dir():
        pytest.skip(f"the seed articles are not at {ARTICLES}: a clone that stands alone has the list only")
    return {path.name.partition("_")[0]: path.read_text(encoding="utf-8") for path in ARTICLES.glob("*.txt")}


def test_ids_are_unique_and_begin_with_their_article(listed: Seeds) -> None:
    assert [id_ for id_, n in Counter(f.id for f in listed.figures).items() if n > 1] == []
    assert [f.id for f in listed.figures if not f.id.startswith(f.file + "-")] == []
    assert {f.file for f in listed.figures} <= set(listed.articles)
    assert {f.feed for f in listed.figures} <= {*listed.feeds, "none"}


def test_each_phrase_prints_its_value_once(listed: Seeds) -> None:
    for figure in listed.figures:
        place(figure, figure.phrase)


def test_each_article_says_what_the_list_says(listed: Seeds, articles: dict[str, str]) -> None:
    assert [said for figure in listed.figures for said in misprinted(figure, articles[figure.file])] == []


def test_each_number_of_each_article_is_listed(listed: Seeds, articles: dict[str, str]) -> None:
    assert set(articles) == set(listed.articles)
    assert [said for file, text in articles.items() for said in unlisted(listed, file, text)] == []


def test_no_kind_of_other_numbers_is_listed_in_vain(listed: Seeds, articles: dict[str, str]) -> None:
    everything = "\n".join(articles.values())
    assert [kind.pattern for kind in listed.not_figures if not re.search(kind.pattern, everything)] == []


def test_relations_hold_or_fail_by_what_is_said(listed: Seeds) -> None:
    for relation in listed.relations:
        assert relation.holds == (relation.by == 0), relation
        assert difference(listed, relation) == relation.by, relation
        assert isinstance(relation, Sum) or not not_all(listed, relation), relation
    assert [r.by for r in listed.relations if not r.holds] == [27]


def test_each_named_test_exists(listed: Seeds) -> None:
    assert [said for figure in listed.figures for said in untested(figure)] == []


def test_no_reason_speaks_of_a_feed_that_is_built(listed: Seeds) -> None:
    assert [f.id for f in listed.figures if outdated(f, set(load().every))] == []


def outdated(figure: Figure, built: set[str]) -> bool:
    said = re.match(r"feed (\S+) is not built", figure.why or "")
    return said is not None and (said[1] in built or said[1] != figure.feed)


# What the checks above refuse, on an article of one line.

ARTICLE = (
    "In 2024 the desk got 1,744 records: 1,055 online, reaching 60.5%, and 689 by post; over 99% answered."
)


def figure(id_: str = "9-got", value: str = "1744", phrase: str = "got 1,744 records", **more: Any) -> Figure:
    given = {"rounding": len(value.partition(".")[2]), "unit": "records", "feed": "none"} | more
    fate = {} if "test" in more or "why" in more else {"why": "no form holds it"}
    return Figure.model_validate({"id": id_, "file": "9", "phrase": phrase, "value": value} | given | fate)


GOT, ONLINE = figure(), figure("9-online", "1055", "1,055 online")
POST, SHARE = figure("9-post", "689", "689 by post"), figure("9-share", "60.5", "reaching 60.5%")
ANSWERED = figure("9-answered", "99", "over 99% answered", bound="over")
YEARS = NotFigure(pattern=r"20\d\d", why="years")


def toy(*figures: Figure, kinds: tuple[NotFigure, ...] = (YEARS,)) -> Seeds:
    return Seeds(
        articles={"9": "a toy"}, feeds=[], figures=list(figures), relations=[], not_figures=list(kinds)
    )


ALL = (GOT, ONLINE, POST, SHARE, ANSWERED)


def test_a_toy_article_is_listed_whole() -> None:
    assert [said for figure in ALL for said in misprinted(figure, ARTICLE)] == []
    assert list(unlisted(toy(*ALL), "9", ARTICLE)) == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (figure(phrase="took 1,744 records"), "stands 0 times in its article"),
        (figure(phrase="got 744 records", value="744"), "stands 0 times in its article"),
        (figure(value="1745"), "'1,745' stands 0 times in its phrase"),
        (figure(value="744", phrase="got 1,744 records"), "'744' stands 0 times in its phrase"),
        (figure(value="60", phrase="reaching 60.5%"), "'60' stands 0 times in its phrase"),
        (figure(value="99", phrase="over 99%"), "bound is None"),
        (figure(bound="over"), "bound is over"),
        (figure(period="in 2023"), "period 'in 2023' is not in the article"),
    ],
)
def test_what_the_article_does_not_say_is_found(wrong: Figure, said: str) -> None:
    (found,) = misprinted(wrong, ARTICLE)
    assert said in found


@pytest.mark.parametrize(
    ("list_", "said"),
    [
        (toy(GOT, ONLINE, POST, ANSWERED), "'60.5' in"),
        (toy(*ALL, kinds=()), "'2024' in"),
        (toy(*ALL, figure("9-again", phrase="the desk got 1,744")), "['9-got', '9-again']; keep one"),
        (
            toy(*ALL, kinds=(YEARS, NotFigure(pattern="689 by", why="wrong"))),
            "['9-post', '689 by']; keep one",
        ),
        (toy(*ALL[1:], kinds=(YEARS, NotFigure(pattern="1,74", why="a piece"))), "'1,744' in"),
    ],
)
def test_a_number_of_no_list_or_of_two_is_found(list_: Seeds, said: str) -> None:
    (found,) = unlisted(list_, "9", ARTICLE)
    assert said in found


def test_a_number_in_words_is_found() -> None:
    assert len(list(unlisted(toy(), "9", "Three centres and a dozen desks"))) == 2


@pytest.mark.parametrize(
    ("relation", "by"),
    [
        (Sum(sum=["9-online", "9-post"], total="9-got", holds=True), "0"),
        (Sum(sum=["9-online"], total="9-got", holds=True), "689"),
        (Sum.model_validate({"sum": ["9-share"], "total": 100, "holds": True}), "39.5"),
        (Share(share="9-share", part="9-online", whole="9-got", holds=True), "0"),
        (Share(share="9-share", part="9-post", whole="9-got", holds=True), "21.0"),
        (Share.model_validate({"share": "9-share", "part": {"least": 1055, "most": 1056}, "whole": "9-got",
                               "holds": True}), "-0.1"),
    ],
)  # fmt: skip
def test_a_relation_is_off_by(relation: Sum | Share, by: str) -> None:
    assert str(difference(toy(*ALL), relation)) in (by, by + ".0")


@pytest.mark.parametrize(
    ("least", "most", "short"), [(1055, 1055, False), (1055, 1056, False), (1056, 1057, True)]
)
def test_a_part_that_is_not_printed_has_all_its_numbers(least: int, most: int, short: bool) -> None:
    side = {"least": least, "most": most}
    share = Share.model_validate({"share": "9-share", "part": side, "whole": "9-got", "holds": True})
    assert not_all(toy(*ALL), share) == short


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"test": None, "why": None}, "either the test"),
        ({"test": "tests/x.py::test_x", "why": "both"}, "either the test"),
        ({"value": "52.84", "rounding": 1, "phrase": "52.8"}, "not printed with 1 decimals"),
        ({"whyy": "a slip"}, "Extra inputs"),
    ],
)
def test_a_figure_of_the_wrong_shape_is_refused(more: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        figure(**more)


@pytest.mark.parametrize(
    ("test", "said"),
    [
        ("tests/test_toy.py::test_totals", None),
        ("tests/test_toy.py::test_totals[1]", None),
        ("tests/test_toy.py::test_none", "there is no test"),
        ("tests/test_toy.py::helper", "there is no test"),
        ("tests/test_toy.py", "there is no test"),
        ("tests/test_gone.py::test_totals", "there is no test"),
        ("tests/test_other.py::test_totals", "says neither 1744 nor 9-got"),
    ],
)
def test_a_test_that_is_none_is_found(test: str, said: str | None, tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    for name, value in (("toy", "1_744"), ("other", "21_744")):
        text = f"def helper(): ...\ndef test_totals():\n    assert {value}\n"
        (tmp_path / f"tests/test_{name}.py").write_text(text, encoding="utf-8")
    found = list(untested(figure(test=test), tmp_path))
    assert len(found) == (said is not None)
    assert (said or "") in "".join(found)


def test_a_reason_outlives_its_feed_by_no_day() -> None:
    waits = figure(feed="tasks", why="feed tasks is not built (issue 6)")
    assert not outdated(waits, {"records"})
    assert outdated(waits, {"records", "tasks"})
    assert outdated(figure(feed="lgsp", why=waits.why), {"records"})
