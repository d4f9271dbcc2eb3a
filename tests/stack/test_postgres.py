"""The embedded PostgreSQL: any folder, durable, back after a kill."""

import signal
from pathlib import Path

import psutil
import psycopg
import pytest

from ioc.stack.postgres import LONGEST_SOCKET, STOP, Postgres
from ioc.stack.processes import wait_until
from ioc.stack.testing import child, postgres

pytestmark = pytest.mark.broker


def one(url: str, query: str) -> object:
    with psycopg.connect(url, autocommit=True) as conn:
        row = conn.execute(query.encode()).fetchone()
        return row[0] if row else None


def test_it_lives_in_a_private_folder_whose_name_is_too_long_for_a_socket(tmp_path: Path) -> None:
    home = tmp_path / ("x" * LONGEST_SOCKET)
    home.mkdir(mode=0o700)
    with postgres(home) as settings:
        assert one(settings.warehouse_url, "show fsync") == "on"
        assert one(settings.warehouse_url, "show timezone") == "UTC"
        assert one(settings.warehouse_url, "show server_version")[:2] == "18"  # type: ignore[index]
        sockets = Postgres(home).sockets
        assert sockets.exists()
        assert not sockets.is_relative_to(home)
    assert not sockets.exists()


def test_what_was_committed_is_there_after_a_kill(tmp_path: Path) -> None:
    server = Postgres(tmp_path)
    server.prepare()
    with child("postgres", server.command(), tmp_path, server.ready, STOP) as process:
        with psycopg.connect(server.url()) as conn:
            conn.execute("create table kept as select 7 n")
        below = process.children()
        process.send_signal(signal.SIGKILL)
        assert wait_until(lambda: not any(p.is_running() for p in below), 10)
    with child("postgres", server.command(), tmp_path, server.ready, STOP):
        assert one(server.url(), "select n from kept") == 7


def test_a_cluster_that_was_cut_short_is_made_anew(tmp_path: Path) -> None:
    server = Postgres(tmp_path)
    server.data.mkdir(parents=True)
    (server.data / "half").touch()
    server.prepare()
    assert (server.data / "PG_VERSION").exists()
    assert not (server.data / "half").exists()


def test_nobody_listens_on_a_network(tmp_path: Path) -> None:
    server = Postgres(tmp_path)
    server.prepare()
    with child("postgres", server.command(), tmp_path, server.ready, STOP) as process:
        assert isinstance(process, psutil.Process)
        assert [c for c in process.net_connections("inet") if c.status == psutil.CONN_LISTEN] == []
