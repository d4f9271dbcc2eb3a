"""What is sent: admitted as it stands by the mapping, spoilt ones quarantined, the same bytes again."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from ioc.admit import Admission, Admitted, Quarantined
from ioc.event import Receipt
from schemas import Registry
from streams.simulator.events import WELL
from streams.simulator.files import write_messages
from streams.simulator.log import log_months
from streams.simulator.messages import messages
from streams.simulator.places import Reference
from streams.simulator.plan import Plan, province_year
from streams.simulator.settings import Simulation

NOW = datetime(2025, 12, 31, tzinfo=UTC)


def verdicts(registry: Registry, plan: Plan, sends: pl.DataFrame) -> list[Admitted | Quarantined]:
    admission = Admission(registry, b"k" * 32, 262_144)
    found: list[Admitted | Quarantined] = []
    for number, text in enumerate(messages(plan, sends)):
        receipt = Receipt(NOW, seq=number)
        found += admission.native(plan.simulation.source, text.encode(), receipt, NOW)
    return found


def test_every_message_yields_the_event_that_the_log_form_has(small: Plan, registry: Registry) -> None:
    sends = small.sends.filter(pl.col("spoilt") == WELL)[:4_000]
    log = pl.concat(list(log_months(small, sends, registry, 8)))
    found = verdicts(registry, small, sends)
    assert len(found) == len(log)
    for verdict, row in zip(found, log.iter_rows(named=True), strict=True):
        assert isinstance(verdict, Admitted)
        event = verdict.event
        said = {name: value for name, value in event.data.items() if name not in ("applicant", "handler")}
        kept = {k: v for k, v in json.loads(row["data"]).items() if k not in ("applicant", "handler")}
        assert (event.case_id, event.source, event.id) == (row["case_id"], row["source"], row["id"])
        assert (event.type, event.dataschema, event.time) == (
            row["type"],
            row["dataschema"],
            row["occurred_at"],
        )
        assert said == kept
        assert set(event.data) == set(json.loads(row["data"]))


def test_spoilt_messages_are_quarantined_with_a_reason(small: Plan, registry: Registry) -> None:
    spoilt = small.sends.filter(pl.col("spoilt") != WELL)
    found = verdicts(registry, small, spoilt)
    assert len(found) == len(spoilt) > 10
    reasons = Counter(verdict.reason for verdict in found if isinstance(verdict, Quarantined))
    assert sum(reasons.values()) == len(found)
    assert len(reasons) > 1


def test_no_person_is_kept_as_told(small: Plan, registry: Registry) -> None:
    for verdict in verdicts(registry, small, small.sends[:500]):
        stored = verdict.value if isinstance(verdict, Admitted) else verdict.to_bytes()
        assert "Mô Phỏng" not in stored.decode()
        assert "@mo-phong" not in stored.decode()


def test_the_same_seed_gives_the_same_bytes(simulation: Simulation, known: Reference, tmp_path: Path) -> None:
    def written(name: str, seed: int) -> bytes:
        plan = province_year(simulation, known, 2024, 0.002, seed)
        write_messages(plan, plan.sends, tmp_path / name, lambda rows: None)
        return (tmp_path / name).read_bytes()

    first = written("a.jsonl", 1)
    assert written("b.jsonl", 1) == first
    assert written("c.jsonl", 2) != first
    packed = written("d.jsonl.gz", 1)
    assert gzip.decompress(packed) == first
    assert written("e.jsonl.gz", 1) == packed
