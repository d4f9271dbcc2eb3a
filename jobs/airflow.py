"""Airflow by its REST API: trigger a DAG's run and follow it. Its own command takes three seconds a call."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from ioc.errors import BadInput, Retry, Stop
from ioc.settings import Settings

UP_SECONDS = 240
ENDED = ("success", "failed")
EVERY = 0.25


@dataclass(frozen=True)
class TaskState:
    """One task of a run as Airflow shows it; `seconds` once it has ended."""

    task: str
    state: str
    seconds: float | None
    tries: int


class Airflow:
    """One login's view. Every call waits out a short outage; a longer one is a Retry."""

    def __init__(self, settings: Settings) -> None:
        if not settings.airflow_url:
            raise BadInput(
                "IOC_AIRFLOW_URL", "", "start the stack with Airflow (`ioc up`), or name an Airflow 3"
            )
        self.url = settings.airflow_url
        self._login = {"username": settings.airflow_user, "password": settings.airflow_password}
        self._client = httpx.Client(base_url=self.url, timeout=20)

    def await_dag(self, dag: str, say: Callable[[str], None], seconds: float = UP_SECONDS) -> None:
        """Returns once Airflow answers and knows the DAG; unpauses it, or its runs would wait for ever."""
        until = time.monotonic() + seconds
        while True:
            missing = self._missing(dag)
            if not missing:
                break
            if time.monotonic() > until:
                raise Retry(
                    f"Airflow at {self.url}: {missing} after {seconds:.0f} s; `ioc status` shows its parts"
                )
            say(f"waiting for Airflow at {self.url}: {missing}")
            time.sleep(EVERY)
        self._ok(self._client.patch(f"/api/v2/dags/{dag}", json={"is_paused": False}))

    def _missing(self, dag: str) -> str | None:
        try:
            token = self._client.post("/auth/token", json=self._login)
            if token.status_code in (401, 403):
                raise BadInput(
                    "IOC_AIRFLOW_PASSWORD", "(hidden)", f"Airflow refuses it for {self._login['username']!r}"
                )
            token.raise_for_status()
            self._client.headers["Authorization"] = f"Bearer {token.json()['access_token']}"
            known = self._client.get(f"/api/v2/dags/{dag}")
            health = self._client.get("/api/v2/monitor/health").json()
        except httpx.HTTPError as exc:
            return f"no answer yet ({type(exc).__name__})"
        if known.status_code == 404:
            return f"DAG {dag} is not parsed yet"
        scheduler = health.get("scheduler", {}).get("status")
        return None if scheduler == "healthy" else f"its scheduler is {scheduler}"

    def trigger(self, dag: str, run_id: str, conf: Mapping[str, object]) -> None:
        asked = {"dag_run_id": run_id, "logical_date": None, "conf": conf}
        self._ok(self._client.post(f"/api/v2/dags/{dag}/dagRuns", json=asked))

    def follow(self, dag: str, run_id: str) -> Iterator[tuple[str, list[TaskState]]]:
        """The run's state and its tasks', again and again until it has ended."""
        state = "queued"
        while state not in ENDED:
            state = self._get(f"/api/v2/dags/{dag}/dagRuns/{run_id}")["state"]
            tasks = self._get(f"/api/v2/dags/{dag}/dagRuns/{run_id}/taskInstances")["task_instances"]
            yield (
                state,
                [
                    TaskState(t["task_id"], t["state"] or "waiting", t["duration"], t["try_number"])
                    for t in tasks
                ],
            )
            if state not in ENDED:
                time.sleep(EVERY)

    def log(self, dag: str, run_id: str, task: str, tries: int) -> list[str]:
        """The lines of a task's try."""
        path = f"/api/v2/dags/{dag}/dagRuns/{run_id}/taskInstances/{task}/logs/{max(tries, 1)}"
        content = self._get(path, full_content="true").get("content", [])
        return [str(line.get("event", "")) if isinstance(line, dict) else str(line) for line in content]

    def _get(self, path: str, **params: str) -> Any:
        return self._ok(self._patiently(lambda: self._client.get(path, params=params))).json()

    def _patiently(self, call: Callable[[], httpx.Response], seconds: float = 60) -> httpx.Response:
        until = time.monotonic() + seconds
        while True:
            try:
                return call()
            except httpx.TransportError as exc:
                if time.monotonic() > until:
                    raise Retry(f"Airflow at {self.url} does not answer: {exc}") from exc
                time.sleep(1)

    def _ok(self, answer: httpx.Response) -> httpx.Response:
        if answer.is_error:
            said = answer.text[:300]
            raise Stop(f"Airflow answered {answer.status_code} to {answer.request.url}: {said}")
        return answer
