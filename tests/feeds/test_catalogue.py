"""The catalogue's pages: whole, escaped, without a script, and saying everything that a feed promises."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ioc.cli.feed import app
from ioc.errors import BadInput
from ioc.feeds.catalogue import Catalogue
from ioc.feeds.pages.markup import VOID, el, escaped, pair
from ioc.feeds.pages.page import Site
from ioc.feeds.pages.words import word
from schemas import Feed, ObservationFeed, Registry, load
from schemas.promise import Label
from tests.feeds.conftest import NOW, ODD, Told


class Read(HTMLParser):
    """A page as a browser takes it: tags that close in order, its text, its addresses."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.said: list[str] = []
        self.feed(page.decode())
        self.close()
        self.text = " ".join(self.said)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src")]
        assert not [name for name, _ in attrs if name.startswith("on") or name == "style"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.said.append(data)


@pytest.fixture(scope="session")
def catalogue(registry: Registry) -> Catalogue:
    return Catalogue(registry, NOW)


def test_every_page_is_whole_and_leads_only_to_the_others(catalogue: Catalogue) -> None:
    files = dict(catalogue.files())
    pages = {name: Read(content) for name, content in files.items() if name.endswith(".html")}
    assert len(pages) == len(catalogue.feeds) + 1
    for name, page in pages.items():
        assert page.open == [], name
        assert not page.tags & {"script", "iframe", "img", "style", "object"}, name
        assert set(page.addresses) <= {*files, Site().icon}, name
    assert set(pages["index.html"].addresses) == {*files, Site().icon} - {"index.html"}


def test_a_feeds_page_says_all_that_it_promises(catalogue: Catalogue, told: Told) -> None:
    for name, feed in catalogue.feeds.items():
        page = Read(catalogue.page(name))
        expected = [feed.owner, feed.label.vi, feed.label.en, *feed.event_schemas, *feed.topics[:2]]
        expected += [field for schema in feed.event_schemas.values() for field in schema["properties"]]
        if isinstance(feed, Feed):
            figures = [*feed.measures.values()]
            expected += [text for one in figures for text in (*one.expressions().values(), one.explain.vi)]
            expected += [
                text for one in feed.lifecycle.statuses.values() for text in (one.label.vi, one.label.en)
            ]
            expected += [*feed.channels, *feed.attributes, *feed.targets, *feed.lifecycle.statuses]
            expected += [text for one in feed.attributes.values() for text in one.words]
        if isinstance(feed, ObservationFeed):
            expected += [text for one in feed.series.values() for text in (one.explain.vi, one.unit.en)]
            expected += [*feed.series, *feed.dimensions]
            values = [one.values for one in feed.dimensions.values()]
            expected += [text for named in values for code, one in named.items() for text in (code, one.vi)]
        expected += [
            text for one in told[1][name] for text in ((one.mend, one.reason) if one.reason else (one.name,))
        ]
        missing = [text for text in expected if text not in page.text and "here it is" not in text]
        assert missing == [], name


def test_personal_data_are_marked(catalogue: Catalogue) -> None:
    said = word("say", "personal")
    marked = {name for name in catalogue.feeds if said.en in Read(catalogue.page(name)).text}
    personal = {
        name
        for name, feed in catalogue.feeds.items()
        if any(
            spec.get("x-personal")
            for one in feed.event_schemas.values()
            for spec in one["properties"].values()
        )
    }
    assert marked == personal != set()


@pytest.mark.parametrize("kind", ["case", "observation"])
def test_words_of_a_feed_are_never_markup(odd: Path, kind: str) -> None:
    page = Catalogue(load([odd]), NOW).page(f"odd-{kind}")
    read = Read(page)
    assert not [word for word in (b"<script", b"<i>", b'<b>"') if word in page]
    assert ODD["owner"] in read.text
    assert ODD["en"] in read.text
    index = Read(Catalogue(load([odd]), NOW).index())
    assert "script" not in index.tags
    assert ODD["owner"] in index.text


def test_what_cannot_be_seen_is_shown_by_its_number() -> None:
    assert escaped("a\x00b\u202ec") == "a\\u0000b\\u202ec"
    assert el("p", "\"<&>'", title='"><x') == '<p title="&quot;&gt;&lt;x">&quot;&lt;&amp;&gt;&#x27;</p>'
    escaped("\ud800").encode()
    assert unescape(pair(Label(vi="<i>", en="&"))) == (
        '<span class="pair"><span lang="vi"><i></span><span lang="en">&</span></span>'
    )


def test_a_text_that_looks_like_markup_is_escaped_even_when_it_is_an_elements() -> None:
    assert el("p", str(el("b", "x")) + "") == "<p>&lt;b&gt;x&lt;/b&gt;</p>"


def run(out: Path, *names: str) -> list[str]:
    done = CliRunner().invoke(
        app, ["docs", *names, "--out", str(out)], env={"IOC_HOME": str(out.parent / "home")}
    )
    if done.exception is not None:
        raise done.exception
    return done.stdout.splitlines()


def test_the_command_writes_the_named_feeds(tmp_path: Path, registry: Registry) -> None:
    names = sorted(registry.every)[:2]
    written = run(tmp_path / "out", *names)
    expected = {"asyncapi.yaml", "catalogue.css", "index.html", *(f"{name}.html" for name in names)}
    assert {path.name for path in (tmp_path / "out").iterdir()} == expected
    assert len(written) == len(expected)
    assert re.search(rf"^  {names[0]}:", (tmp_path / "out" / "asyncapi.yaml").read_text(), re.MULTILINE)
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="folder that can be written"):
        run(tmp_path / "file", names[0])
