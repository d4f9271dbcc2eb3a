"""Cases folded again by refold.sql, in temporary tables of the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ioc.warehouse.connection import Connection

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Rules:
    """What the definitions stored under a hash say of statuses, zone and comparison."""

    feed: str
    zone: str
    compare: str
    statuses: Mapping[str, tuple[str, bool]]  # status -> phase, enters
    asides: frozenset[str] = frozenset()  # statuses that say nothing of the case's own agency or due date
    joining: str = ""  # the type of the event that joins two codes; empty: none does
    same_as: str = ""  # its datum with the other code
    codes: Sequence[str] = ()  # patterns of codes; a case is known by one of the first, then by the smallest
    stages: Sequence[tuple[Sequence[str], Sequence[str]]] = ()  # phases; sources, the most believed first
    level: str = ""  # the datum that says of which level a service is; empty: none does
    full: Sequence[str] = ()  # its words for a full-process service
    partial: Sequence[str] = ()  # and for a partial one

    @classmethod
    def of(cls, definitions: Mapping[str, Any]) -> Rules:
        statuses = {
            code: (str(phase), bool(enters)) for code, (phase, enters) in definitions["statuses"].items()
        }
        asides = frozenset(definitions.get("consultations", ()))
        join = definitions.get("identity") or {"type": "", "same_as": "", "codes": ()}
        stages = (definitions.get("authority") or {"stages": ()})["stages"]
        levels = definitions.get("service_levels") or {"attribute": "", "full": (), "partial": ()}
        named = (definitions["feed"], definitions["zone"], definitions["compare"], statuses, asides)
        joined = (join["type"], join["same_as"], join["codes"], stages)
        return cls(*named, *joined, levels["attribute"], levels["full"], levels["partial"])


def stored_rules(conn: Connection, definitions: str) -> Rules | None:
    """The rules that a revision was made by, None where nobody stored them."""
    row: Any = conn.execute("select content from definitions where hash = %s", [definitions]).fetchone()
    return None if row is None else Rules.of(row[0])


def refold(
    conn: Connection, rules: Rules, position: Mapping[str, Mapping[str, int]] | None, some: bool = False
) -> None:
    """Makes verify_case out of what was delivered below the position; None: out of everything stored.

    some: of the codes in verify_some (code) alone, which holds every code of each of its cases.
    """
    for name in ("case", "said", "status", "place"):
        conn.execute(f"drop table if exists pg_temp.verify_{name}".encode())
    conn.execute(
        "create temp table verify_status (status text, phase text, enters bool, aside bool) on commit drop"
    )
    conn.execute("create temp table verify_place (topic text, partition int, next bigint) on commit drop")
    with conn.cursor() as cursor:
        cursor.executemany(
            "insert into verify_status values (%s, %s, %s, %s)",
            [(code, phase, enters, code in rules.asides) for code, (phase, enters) in rules.statuses.items()],
        )
        places = [(t, int(p), end) for t, ends in (position or {}).items() for p, end in ends.items()]
        cursor.executemany("insert into verify_place values (%s, %s, %s)", places)
    if position is None:
        conn.execute("insert into verify_place select topic, partition, next_offset from topic_partition")
    conn.execute("set local work_mem = '256MB'")
    asked: dict[str, object] = {"feed": rules.feed, "zone": rules.zone, "compare": rules.compare}
    _authority(conn, rules)
    _crosswalk(conn, rules, some)
    for statement in (HERE / "refold.sql").read_text().split(";\n"):
        conn.execute(statement.encode(), asked)
    conn.execute("analyze verify_case")


def _crosswalk(conn: Connection, rules: Rules, some: bool) -> None:
    """Makes verify_known and verify_code: deliveries below the places, and the case that a code names."""
    asked = {
        "feed": rules.feed,
        "joining": rules.joining,
        "same_as": rules.same_as,
        "codes": list(rules.codes),
    }
    conn.execute("drop table if exists pg_temp.verify_known, pg_temp.verify_code")
    only = "and case_id in (select code from verify_some)" if some else ""
    for statement in (HERE / "crosswalk.sql").read_text().replace("{whose}", only).split(";\n"):
        conn.execute(statement.encode(), asked)
    conn.execute("analyze verify_code")


def _authority(conn: Connection, rules: Rules) -> None:
    """Makes verify_stage and verify_rank out of the stages; sources not listed come last where no `*` is."""
    conn.execute("drop table if exists pg_temp.verify_stage, pg_temp.verify_rank")
    conn.execute("create temp table verify_stage (phase text, stage int) on commit drop")
    conn.execute("create temp table verify_rank (stage int, source text, rank int) on commit drop")
    for stage, (phases, sources) in enumerate(rules.stages):
        ranked = list(sources) if "*" in sources else [*sources, "*"]
        conn.execute("insert into verify_stage select unnest(%s::text[]), %s", [list(phases), stage])
        conn.execute(
            "insert into verify_rank select %s, s.* from unnest(%s::text[]) with ordinality s (source, n)",
            [stage, ranked],
        )
