"""`ioc import`, `quarantine`, `redrive` and `case` on real parts, with processes killed in the middle."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

pytestmark = [pytest.mark.broker, pytest.mark.timeout(240)]

HEAD = "case,start,end,via,office,name"


class Running:
    """Intake and live of one feed, and the commands a person types at them."""

    def __init__(self, feed: Any, until: Callable[..., Any]) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.feed, self.until, self.port = feed, until, str(port)
        self.url = f"http://127.0.0.1:{port}"
        self.intake = self.start_intake()
        self.live = self.start_live()
        until(self.answers)

    def start_intake(self) -> Any:
        return self.feed.start("streams.intake", IOC_INTAKE_PORT=self.port)

    def start_live(self) -> Any:
        return self.feed.start("streams.live", "--worker", "1")

    def answers(self) -> bool:
        try:
            return httpx.get(self.url + "/health").status_code == 200
        except httpx.TransportError:
            return False

    def begin(self, *words: str) -> subprocess.Popen[str]:
        env = os.environ | {
            "IOC_HOME": str(self.feed.settings.home),
            "IOC_SCHEMAS_PATH": self.feed.settings.schemas_path,
            "IOC_INTAKE_URL": self.url,
        }
        command = [sys.executable, "-P", "-m", "ioc.cli.main", *words]
        return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run(self, *words: str, code: int = 0) -> str:
        process = self.begin(*words)
        out, err = process.communicate(timeout=200)
        assert process.returncode == code, out + err
        assert "Traceback" not in err, err
        return out if code == 0 else err

    def json(self, *words: str) -> Any:
        return json.loads(self.run(*words, "--json"))

    def bring(self, file: Path) -> Any:
        return self.json("import", str(file), "--source", f"{self.feed.name}-post")


@pytest.fixture
def running(feed: Any, until: Callable[..., Any]) -> Running:
    return Running(feed, until)


def table(path: Path, count: int) -> Path:
    rows = [
        f"c{n},2026-03-01T10:00:00Z,{'2026-03-02T10:00:00Z' if n % 2 else ''},Desk,O{n % 5},An"
        for n in range(count)
    ]
    path.write_text("\n".join([HEAD, *rows]) + "\n")
    return path


def figures(feed: Any) -> Any:
    return feed.rows(
        "select case_id, status, in_figures, agency, events, entered_at, resolved_at, outcome, flags"
        " from cases where feed = $feed order by 1"
    )


def test_kill_9_of_intake_and_worker_in_the_middle_changes_no_figure(
    running: Running, tmp_path: Path
) -> None:
    feed, file = running.feed, table(tmp_path / "t.csv", 4_000)
    importing = running.begin("import", str(file), "--source", f"{feed.name}-post", "--json")
    arrived = "select count(*) from event where feed = $feed"
    running.until(lambda: feed.one(arrived) > 0)
    os.kill(running.live.pid, signal.SIGKILL)
    os.kill(running.intake.pid, signal.SIGKILL)
    running.intake.wait()
    running.live.wait()
    running.start_intake()
    running.start_live()
    out, err = importing.communicate(timeout=200)
    assert importing.returncode == 0, out + err
    assert json.loads(out) == {
        "rows": 4_000,
        "events": 6_000,
        "accepted": 6_000,
        "quarantined": 0,
        "duplicate": 0,
    }
    once = figures(feed)
    assert (len(once), feed.one("select sum(events) from cases where feed = $feed")) == (4_000, 6_000)
    again = running.bring(file)
    assert (again["duplicate"], again["accepted"]) == (6_000, 0)
    assert figures(feed) == once


def test_bad_rows_are_told_mended_and_brought_back(running: Running, tmp_path: Path) -> None:
    feed, file = running.feed, tmp_path / "t.csv"
    good = "c1,2026-03-01T10:00:00Z,2026-03-02T10:00:00Z,Desk,North,An"
    fax = "c2,2026-03-01T10:00:00Z,,Fax,North,An"
    file.write_text("\n".join([HEAD, good, fax, "c3,too,few", good]) + "\n")
    said = running.bring(file)
    assert said == {"rows": 4, "events": 6, "accepted": 2, "quarantined": 2, "duplicate": 2}
    refused = running.json("quarantine")
    assert refused["counts"].items() >= {"unreadable": 1, "unknown-word": 1}.items()
    ours = {row["reason"]: row for row in refused["rows"] if row["feed"] == feed.name}
    assert (ours["unknown-word"]["field"], ours["unknown-word"]["value"]) == ("via", "Fax")
    assert "too" not in json.dumps(ours["unreadable"]) or ours["unreadable"]["payload_text"]
    assert running.json("redrive", "--reason", "unknown-word", "--dry-run")["accepted"] == 0

    mapping = Path(feed.settings.schemas_path) / "sources" / f"{feed.name}-post.yaml"
    mapping.write_text(mapping.read_text().replace("Desk: Desk,", "Desk: Desk, Fax: Post,"))
    dry = running.json("redrive", "--dry-run")
    of_feed = [row for row in dry["rows"] if row["offset"].startswith(feed.name)]
    assert sorted(row["verdict"] for row in of_feed) == ["accepted", "not-kept"]
    assert feed.rows("select case_id from cases where feed = $feed") == [("c1",)], "a dry run sends nothing"
    running.json("redrive", "--reason", "unknown-word")
    running.until(lambda: feed.rows("select status from cases where feed = $feed and case_id = 'c2'"))
    left = [r for r in running.json("quarantine")["rows"] if r["feed"] == feed.name and not r["redriven_at"]]
    assert [row["reason"] for row in left] == ["unreadable"]


def test_what_is_refused_again_still_stands(running: Running, tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text(f"{HEAD}\nc2,2026-03-01T10:00:00Z,,Fax,North,An\n")
    running.bring(file)
    running.json("redrive", "--reason", "unknown-word")
    refused = "select count(*) from quarantine where feed = $feed and redriven_at is null"
    running.until(lambda: running.feed.one("select count(*) from duplicate where feed = $feed") == 1)
    assert running.feed.one(refused) == 1


def test_a_case_tells_how_its_deadline_status_came_about(running: Running, tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text(f"{HEAD}\nc1,2026-03-01T10:00:00Z,2026-02-01T10:00:00Z,Desk,North,An\n")
    running.bring(file)
    told = running.json("case", "c1", "--feed", running.feed.name)
    assert told["case"]["set_aside"] == "resolved-before-received"
    assert [event["status"] for event in told["events"]] == ["completed", "received"]
    assert any("before it was received" in line["text"] for line in told["story"])
    assert "resolved before it was received" in running.run("case", "c1", "--feed", running.feed.name)
    assert "Hồ sơ để riêng" in running.run("case", "c1", "--feed", running.feed.name, "--lang", "vi")
    assert "take vi or en" in running.run("case", "c1", "--feed", running.feed.name, "--lang", "fr", code=1)
    assert "no-such" in running.run("case", "no-such", code=1)


def test_a_mapping_given_by_its_path_is_adopted_or_refused_whole(running: Running, tmp_path: Path) -> None:
    feed, file = running.feed, table(tmp_path / "t.csv", 3)
    text = (Path(feed.settings.schemas_path) / "sources" / f"{feed.name}-post.yaml").read_text()
    mine = tmp_path / f"{feed.name}-mine.yaml"
    mine.write_text(text.replace(f"source: {feed.name}-post", f"source: {feed.name}-mine"))
    assert running.json("import", str(file), "--source", str(mine))["accepted"] == 4
    mine.write_text("source: [")
    kept = feed.settings.home / "schemas" / "sources" / mine.name
    before = kept.read_text()
    assert mine.name in running.run("import", str(file), "--source", str(mine), code=1)
    assert kept.read_text() == before
    kept.unlink()
    assert "nobody" in running.run("import", str(file), "--source", "nobody", code=1)
