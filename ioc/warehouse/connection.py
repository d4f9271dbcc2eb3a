"""Connections to the warehouse: UTC, explicit transactions."""

from __future__ import annotations

import psycopg

from ioc.errors import BadInput, Retry
from ioc.settings import Settings

Connection = psycopg.Connection[tuple[object, ...]]


def warehouse_url(settings: Settings) -> str:
    """Where the warehouse is, BadInput where nothing says so."""
    if not settings.warehouse_url:
        raise BadInput("IOC_WAREHOUSE_URL", "", "start the stack (`ioc up`) or name a PostgreSQL >= 15")
    return settings.warehouse_url


def connect(settings: Settings, *, autocommit: bool = False, name: str = "ioc") -> Connection:
    """A connection of one's own; Retry where the server does not answer."""
    try:
        return psycopg.connect(
            warehouse_url(settings),
            autocommit=autocommit,
            application_name=name,
            options="-c timezone=UTC",
            connect_timeout=10,
        )
    except psycopg.OperationalError as exc:
        raise Retry(f"the warehouse does not answer: {exc}; `ioc status` shows whether it runs") from exc
