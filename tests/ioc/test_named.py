"""A feed that nobody knows: every command names those there are and those like it, asking no warehouse."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from typer.testing import CliRunner

from ioc.cli.main import app
from ioc.errors import BadInput
from ioc.named import any_feed, case_feed, observation_feed, one_of
from schemas import Registry, load

OF_CASES = (
    ("conflicts", "--feed", "FEED"),
    ("explain", "FEED", "2024-09", "figure=new"),
    ("flags", "--feed", "FEED"),
    ("flow", "--feed", "FEED", "--period", "month"),
    ("form", "II.06a", "2024-01", "--feed", "FEED", "--agency", "H20"),
    ("measures", "--feed", "FEED", "2024-01"),
    ("restatements", "--feed", "FEED"),
    ("rollup", "--feed", "FEED", "--from", "2024-01", "--to", "2024-01"),
)
OF_ANY = (("feed", "docs", "--out", "out", "FEED"), ("feed", "freeze", "FEED"), ("feed", "try", "FEED", "x"))


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load()


@pytest.mark.parametrize("words", [*OF_CASES, *OF_ANY], ids=" ".join)
def test_every_command_names_the_feed_that_was_meant(words: tuple[str, ...]) -> None:
    asked = ["rekords" if word == "FEED" else word for word in words]
    refused = CliRunner().invoke(app, asked).exception
    assert isinstance(refused, BadInput)
    assert (refused.field.strip("-").lower() in ("feed", "name"), refused.value) == (True, "rekords")
    assert ", records, " in refused.mend
    assert "; near: 'records'" in refused.mend


def test_a_feed_of_the_other_kind_is_told_from_one_that_is_none(registry: Registry) -> None:
    counted = next(iter(registry.observations))
    with pytest.raises(BadInput, match=r"; this one is of observations$"):
        case_feed(registry, counted)
    with pytest.raises(BadInput, match=r"; this one is of cases$"):
        observation_feed(registry, "records")
    with pytest.raises(BadInput) as refused:
        observation_feed(registry, "nothing-like-it")
    assert "; " not in refused.value.mend


@pytest.mark.parametrize(("named", "kind"), [(case_feed, "feeds"), (observation_feed, "observations")])
def test_what_is_known_is_given_by_its_name(
    registry: Registry, named: Callable[[Registry, str], object], kind: str
) -> None:
    for name, feed in getattr(registry, kind).items():
        assert named(registry, name) is feed
        assert any_feed(registry, name) is feed


def test_a_refusal_is_about_the_field_as_the_person_calls_it() -> None:
    assert one_of({"a": 1}, "a", "--of") == 1
    with pytest.raises(
        BadInput, match=r"^--of: 'dest' cannot be used; name one of desk, x; near: 'desk'; or y$"
    ):
        one_of({"desk": 1, "x": 2}, "dest", "--of", "; or y")
