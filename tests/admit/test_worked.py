"""The worked examples of docs/examples, tried on the data they are written for."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import datetime
from pathlib import Path

from ioc.admit import Admission, Admitted, Quarantined
from ioc.event import Receipt

Verdicts = list[Admitted | Quarantined]


def read(path: Path, source: str, admission: Admission, now: datetime) -> Verdicts:
    found: Verdicts = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.DictReader(file)):
            found += admission.native(source, row, Receipt(now, "b", number), now)
    return found


def test_each_row_of_the_permit_log_gives_its_received_completed_and_activity(
    shared: Path, admission: Admission, now: datetime
) -> None:
    found = read(shared / "permits/receipt_original.csv", "receipt", admission, now)
    events = [v.event for v in found if isinstance(v, Admitted)]
    assert len(events) == len(found)
    assert Counter(e.type for e in events) == {
        "permits.received": 8_577,
        "permits.activity": 8_577,
        "permits.completed": 8_577 - 617,
    }
    distinct = {(e.type, e.case_id, e.source, e.id, e.hash) for e in events}
    assert Counter(kind for kind, *_ in distinct) == {
        "permits.received": 1_434,
        "permits.activity": 8_577,
        "permits.completed": 1_434 - 105,
    }
    assert len({identity[1:4] for identity in distinct}) == len(distinct), "no id with two contents"


def test_new_yorks_requests_are_read_by_their_mapping_alone(
    shared: Path, admission: Admission, now: datetime
) -> None:
    found = read(shared / "requests/nyc_311_2011_03.csv", "nyc-311", admission, now)
    events = [v.event for v in found if isinstance(v, Admitted)]
    assert [v for v in found if isinstance(v, Quarantined)] == []
    kinds = Counter(e.type.split(".")[1] for e in events)
    assert kinds == {"opened": 2_000, "updated": 42, "closed": 2_000 - 42}
    # Closed in 1900: an instant that can be, so the fold sets its case aside as resolved before received.
    early = [e for e in events if e.type.endswith("closed") and e.time.year == 1900]
    assert [e.case_id for e in early] == ["19944912"]
    assert early[0].time.isoformat() == "1900-01-01T05:00:00+00:00"
    assert sum("channel" not in e.data for e in events if e.type.endswith("opened")) == 42
