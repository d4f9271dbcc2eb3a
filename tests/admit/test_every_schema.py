"""Of every schema of every feed: what it allows is accepted, what it does not is refused, nothing crashes."""

from __future__ import annotations

from datetime import UTC, datetime
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
from tests.effort import tried

REGISTRY = load()
SCHEMAS = [(feed.feed, name) for feed in REGISTRY.every.values() for name in feed.event_schemas]
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


@every_schema
@tried(30)
@given(data=st.data(), envelope=envelopes)
def test_what_a_schema_allows_is_accepted(
    name: str, dataschema: str, data: st.DataObject, envelope: dict[str, Any], admission: Admission
) -> None:
    said = data.draw(allowed(REGISTRY.every[name], dataschema, REGISTRY)).said
    found = judged(envelope, name, dataschema, said, admission)
    assert isinstance(found, Admitted), (found, said)


@every_schema
@tried(30)
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
