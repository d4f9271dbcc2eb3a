"""The clocks that tiles ask for, by kernel and checker, on thousands of made-up histories."""

from __future__ import annotations

import polars as pl
import pytest

from ioc.kernel.cases import CASES
from ioc.kernel.events import EVENTS
from ioc.kernel.fold import fold_now
from ioc.kernel.identity import joined
from ioc.rules import case_rules
from ioc.settings import Settings
from ioc.verify.clocks import REWRITTEN, add_clocks
from ioc.verify.refold import Rules, refold
from ioc.warehouse import connect
from schemas import load
from tests.jobs.test_refold import deliveries, differing, read, stored

pytestmark = pytest.mark.broker


def test_both_writings_agree_on_every_clock(warehouse: Settings) -> None:
    registry = load()
    feed = registry.feeds["records"]
    rows = deliveries(feed, seed=11)
    compared = pl.Schema({n: CASES[n] for n in ("case_id", *REWRITTEN)})
    with connect(warehouse) as conn:
        stored(conn, feed, rows)
        refold(conn, Rules.of(feed.definitions), None)
        add_clocks(conn, feed, registry)
        theirs = read(conn, "verify_case", compared)
    rules = case_rules(feed, registry)
    assert rules.identity is not None
    links = [(row["case_id"], row["same_as"]) for row in rows if "same_as" in row]
    known = joined(pl.DataFrame(rows, schema=EVENTS).lazy(), rules.identity.cases(links)).collect()
    ours = fold_now(known, rules)
    assert differing(ours.select(compared.names()).sort(compared.names()[:3]), theirs) == []
    assert all(ours[name].count() > 100 for name in REWRITTEN)
