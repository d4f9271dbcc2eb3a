"""Every example says what is accepted, or by its file name why it is not."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from ioc.admit import REASONS, Admission, Admitted, Quarantined
from ioc.event import Receipt
from schemas.registry import PACKAGED

CANONICAL = sorted(PACKAGED.glob("feeds/*/examples/*/*"))
NATIVE = sorted(PACKAGED.glob("sources/examples/*/*/*"))


def name(path: Path) -> str:
    return f"{path.parts[-4]}-{path.stem}" if "feeds" in path.parts else f"{path.parts[-3]}-{path.stem}"


@pytest.mark.parametrize("path", CANONICAL, ids=name)
def test_a_canonical_example_keeps_its_word(
    path: Path, admission: Admission, receipt: Receipt, now: datetime
) -> None:
    found = admission.canonical(path.read_bytes(), receipt, now, path.parts[-4])
    judge([found], path)


@pytest.mark.parametrize("path", NATIVE, ids=name)
def test_a_native_example_keeps_its_word(
    path: Path, admission: Admission, receipt: Receipt, now: datetime
) -> None:
    judge(admission.native(path.parts[-3], path.read_bytes(), receipt, now), path)


def judge(found: list[Admitted | Quarantined], path: Path) -> None:
    if path.parent.name == "valid":
        assert all(isinstance(verdict, Admitted) for verdict in found), found
        return
    reason = path.stem.split("--")[0]
    assert reason in REASONS, f"{path.name} names no reason"
    refused = [verdict for verdict in found if isinstance(verdict, Quarantined)]
    assert [verdict.reason for verdict in refused] == [reason], refused
    assert refused[0].mend


def test_each_feed_and_packaged_source_has_examples_of_both_kinds() -> None:
    for root, examples in (("feeds", CANONICAL), ("sources", NATIVE)):
        names = {p.parent.name for p in PACKAGED.glob("feeds/*/feed.yaml")}
        if root == "sources":
            names = {p.stem for p in PACKAGED.glob("sources/*.yaml")}
        for kind in ("valid", "invalid"):
            owners = {p.parts[-4 if root == "feeds" else -3] for p in examples if p.parent.name == kind}
            assert owners == names, kind
