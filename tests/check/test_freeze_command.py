"""`ioc feed freeze`: a copy of each event version, added to and never narrowed."""

from __future__ import annotations

import json
from pathlib import Path

from tests.check.test_check_command import run as run_apart
from tests.check.test_feed_commands import run


def test_events_are_published_once_and_added_to(own: Path) -> None:
    feed = own / "feeds/tasks"
    path = next(iter(sorted(feed.glob("*.v1.json"))))
    for copy in feed.glob("frozen/*"):
        copy.unlink()
    first = run(own, "feed", "freeze", "tasks", IOC_SCHEMAS_PATH=str(own))
    assert first.returncode == 0, first.stderr
    copy = feed / "frozen" / path.name
    assert f"{copy}: published\n" in first.stdout
    assert copy.read_bytes() == path.read_bytes()
    schema = json.loads(path.read_text(encoding="utf-8"))
    schema["properties"]["note"] = {"type": "string"}
    path.write_text(json.dumps(schema), encoding="utf-8")
    again = run(own, "feed", "freeze", "tasks", IOC_SCHEMAS_PATH=str(own))
    assert f"{copy}: published with its additions\n" in again.stdout
    assert json.loads(copy.read_text(encoding="utf-8")) == schema
    del schema["properties"]["note"]
    path.write_text(json.dumps(schema), encoding="utf-8")
    broken = run(own, "feed", "freeze", "tasks", IOC_SCHEMAS_PATH=str(own))
    assert broken.returncode == 1
    assert "a property taken away" in broken.stderr
    assert "note" in copy.read_text(encoding="utf-8")
    checked = run_apart(own, "check", IOC_SCHEMAS_PATH=str(own))
    assert checked.returncode == 1
    assert "properties.note: 'note'; v1 is published" in checked.stdout
