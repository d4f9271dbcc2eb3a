"""Connections to the warehouse: one for the boards, one that listens, and a few for lists and cases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from psycopg import AsyncConnection, IsolationLevel

MOST = 4  # lists and cases read at the same time; the others wait
TIMEOUT_MS = 20_000
# Compiling a query and starting workers for it cost more than such queries take.
SETTINGS = "-c timezone=UTC -c jit=off -c max_parallel_workers_per_gather=0 -c application_name=ioc-screens"
Connection = AsyncConnection[Any]


async def connect(url: str, timeout_ms: int = TIMEOUT_MS) -> Connection:
    """A read-only connection in UTC whose transactions are snapshots."""
    options = f"{SETTINGS} -c statement_timeout={timeout_ms}"
    connection = await AsyncConnection.connect(url, autocommit=True, options=options, connect_timeout=5)
    await connection.set_isolation_level(IsolationLevel.REPEATABLE_READ)
    await connection.set_read_only(True)
    return connection


async def listening(url: str) -> Connection:
    """A connection for NOTIFY, which is no transaction."""
    return await AsyncConnection.connect(url, autocommit=True, connect_timeout=5)


class Desk:
    """At most `most` connections, opened when asked for and kept; one that broke is replaced."""

    def __init__(self, url: str, most: int = MOST) -> None:
        self._url = url
        self._free: list[Connection] = []
        self._turns = asyncio.Semaphore(most)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Connection]:
        """One REPEATABLE READ transaction: everything read inside is of one state of the warehouse."""
        async with self._turns:
            connection = self._free.pop() if self._free else await connect(self._url)
            try:
                async with connection.transaction():
                    yield connection
            except psycopg.OperationalError:
                await connection.close()
                raise
            finally:
                if not connection.closed:
                    self._free.append(connection)

    async def close(self) -> None:
        for connection in self._free:
            await connection.close()
        self._free.clear()
