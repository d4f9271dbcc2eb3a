"""The live transaction: offsets, cases, events, fold and wake-up in one commit. See docs/adr/0020."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import orjson
import psycopg

from ioc.kernel.identity import Identity
from ioc.warehouse import cases, events, identity, offsets, quarantine
from ioc.warehouse.cases import Fold, fold_safely, touched_events, write_cases
from ioc.warehouse.connection import Connection
from ioc.warehouse.events import Delivery
from ioc.warehouse.offsets import Move
from ioc.warehouse.quarantine import Refused

log = logging.getLogger(__name__)

CHANNEL = "ioc_live"
# What a value can do to PostgreSQL: bisected and quarantined. Anything else is the warehouse's own trouble.
DATA_ERRORS = (psycopg.DataError, psycopg.IntegrityError, psycopg.errors.ProgramLimitExceeded, UnicodeError)
AGAIN = (psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected)
ATTEMPTS = 20


class Lost(Exception):
    """Another worker moved one of these partitions; nothing was written."""


@dataclass(frozen=True)
class Batch:
    """What one poll delivered: the moves of its partitions, and each offset as an event or a refusal."""

    moves: Sequence[Move]
    deliveries: Sequence[Delivery] = ()
    refused: Sequence[Refused] = ()


@dataclass(frozen=True)
class Kernel:
    """The fold; per feed the hash of the definitions it folds with, and what joins its codes if anything."""

    fold: Fold
    definitions: Mapping[str, str]
    identities: Mapping[str, Identity] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What a committed batch came to."""

    events: int = 0
    duplicates: int = 0
    refused: int = 0
    poison: Sequence[Delivery] = field(default=())


class Agencies:
    """Codes known to be in table `agency`; new ones are registered under the source that named them."""

    def __init__(self, known: set[str]) -> None:
        self._known = known

    def register(self, conn: Connection, deliveries: Sequence[Delivery]) -> set[str]:
        """Adds unknown agencies, in order; returns them for `remember` after the commit."""
        named: dict[str, str] = {}
        for delivery in deliveries:
            for code in (delivery.event.data.get("agency"), delivery.event.data.get("receiving_agency")):
                if isinstance(code, str) and code not in self._known:
                    named.setdefault(code, delivery.event.source)
        for code, source in sorted(named.items()):
            conn.execute(
                "insert into agency (code, name, source) values (%s, %s, %s) on conflict do nothing",
                [code, code, source],
            )
        return set(named)

    def remember(self, codes: set[str]) -> None:
        self._known |= codes


def take(conn: Connection, batch: Batch, kernel: Kernel, agencies: Agencies) -> Outcome:
    """Runs the live transaction, again after a deadlock or serialization failure.

    Raises Lost where a partition is no longer ours (seek again from the warehouse); psycopg.OperationalError
    where the warehouse fails (nothing is committed).
    """
    poison, reason = list[Delivery](), ""
    for attempt in range(ATTEMPTS):
        try:
            with conn.transaction():
                outcome, codes = _transact(conn, batch, kernel, agencies, poison, reason)
        except AGAIN as exc:
            log.warning("live transaction again after %s", type(exc).__name__)
            time.sleep(0.005 * (attempt + 1))
        except DATA_ERRORS as exc:
            log.warning("a value of this poll cannot be stored, looking for it: %s", exc)
            reason, found = str(exc), _poison(conn, batch, kernel, agencies)
            if not found or found == poison:
                raise
            poison = found
        else:
            agencies.remember(codes)
            return outcome
    raise psycopg.OperationalError(f"no success after {ATTEMPTS} attempts")


def _transact(
    conn: Connection,
    batch: Batch,
    kernel: Kernel,
    agencies: Agencies,
    poison: Sequence[Delivery],
    reason: str,
) -> tuple[Outcome, set[str]]:
    if not offsets.move(conn, batch.moves):
        raise Lost
    good = (
        [delivery for delivery in batch.deliveries if delivery not in poison] if poison else batch.deliveries
    )
    duplicates, codes = _write(conn, good, kernel, agencies)
    refused = [*batch.refused, *(_as_refused(delivery, reason) for delivery in poison)]
    quarantine.insert(conn, refused)
    _wake(conn, good, refused)
    return Outcome(len(good) - duplicates, duplicates, len(refused), poison), codes


def _write(
    conn: Connection, deliveries: Sequence[Delivery], kernel: Kernel, agencies: Agencies
) -> tuple[int, set[str]]:
    if not deliveries:
        return 0, set()
    events.stage(conn, deliveries)
    identity.lock(conn, kernel.identities, _links(deliveries, kernel.identities))
    duplicates = events.insert_staged(conn)
    codes = agencies.register(conn, deliveries)
    refold(conn, kernel)
    return duplicates, codes


def _links(deliveries: Sequence[Delivery], identities: Mapping[str, Identity]) -> list[identity.Joined]:
    """What the delivered alias events say."""
    found = []
    for event in (delivery.event for delivery in deliveries):
        join = identities.get(event.feed)
        if join is not None and event.type == join.type:
            found.append((event.feed, event.case_id, str(event.data[join.same_as])))
    return found


def refold(conn: Connection, kernel: Kernel) -> None:
    """Folds the locked cases from their stored events and writes them."""
    folded = [
        rows
        for feed, frame in touched_events(conn).items()
        for rows in fold_safely(kernel.fold, feed, frame, kernel.definitions[feed])
    ]
    write_cases(conn, folded)


def _poison(conn: Connection, batch: Batch, kernel: Kernel, agencies: Agencies) -> list[Delivery]:
    """Which deliveries the warehouse cannot store: found under savepoints of an undone transaction."""
    with conn.transaction(force_rollback=True):
        return _offenders(conn, sorted(batch.deliveries, key=Delivery.order), kernel, agencies)


def _offenders(
    conn: Connection, ordered: list[Delivery], kernel: Kernel, agencies: Agencies
) -> list[Delivery]:
    try:
        with conn.transaction(force_rollback=True):
            _write(conn, ordered, kernel, agencies)
        return []
    except DATA_ERRORS:
        if len(ordered) == 1:
            return ordered
    half = len(ordered) // 2
    return [
        bad for part in (ordered[:half], ordered[half:]) for bad in _offenders(conn, part, kernel, agencies)
    ]


def _as_refused(delivery: Delivery, reason: str) -> Refused:
    event, receipt = delivery.event, delivery.event.receipt
    refused = Refused(
        delivery.topic,
        delivery.partition,
        delivery.offset,
        event.feed,
        "data-error",
        "the warehouse cannot store this value; mend it at the source and send the event again",
        receipt.received_at,
        source=event.source,
        value=reason,
        payload=orjson.loads(event.to_bytes()),
    )
    return replace(refused, batch=receipt.batch, seq=receipt.seq, raw=receipt.raw)


def _wake(conn: Connection, deliveries: Sequence[Delivery], refused: Sequence[Refused]) -> None:
    feeds = sorted({d.event.feed for d in deliveries} | {r.feed for r in refused})
    conn.execute("select pg_notify(%s, %s)", [CHANNEL, ",".join(feeds)])


def prepare(conn: Connection) -> None:
    """Makes what `take` works with, once per connection."""
    events.prepare(conn)
    identity.prepare(conn)
    cases.prepare(conn)


def know(conn: Connection, feeds: dict[str, list[str]], at: datetime) -> None:
    """Writes down what is known at `at` in a transaction of its own."""
    with conn.transaction():
        offsets.know(conn, feeds, at)
