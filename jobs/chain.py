"""The tasks of a DAG that publishes: archive, rollup, audit, publish; and what every DAG has in common."""

from __future__ import annotations

from collections.abc import Generator
from datetime import timedelta
from typing import Any

from airflow.sdk import Asset, AssetAlias, Metadata, Param, task

from jobs.alerts import raised, succeeded

PUBLISHED = AssetAlias("published")


def defaults(seconds: int) -> dict[str, Any]:
    """Arguments of every task: owner, two retries so many seconds apart, alerts."""
    return {
        **{"owner": "Registry", "retries": 2, "retry_delay": timedelta(seconds=seconds)},
        **{"on_failure_callback": raised, "on_success_callback": succeeded},
    }


def params(*, full: bool) -> dict[str, Param]:
    """What a run may be asked with; `full` is its default."""
    asked = {name: Param(None, type=["null", "string"]) for name in ("feed", "from", "to")}
    return asked | {"full": Param(default=full, type="boolean")}


def published(*, due: bool, kind: str | None = None) -> None:
    """The four tasks, one after another. due: archive only feeds whose published figures are out of date.

    kind: of feeds, `case` or `observation`; both without.
    """
    of = {"kind": kind}

    @task
    def archive(**context: Any) -> str:
        from jobs.launch import launch

        return launch("archive", context, **of, **({"due": True} if due else {}))

    @task
    def rollup(**context: Any) -> str:
        from jobs.launch import launch

        return launch("rollup", context, **of)

    @task
    def audit(**context: Any) -> str:
        from jobs.launch import launch

        return launch("audit", context)

    def publish(**context: Any) -> Generator[Metadata, None, str]:
        from jobs.launch import launch
        from jobs.launch import published as flows

        said = launch("publish", context)
        yield from (Metadata(Asset(flow), extra, PUBLISHED) for flow, extra in flows(context))
        return said

    last: Any = task(outlets=[PUBLISHED])(publish)
    archive() >> rollup() >> audit() >> last()
