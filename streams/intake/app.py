"""The intake's HTTP surface: events in, one verdict each out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
from kafka.errors import KafkaError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ioc.admit import Admitted
from ioc.admit.reasons import Refusal
from ioc.admit.verdict import Verdict
from ioc.clock import Clock
from ioc.errors import BadInput, Retry
from ioc.event import Receipt
from ioc.heartbeat import Heartbeat
from ioc.settings import Settings
from schemas.source import MOST_EVENTS
from streams.intake import body
from streams.intake.acks import Acks
from streams.intake.recent import Recent
from streams.producer import ACK_SECONDS, Sending
from streams.promises import Promises

BREATHE_EVERY = 200  # messages handled before other requests get their turn
MOST_BATCH_NAME = 200


@dataclass
class Intake:
    """What the handlers share."""

    settings: Settings
    promises: Promises
    clock: Clock
    producer: Sending
    heartbeat: Heartbeat
    recent: Recent = field(default_factory=Recent)

    async def events(self, request: Request) -> Response:
        """POST /v1/events: canonical CloudEvents."""
        self.promises.refresh()
        admission, feed = self.promises.admission, request.query_params.get("feed")
        return await self._answer(
            request,
            lambda message, receipt: [admission.canonical(message, receipt, receipt.received_at, feed)],
        )

    async def native(self, request: Request) -> Response:
        """POST /v1/sources/{source}/messages: what a system sends of its own."""
        self.promises.refresh()
        admission, source = self.promises.admission, request.path_params["source"]
        if source not in self.promises.registry.sources:
            known = ", ".join(sorted(self.promises.registry.sources))
            return said(404, BadInput("source", source, f"name a source mapping: {known}"))
        return await self._answer(
            request, lambda message, receipt: admission.native(source, message, receipt, receipt.received_at)
        )

    async def unreadable(self, request: Request) -> Response:
        """POST /v1/sources/{source}/unreadable: rows nobody could parse, as [{where, why, text}]."""
        admission, source = self.promises.admission, request.path_params["source"]

        def refuse(message: Any, receipt: Receipt) -> list[Verdict]:
            row = message if isinstance(message, dict) else {}
            why = Refusal(
                "unreadable", str(row.get("where")), str(row.get("why")), "mend the row, import it again"
            )
            return [admission.refuse(source, why, str(row.get("text")), numbered(receipt))]

        return await self._answer(request, refuse)

    async def health(self, request: Request) -> Response:
        """GET /health: whether it lives, and which promises hold."""
        self.promises.refresh(now=True)
        known = {"ok": True, "promises": self.promises.fingerprint, "problem": self.promises.problem}
        return reply(200, known)

    async def _answer(self, request: Request, admit: Callable[[Any, Receipt], Sequence[Verdict]]) -> Response:
        try:
            batch, start = body.text_of(request, "batch"), body.whole_number(request, "seq")
            if batch is not None and len(batch) > MOST_BATCH_NAME:
                raise BadInput("batch", batch, f"give a name of at most {MOST_BATCH_NAME} characters")
            content = await body.read(request, self.settings.intake_max_request_bytes)
            messages = body.messages(content, self.settings.intake_max_event_bytes)
        except BadInput as exc:
            return said(413 if isinstance(exc, body.TooLarge) else 400, exc)
        now, found = self.clock.now(), list[Verdict]()
        for i, message in enumerate(messages):
            found += admit(message, Receipt(now, batch, None if start is None else start + i))
            if i % BREATHE_EVERY == BREATHE_EVERY - 1:
                await asyncio.sleep(0)
        try:
            await self._deliver(found)
        except Retry as exc:
            return reply(503, {"error": str(exc), "mend": "send the same again"}, {"retry-after": "1"})
        self.heartbeat.beat(now, now, self.detail())
        return reply(200, self._verdicts(found))

    async def _deliver(self, found: Sequence[Verdict]) -> None:
        acks = Acks(asyncio.get_running_loop())
        try:
            for verdict in found:
                acks.watch(self.producer.send(verdict))
            await acks.wait(ACK_SECONDS)
        except KafkaError as exc:
            self.producer.failed(exc)
            raise Retry(f"Kafka does not take it: {exc}") from exc
        except Retry as exc:
            self.producer.failed(exc)  # a producer whose broker was killed may never acknowledge again
            raise

    def _verdicts(self, found: Sequence[Verdict]) -> dict[str, Any]:
        counts = {"accepted": 0, "quarantined": 0, "duplicate": 0}
        results = []
        for verdict in found:
            result = self._result(verdict)
            counts[result["verdict"]] += 1
            results.append(result)
        return {**counts, "results": results}

    def _result(self, verdict: Verdict) -> dict[str, Any]:
        if isinstance(verdict, Admitted):
            if self.recent.knows(verdict.event):
                return {"verdict": "duplicate"}
            self.recent.remember([verdict.event])
            return {"verdict": "accepted"}
        why = {name: getattr(verdict, name) for name in ("reason", "field", "value", "mend")}
        return {"verdict": "quarantined", **why}

    def detail(self) -> dict[str, Any]:
        return {"schemas": self.promises.problem} if self.promises.problem else {}

    async def beat(self) -> None:
        while True:
            self.heartbeat.beat(self.clock.now(), None, self.detail())
            await asyncio.sleep(1)


def numbered(receipt: Receipt) -> Receipt:
    """The receipt of a row's only event, numbered as admission numbers those of a readable row."""
    return receipt if receipt.seq is None else replace(receipt, seq=receipt.seq * MOST_EVENTS)


def reply(status: int, content: Any, headers: dict[str, str] | None = None) -> Response:
    return Response(orjson.dumps(content), status, headers, media_type="application/json")


def said(status: int, exc: BadInput) -> Response:
    """A request that cannot be read at all: which part, and the mend."""
    return reply(status, {"field": exc.field, "value": exc.value, "mend": exc.mend})


def app(intake: Intake) -> Starlette:
    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        beating = asyncio.create_task(intake.beat())
        yield
        beating.cancel()

    routes = [
        Route("/v1/events", intake.events, methods=["POST"]),
        Route("/v1/sources/{source}/messages", intake.native, methods=["POST"]),
        Route("/v1/sources/{source}/unreadable", intake.unreadable, methods=["POST"]),
        Route("/health", intake.health),
    ]
    return Starlette(routes=routes, lifespan=lifespan)
