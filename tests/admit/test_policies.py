"""Whose agencies and procedures a source brings: its own, or known ones."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from ioc.admit import Admission, Admitted, Quarantined
from ioc.event import Receipt
from schemas import Registry

DOSSIER = {"MaHoSo": "H20.31.1-240105-0012", "NgayTiepNhan": "20240105083000", "DonViXuLy": "H20.31"}


def with_portal(registry: Registry, **changed: Any) -> Admission:
    portal = registry.sources["national-portal"].model_copy(update=changed)
    sources = registry.sources | {"national-portal": portal}
    return Admission(
        Registry(registry.feeds, sources, registry.agencies, registry.procedures), b"k" * 32, 9_999
    )


@pytest.mark.parametrize(
    ("policy", "said", "reason"),
    [
        ({"agencies": "known"}, {"MaTTHC": "x", "DonViXuLy": "Sở Tư pháp"}, "unknown-agency"),
        ({"agencies": "own"}, {"MaTTHC": "x", "DonViXuLy": "Sở Tư pháp"}, None),
        ({"procedures": "any"}, {"MaTTHC": "9.999999"}, None),
        ({"procedures": "own"}, {"MaTTHC": "9.999999"}, None),
        ({"procedures": "known"}, {"MaTTHC": "9.999999"}, "unknown-procedure"),
        ({"procedures": "known"}, {"MaTTHC": "2.000635"}, None),
    ],
)
def test_the_mapping_says_whether_codes_must_be_known(
    policy: dict[str, str],
    said: dict[str, str],
    reason: str | None,
    registry: Registry,
    receipt: Receipt,
    now: datetime,
) -> None:
    (found,) = with_portal(registry, **policy).native("national-portal", DOSSIER | said, receipt, now)
    if reason is None:
        assert isinstance(found, Admitted), found
    else:
        assert isinstance(found, Quarantined)
        assert (found.reason, found.value) == (reason, list(said.values())[-1])
        assert found.field in said
