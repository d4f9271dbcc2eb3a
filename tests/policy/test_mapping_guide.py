"""The guide to mappings is tried as printed: its file, its rows, what it says comes of them."""

from __future__ import annotations

import csv
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from ioc.admit import Admission, Admitted, Quarantined
from ioc.event import Receipt
from schemas import load


def test_the_guides_mapping_does_what_the_guide_says(root: Path, tmp_path: Path) -> None:
    text = (root / "docs/source-mappings.md").read_text(encoding="utf-8")
    blocks = dict(re.findall(r"```(csv|yaml)\n(.*?)```", text, re.DOTALL))
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources/town-desk.yaml").write_text(blocks["yaml"], encoding="utf-8")
    admission = Admission(load([tmp_path]), b"k" * 32, 10_000)
    now = datetime(2025, 1, 1, tzinfo=UTC)
    found = [
        verdict
        for row in csv.DictReader(blocks["csv"].splitlines())
        for verdict in admission.native("town-desk", row, Receipt(now), now)
    ]
    kinds = Counter(v.event.type for v in found if isinstance(v, Admitted))
    assert kinds == {"service-requests.opened": 2, "service-requests.closed": 1}
    (refused,) = [v for v in found if isinstance(v, Quarantined)]
    assert (refused.reason, refused.field, refused.value) == ("unknown-word", "By", "Fax")
    assert refused.mend.startswith("add it under words.channel in ")
    stored = b"".join(v.value if isinstance(v, Admitted) else v.to_bytes() for v in found).decode()
    assert not [name for name in ("Nguyễn", "Trần", "Lê") if name in stored]
