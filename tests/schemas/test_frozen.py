"""What is published holds: an incompatible change stops the loader, by its rule and with the way to a v2."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ioc.admit import Admission, Admitted
from ioc.event import Receipt
from schemas import Finding, Unusable, load
from schemas.source_files import PACKAGED

NAME = "permits"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A folder with a published feed of its own."""
    feed = tmp_path / "feeds" / "desk"
    shutil.copytree(PACKAGED / "feeds" / NAME, feed)
    text = (feed / "feed.yaml").read_text(encoding="utf-8")
    (feed / "feed.yaml").write_text(text.replace(f"feed: {NAME}", "feed: desk"), encoding="utf-8")
    return feed


def change(feed: Path, **properties: Any) -> None:
    path = feed / "received.v1.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    laid = {**schema["properties"], **properties}
    schema["properties"] = {name: spec for name, spec in laid.items() if spec is not None}
    path.write_text(json.dumps(schema, indent=1), encoding="utf-8")


def found(feed: Path) -> tuple[Finding, ...]:
    with pytest.raises(Unusable) as unusable:
        load([feed.parent.parent])
    return unusable.value.findings


def test_packaged_copies_hold_what_is_promised_now() -> None:
    frozen = {f"{path.parents[1].name}/{path.stem}" for path in PACKAGED.glob("feeds/*/frozen/*.json")}
    promised = {name for feed in load().every.values() for name in feed.event_schemas}
    assert sorted(promised - frozen) == [], "publish it: `ioc feed freeze NAME`"


def test_a_property_may_be_added_and_none_taken_away(own: Path) -> None:
    change(own, floor={"type": "integer"})
    load([own.parent.parent])
    change(own, channel=None)
    (one,) = found(own)
    assert (one.file, one.field) == (str(own / "received.v1.json"), "properties.channel")
    assert one.mend == (
        "v1 is published, and this breaks it (a property taken away); undo it, or make v2: keep this as "
        "received.v2.json, bring frozen/received.v1.json back as received.v1.json, and list "
        "received: [v1, v2] under `events`"
    )


def test_the_line_is_that_of_the_value(own: Path) -> None:
    change(own, agency={"type": "string", "minLength": 3, "maxLength": 200})
    (one,) = found(own)
    lines = (own / "received.v1.json").read_text(encoding="utf-8").splitlines()
    assert (one.value, lines[one.line - 1].strip()) == (3, '"minLength": 3,')


def test_the_way_to_a_second_version_that_is_told_works(own: Path) -> None:
    change(own, channel=None)
    (own / "received.v1.json").rename(own / "received.v2.json")
    shutil.copy(own / "frozen/received.v1.json", own / "received.v1.json")
    text = (own / "feed.yaml").read_text(encoding="utf-8")
    (own / "feed.yaml").write_text(text.replace("received: [v1]", "received: [v1, v2]"), encoding="utf-8")
    registry = load([own.parent.parent])
    assert registry.feeds["desk"].dataschema("received") == "desk/received.v2"
    admission, now = Admission(registry, b"k" * 32, 10_000), datetime(2025, 1, 1, tzinfo=UTC)
    given = (own / "examples/valid/received.json").read_text(encoding="utf-8").replace(f"{NAME}.", "desk.")
    for version, taken in (("v1", True), ("v2", False)):  # what v2 took away, v1 still takes
        sent = given.replace(f"{NAME}/received.v1", f"desk/received.{version}")
        verdict = admission.canonical(sent.encode(), Receipt(now), now, "desk")
        assert isinstance(verdict, Admitted) is taken, verdict


def test_a_published_version_stays_listed(own: Path) -> None:
    text = (own / "feed.yaml").read_text(encoding="utf-8")
    (own / "feed.yaml").write_text(text.replace("  activity: [v1]\n", ""), encoding="utf-8")
    (one,) = [one for one in found(own) if one.field.startswith("events")]
    assert (one.field, one.value) == ("events.activity", "v1")
    assert "list it under `events` again" in one.mend


def test_a_copy_that_is_none_is_told(own: Path) -> None:
    (own / "frozen/received.v1.json").write_text("{", encoding="utf-8")
    (one,) = found(own)
    assert one.file == str(own / "frozen/received.v1.json")


def test_a_packaged_feed_that_is_laid_over_is_held_to_its_packaged_copies(tmp_path: Path) -> None:
    over = tmp_path / "feeds" / NAME
    over.mkdir(parents=True)
    shutil.copy(PACKAGED / "feeds" / NAME / "received.v1.json", over)
    (over / "feed.yaml").write_text(f"feed: {NAME}\nextends: {NAME}\n", encoding="utf-8")
    load([tmp_path])
    change(over, channel=None)
    assert [one.field for one in found(over)] == ["properties.channel"]
