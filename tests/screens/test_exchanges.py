"""Which exchanges between systems are silent for too long: on every board, by what their platform tells."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from psycopg.types.json import Jsonb

from ioc.admit import Admission
from ioc.event import instant_text
from screens.desk import connect
from screens.exchanges import Exchanges
from screens.testing import NOW, Province
from tests.observed import deliver

FEED, HOUR, DAY = "lgsp", timedelta(hours=1), "2024-12-19"


def silent(
    service: str, at: datetime, minutes: int | None, day: str = "2024-12-19"
) -> tuple[datetime, dict[str, Any]]:
    said = {"series": "silent", "period": day, "service": service, "value": minutes}
    return at, said if minutes is not None else said | {"reason": "not-arisen"}


@pytest.fixture
def told(province: Province) -> Province:
    """Of five services, told at different times of the day, one word on yesterday, one of last month."""
    deliver(
        province.conn,
        Admission(province.registry, b"k" * 32, 262_144),
        FEED,
        [
            silent("ho-tich", NOW - HOUR / 4, 40),
            silent("vnpost", NOW - HOUR / 2, 31),
            silent("bao-hiem-xa-hoi", NOW - HOUR / 4, 300, "2024-12-18"),
            silent("bao-hiem-xa-hoi", NOW - HOUR / 4, 5),
            silent("own-code", NOW - 3 * HOUR, 0),
            silent("csdl-dan-cu", NOW - HOUR, None),
            silent("ly-lich-tu-phap", NOW - 24 * 30 * HOUR, 1, "2024-11-19"),
        ],
    )
    return province


def exchanges(province: Province, *instants: datetime) -> list[dict[str, Any]]:
    async def all_of_it() -> list[dict[str, Any]]:
        kept = Exchanges()
        async with await connect(province.settings.warehouse_url) as connection:
            return [await kept.told(connection, province.registry, at) for at in instants]

    return asyncio.run(all_of_it())


def test_silence_runs_on_until_it_is_looked_at(told: Province) -> None:
    """31 minutes told half an hour ago are 61 by now; 40 told a quarter of an hour ago are 55."""
    first, later = (found["exchanges"] for found in exchanges(told, NOW, NOW + HOUR / 4))
    (one,) = first
    assert (one["feed"], one["of"], one["current"]) == (FEED, 5, 2)
    assert [late["name"]["en"] for late in one["late"]] == [
        "National population database",
        "own-code",
        "Post (VNPost)",
    ]
    assert [late.get("since") for late in one["late"]] == [
        None,
        instant_text(NOW - 3 * HOUR),
        instant_text(NOW - timedelta(minutes=61)),
    ]
    assert later[0]["current"] == 1, "without another look into the warehouse"


@pytest.mark.parametrize(("minutes", "current"), [(10**15, 0), (-(10**15), 1)])
def test_a_number_beyond_all_years_breaks_no_board(province: Province, minutes: int, current: int) -> None:
    """Whatever the platform says, every board must still be read; nothing is newer than its telling."""
    province.conn.execute(
        "insert into cases (feed, case_id, phase, in_figures, withdrawn, flags, events, definitions,"
        " last_occurred_at, last_received_at, attributes) values (%s, 'k', 'observed', false, false, '{}', 1,"
        " 'd', %s, %s, %s)",
        [FEED, NOW, NOW, Jsonb(silent("vnpost", NOW, minutes)[1] | {"from": DAY, "to": DAY})],
    )
    (found,) = exchanges(province, NOW)
    assert found["exchanges"][0]["current"] == current


def test_nothing_is_said_where_nobody_tells(province: Province) -> None:
    assert exchanges(province, NOW) == [{}]


def test_every_page_says_it_and_leads_to_the_platforms_own(
    told: Province, opened: Callable[[Province, Path], str], visit: Any, tmp_path: Path
) -> None:
    page = visit.open(f"{opened(told, tmp_path)}/?feed=records&lang=en")
    line = page.locator(".fresh .exchanges a")
    expect(line).to_have_text("◆ Data sharing platform LGSP 2/5")
    title = page.locator(".fresh").get_attribute("title")
    assert "Data sharing platform LGSP: Post (VNPost) silent since 13:39:00 19/12/2024" in title
    assert "Data sharing platform LGSP: National population database never heard of" in title
    visit.picture(page, "exchanges")
    line.click()
    expect(page.locator("h1")).to_contain_text("Data sharing platform LGSP")
    assert visit.complaints == []
