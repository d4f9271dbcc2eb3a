"""One round of the gate: poll, admit, send, flush, then commit; a crash repeats work, it never loses it."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from kafka.errors import KafkaError

from ioc.admit import Admission
from ioc.admit.verdict import Verdict
from ioc.event import Receipt
from ioc.warehouse import offsets
from ioc.warehouse.live import Lost
from streams.process import Warehouse
from streams.producer import Sending
from streams.reader import Polled, Reader

log = logging.getLogger(__name__)

RAW = ".raw"
SOURCE_HEADER = "ioc-source"
POLL_MS = 500
AGAIN_SECONDS = 0.2


def verdicts(record: Any, admission: Admission, now: datetime) -> Sequence[Verdict]:
    """What a raw message comes to: by the mapping that a header names, else as a CloudEvent.

    `raw` and `seq` of each receipt say which offset it came from, and which of its events it is.
    """
    receipt = Receipt(now, seq=0, raw=f"{record.topic}/{record.partition}/{record.offset}")
    value, feed = record.value or b"", record.topic.removesuffix(RAW)
    source = dict(record.headers).get(SOURCE_HEADER)
    if source is not None:
        return admission.native(source.decode(errors="replace"), value, receipt, now)
    return [admission.canonical(value, receipt, now, feed, record.key)]


class Gate:
    """The gate's loop body."""

    def __init__(self, reader: Reader, producer: Sending, warehouse: Warehouse) -> None:
        self._reader = reader
        self._producer = producer
        self._warehouse = warehouse

    def step(self, admission: Admission, now: datetime) -> int:
        """Takes one poll through; returns how many raw messages are done for good."""
        polled = self._reader.poll(POLL_MS)
        if not polled:
            return 0
        if not self._delivered(verdict for part in polled for verdict in _of(part, admission, now)):
            log.warning("Kafka did not acknowledge: the same raw messages are read again")
            time.sleep(AGAIN_SECONDS)
            self._reader.seek_all()
            return 0
        if not self._committed(polled):
            log.warning("another gate moved a partition of this poll: taken up where the warehouse stands")
            self._reader.seek_all()
            return 0
        self._reader.moved(polled)
        return sum(len(part.records) for part in polled)

    def _delivered(self, found: Iterator[Verdict]) -> bool:
        try:
            sent = [self._producer.send(verdict) for verdict in found]
            self._producer.flush()
        except KafkaError as exc:
            self._producer.failed(exc)
            return False
        for future in sent:
            if future.failed():
                self._producer.failed(future.exception)
        return all(future.succeeded() for future in sent)

    def _committed(self, polled: Sequence[Polled]) -> bool:
        conn = self._warehouse.conn()
        try:
            with conn.transaction():
                if not offsets.move(conn, [part.move for part in polled]):
                    raise Lost
        except Lost:
            return False
        return True


def _of(part: Polled, admission: Admission, now: datetime) -> Iterator[Verdict]:
    for record in part.records:
        yield from verdicts(record, admission, now)
