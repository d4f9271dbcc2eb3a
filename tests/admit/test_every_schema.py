"""Of every schema of every feed: what it allows is accepted, what it does not is refused, nothing crashes."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ioc.admit import REASONS, Admission, Admitted, Quarantined
from ioc.event import Receipt
from schemas import load
from tests.admit.from_schema import allowed, codes, instants, spoilt, texts
from tests.admit.test_anything import anything, sane, sound
from tests.effort import NIGHTLY, tried

REGISTRY = load()
SCHEMAS = [(feed.feed, name) for feed in REGISTRY.every.values() for name in feed.event_schemas]
# By night at least 100,000 events: of those that a schema allows and of those that it does not, together.
# Counted are Hypothesis's examples; what its filters throw away is none.
BY_NIGHT, TESTS = 100_000, 2
EACH = math.ceil(BY_NIGHT / NIGHTLY / TESTS / len(SCHEMAS))
NOW = datetime(2025, 1, 1, tzinfo=UTC)
every_schema = pytest.mark.parametrize(("name", "dataschema"), SCHEMAS, ids=[name for _, name in SCHEMAS])
envelopes = st.fixed_dictionaries(
    {
        "specversion": st.just("1.0"),
        "id": texts(),
        "source": texts(),
        "subject": codes.map(lambda code: "about " + code),  # never the other code that an event names
        "time": instants(1901, 2024),
    }
)


def judged(envelope: dict[str, Any], name: str, dataschema: str, data: Any, admission: Admission) -> Any:
    """The verdict on the event, sent as bytes; whatever it is, it is a sound one."""
    kind = dataschema.rsplit(".", 1)[0].replace("/", ".")
    said = envelope | {"type": kind, "dataschema": dataschema, "data": data}
    found = admission.canonical(orjson.dumps(said), Receipt(NOW, "b", 1), NOW, name)
    sound(found, admission)
    return found


def test_the_night_tries_as_many_as_it_should() -> None:
    nightly = (Path(__file__).parents[2] / "Makefile").read_text(encoding="utf-8").partition("\nnightly:")[2]
    command = nightly.splitlines()[1]
    assert f"TEST_EFFORT={NIGHTLY} " in command
    assert "tests/admit" in command.split()
    assert EACH * NIGHTLY * TESTS * len(SCHEMAS) >= 100_000


@every_schema
@tried(EACH)
@given(data=st.data(), envelope=envelopes)
def test_what_a_schema_allows_is_accepted(
    name: str, dataschema: str, data: st.DataObject, envelope: dict[str, Any], admission: Admission
) -> None:
    said = data.draw(allowed(REGISTRY.every[name], dataschema, REGISTRY)).said
    found = judged(envelope, name, dataschema, said, admission)
    assert isinstance(found, Admitted), (found, said)


@every_schema
@tried(EACH)
@given(data=st.data(), envelope=envelopes)
def test_what_a_schema_does_not_allow_is_refused(
    name: str, dataschema: str, data: st.DataObject, envelope: dict[str, Any], admission: Admission
) -> None:
    said = data.draw(spoilt(REGISTRY.every[name], dataschema, REGISTRY))
    found = judged(envelope, name, dataschema, said, admission)
    assert isinstance(found, Quarantined), said
    assert found.reason in REASONS - {"kernel-error", "data-error", "unknown-feed", "not-json"}


@every_schema
@tried(25)
@given(data=st.data(), envelope=envelopes, value=anything.filter(sane))
def test_whatever_a_datum_is_there_is_an_answer(
    name: str,
    dataschema: str,
    data: st.DataObject,
    envelope: dict[str, Any],
    value: Any,
    admission: Admission,
) -> None:
    asked = data.draw(allowed(REGISTRY.every[name], dataschema, REGISTRY))
    datum = data.draw(st.sampled_from(sorted(asked.specs)))
    judged(envelope, name, dataschema, asked.said | {datum: value}, admission)
