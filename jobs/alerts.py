"""What a DAG's tasks call when they have failed for good or succeeded: an alert begins or ends (ADR 0076)."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ioc.warehouse.alerts import Alert

WEBHOOK_SECONDS = 5


def raised(context: Mapping[str, Any]) -> None:
    """on_failure_callback: one row, the screens, the webhook. None of them stops another."""
    import psycopg

    from ioc.clock import Clock
    from ioc.errors import IocError
    from ioc.settings import load
    from ioc.warehouse import connect
    from ioc.warehouse.alerts import Alert, raise_alert

    settings = load()
    ti = context["ti"]
    what = str(context.get("exception") or "").strip() or "it ended without a word: killed, or out of memory"
    now = Clock.parse(settings.clock).now()
    alert = Alert(now, ti.dag_id, ti.task_id, ti.run_id, feed_of(context), what)
    try:
        with connect(settings, name="ioc alert") as conn:
            alert = raise_alert(conn, alert)
    except (psycopg.Error, IocError) as exc:
        _say(f"the alert is not in the warehouse: {exc}")
    if settings.alert_url:
        post(settings.alert_url, alert)


def succeeded(context: Mapping[str, Any]) -> None:
    """on_success_callback of every task: the last one of a run ends its DAG's alerts."""
    from ioc.clock import Clock
    from ioc.settings import load
    from ioc.warehouse import connect
    from ioc.warehouse.alerts import end_alerts

    if context["task"].downstream_task_ids:
        return
    settings = load()
    with connect(settings, name="ioc alert") as conn:
        end_alerts(conn, context["ti"].dag_id, feed_of(context), Clock.parse(settings.clock).now())


def feed_of(context: Mapping[str, Any]) -> str | None:
    """The one feed that a run was started for, None where for all."""
    return (context.get("params") or {}).get("feed") or None


def post(url: str, alert: Alert) -> bool:
    """Sends the alert as JSON; whether it was taken. The address is not said: it may hold a secret."""
    import httpx

    body = asdict(alert) | {"at": alert.at.isoformat()}
    try:
        answer = httpx.post(url, json=body, timeout=WEBHOOK_SECONDS)
    except (httpx.HTTPError, httpx.InvalidURL) as exc:
        _say(f"IOC_ALERT_URL does not answer: {type(exc).__name__}")
        return False
    if answer.is_error:
        _say(f"IOC_ALERT_URL answered {answer.status_code}")
    return not answer.is_error


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
