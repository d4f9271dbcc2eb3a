"""`--scope` of `ioc flow` and `ioc series`: the sum over its agencies, and over no other."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ioc.cli.main import app
from ioc.errors import BadInput
from ioc.settings import Settings
from ioc.warehouse import connect
from ioc.warehouse.connection import Connection

FEED, COUNTED = "records", "documents"
EVE, REFORM = date(2025, 6, 30), date(2025, 7, 1)
# day, agency, new: city, its ward, who followed them; the other city; the province's office; nobody
NEW = (
    *((EVE, "H20.31", 1), (EVE, "H20.31.1", 2), (REFORM, "H20.115", 4), (REFORM, "H20.31", 8)),
    *((EVE, "H20.33", 16), (EVE, "H20.01", 32), (EVE, "", 64)),
)
Rows = list[dict[str, Any]]
Ask = Callable[..., Rows]


@pytest.fixture
def ask(warehouse: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ask:
    monkeypatch.setenv("IOC_WAREHOUSE_URL", warehouse.warehouse_url)
    monkeypatch.setenv("IOC_HOME", str(tmp_path))
    with connect(warehouse) as conn:
        publish(conn)
        observe(conn)

    def asked(*words: str) -> Rows:
        said = CliRunner().invoke(app, [*words, "--format", "json"], catch_exceptions=False)
        assert said.exit_code == 0, said.output
        return list(json.loads(said.stdout))

    return asked


def publish(conn: Connection) -> None:
    """Each new case is resolved on its day."""
    conn.execute(
        "insert into revision (feed, covers_from, covers_to, zone, position, definitions, run_id, audit,"
        " published_at) values (%s, %s, %s, 'Asia/Ho_Chi_Minh', '{}', 'd', 'x:1', '[]', now())",
        [FEED, EVE, REFORM],
    )
    for day, agency, new in NEW:
        conn.execute(
            "insert into flow_day select %(feed)s, %(day)s, %(agency)s, '', 0, %(new)s, %(new)s, %(new)s,"
            " %(new)s, 0, 0, 0, 0, 0, 0, revision, null, 'resolving' from revision",
            {"feed": FEED, "day": day, "agency": agency, "new": new},
        )


def observe(conn: Connection) -> None:
    told = [(EVE, "H20.31", 1), (EVE, "H20.31.1", 2), (EVE, "H20.33", 4), (REFORM, "H20.117", 8)]
    for day, agency, value in told:
        said = {"series": "incoming", "from": f"{day}", "to": f"{day}", "value": value}
        case = {"feed": COUNTED, "case": f"{day}/{agency}", "agency": agency, "said": json.dumps(said)}
        conn.execute(OBSERVED, case)


OBSERVED = """
insert into cases (feed, case_id, status, phase, in_figures, agency, definitions, attributes)
values (%(feed)s, %(case)s, 'observed', 'observed', false, %(agency)s, 'd', %(said)s)
"""


def new(rows: Rows) -> dict[str | None, int]:
    return {row["group"]: row["new"] for row in rows}


def test_the_flow_of_a_scope_is_its_agencies_alone(ask: Ask) -> None:
    words = ("flow", "--feed", FEED, "--period", "range", "--from", f"{EVE}", "--to", f"{REFORM}")
    assert new(ask(*words, "--scope", "cao-lanh")) == {None: 15}
    assert new(ask(*words, "--scope", "hong-ngu")) == {None: 16}
    assert new(ask(*words, "--scope", "province")) == new(ask(*words)) == {None: 127}
    by_agency = (*words, "--by", "agency", "--scope", "cao-lanh")
    assert new(ask(*by_agency)) == {"H20.115": 4, "H20.31": 9, "H20.31.1": 2}
    now = ("--agencies", "as-now", "--map-on")
    assert new(ask(*by_agency, *now, f"{REFORM}")) == {"H20.115": 15}
    assert new(ask(*by_agency, *now, f"{EVE}")) == {"H20.115": 4, "H20.31": 9, "H20.31.1": 2}


def test_the_series_of_a_scope_are_its_agencies_alone(ask: Ask) -> None:
    words = ("series", "--feed", COUNTED, "2025", "--series", "incoming")
    assert [row["value"] for row in ask(*words)] == [15]
    assert [row["value"] for row in ask(*words, "--scope", "cao-lanh")] == [11]
    assert [row["value"] for row in ask(*words, "--scope", "hong-ngu")] == [4]
    (after,) = ask("series", "--feed", COUNTED, "2025-07-01", "--series", "incoming", "--scope", "cao-lanh")
    assert (after["value"], after["before"]) == (8, 3)


@pytest.mark.parametrize("command", [("flow", "--period", "month"), ("series", "2025")])
def test_an_unknown_scope_is_refused(ask: Ask, command: tuple[str, ...]) -> None:
    feed = FEED if command[0] == "flow" else COUNTED
    with pytest.raises(BadInput) as refused:
        ask(*command, "--feed", feed, "--scope", "cao-lan")
    assert str(refused.value).startswith("scope: 'cao-lan' cannot be used; name one of cao-lanh, hong-ngu,")
