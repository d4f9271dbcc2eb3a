"""What a person names: the thing of that name, or BadInput with the names there are and those like it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from ioc.errors import BadInput
from schemas import AnyFeed, Feed, ObservationFeed, Registry, near

Named = TypeVar("Named")


def one_of(known: Mapping[str, Named], name: str, field: str, more: str = "") -> Named:
    """What has the name; `field` is what the person calls it, `more` what else there is to do."""
    if name not in known:
        raise BadInput(field, name, f"name one of {', '.join(known)}{near(name, known)}{more}")
    return known[name]


def case_feed(registry: Registry, name: str, field: str = "feed") -> Feed:
    """The feed of cases; of one of observations the refusal says so."""
    return one_of(_sorted(registry.feeds), name, field, _other(registry.observations, name, "observations"))


def observation_feed(registry: Registry, name: str, field: str = "feed") -> ObservationFeed:
    """The feed of observations; of one of cases the refusal says so."""
    return one_of(_sorted(registry.observations), name, field, _other(registry.feeds, name, "cases"))


def any_feed(registry: Registry, name: str, field: str = "feed", more: str = "") -> AnyFeed:
    """The feed of either kind."""
    return one_of(_sorted(registry.every), name, field, more)


def _sorted(known: Mapping[str, Named]) -> dict[str, Named]:
    return dict(sorted(known.items()))


def _other(known: Mapping[str, object], name: str, kind: str) -> str:
    return f"; this one is of {kind}" if name in known else ""
