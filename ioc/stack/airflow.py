"""Airflow as three parts: API server, scheduler and DAG processor; their database is in our PostgreSQL."""

from __future__ import annotations

import json
import os
import secrets
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import psycopg

from ioc.errors import Stop
from ioc.heartbeat import write_atomically
from ioc.settings import Settings
from ioc.stack.part import Part, answers
from ioc.stack.postgres import Postgres


class Airflow:
    """Everything under `home/airflow`; one login, LocalExecutor, only the API listens, on loopback."""

    def __init__(self, settings: Settings, database: Postgres) -> None:
        self.folder = settings.home / "airflow"
        self._settings = settings
        self._database = database
        self._port = settings.airflow_url.rsplit(":", 1)[-1]

    def parts(self, after: tuple[str, ...]) -> list[Part]:
        """The three, started when `after` are ready; stopped scheduler first, API last."""
        environment = self.environment()
        url = self._settings.airflow_url
        made = Part(
            "airflow-database",
            self._migrate,
            prepare=self.prepare,
            needs=after,
            environment=environment,
            once=True,
        )

        def served(name: str, command: list[str], component: str, stop_seconds: float, order: int) -> Part:
            ready = answers(f"{url}/api/v2/monitor/health", _healthy(component))
            return Part(
                name,
                self._command(*command),
                ready,
                needs=(made.name,),
                environment=environment,
                start_seconds=180,
                stop_seconds=stop_seconds,
                stop_order=order,
            )

        api = served("airflow-api", ["api-server"], "metadatabase", 5, 2)
        dags = served("airflow-dags", ["dag-processor"], "dag_processor", 5, 1)
        # It would wait for its tasks; killed, they run again at the next start.
        scheduler = served("airflow-scheduler", ["scheduler", "--skip-serve-logs"], "scheduler", 3, 0)
        return [made, replace(api, address=url), replace(scheduler, stop_children=signal.SIGKILL), dags]

    def environment(self) -> dict[str, str]:
        known = self._secrets()
        url = self._database.url("airflow").replace("postgresql://", "postgresql+psycopg://")
        dags = self._settings.dags_path or str(Path(__file__).resolve().parents[2] / "dags")
        sections = {
            "CORE": {
                "DAGS_FOLDER": dags,
                "LOAD_EXAMPLES": "False",
                "EXECUTOR": "LocalExecutor",
                "PARALLELISM": "2",
                "DAGS_ARE_PAUSED_AT_CREATION": "False",
                "SIMPLE_AUTH_MANAGER_USERS": f"{self._settings.airflow_user}:admin",
                "SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(self.folder / "passwords.json"),
                "EXECUTION_API_SERVER_URL": f"{self._settings.airflow_url}/execution/",
                "FERNET_KEY": known["fernet_key"],
            },
            "DATABASE": {"SQL_ALCHEMY_CONN": url, "SQL_ALCHEMY_CONN_ASYNC": url},
            "API": {
                "HOST": "127.0.0.1",
                "PORT": self._port,
                "WORKERS": "1",
                "BASE_URL": self._settings.airflow_url,
                "SECRET_KEY": known["secret_key"],
            },
            "API_AUTH": {"JWT_SECRET": known["jwt_secret"]},
            "SCHEDULER": {"SCHEDULER_IDLE_SLEEP_TIME": "1", "ORPHANED_TASKS_CHECK_INTERVAL": "20"},
            "WORKERS": {"MIN_HEARTBEAT_INTERVAL": "1"},
            "DAG_PROCESSOR": {"PARSING_PROCESSES": "1"},
            "USAGE_DATA_COLLECTION": {"ENABLED": "False"},
        }
        flat = {
            f"AIRFLOW__{s}__{name}": value for s, names in sections.items() for name, value in names.items()
        }
        return {"AIRFLOW_HOME": str(self.folder), **flat}

    def prepare(self) -> None:
        """The login's file and, the first time, the database."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        login = {self._settings.airflow_user: self._settings.airflow_password}
        write_atomically(self.folder / "passwords.json", json.dumps(login))
        with psycopg.connect(self._database.url("postgres"), autocommit=True) as conn:
            if conn.execute("select 1 from pg_database where datname = 'airflow'").fetchone() is None:
                conn.execute("create database airflow")

    def _migrate(self) -> list[str]:
        """Brings the database to this Airflow's version, unless a marker says that it is."""
        marker = self.folder / f"database-{version('apache-airflow-core')}"
        script = f"'{program()}' db migrate && touch '{marker}'"
        return ["true"] if marker.exists() else ["sh", "-c", script]

    def _command(self, *words: str) -> Callable[[], list[str]]:
        return lambda: [program(), *words]

    def _secrets(self) -> dict[str, str]:
        """Made once, so that sessions and stored connections outlive a restart."""
        path = self.folder / "secrets.json"
        if not path.exists():
            made = {"secret_key": secrets.token_hex(24), "jwt_secret": secrets.token_hex(24)}
            made["fernet_key"] = _fernet_key()
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_atomically(path, json.dumps(made))
        return dict(json.loads(path.read_text()))


def _fernet_key() -> str:
    from base64 import urlsafe_b64encode

    return urlsafe_b64encode(os.urandom(32)).decode()


def program() -> str:
    """Airflow's command beside this interpreter; Stop where it is not installed."""
    beside = Path(sys.executable).with_name("airflow")
    if not beside.exists():
        raise Stop(f"no Airflow beside {sys.executable}: run `make setup`, or `ioc up --without airflow`")
    return str(beside)


def _healthy(component: str) -> Callable[[object], bool]:
    def within(body: object) -> bool:
        known = body.get(component) if isinstance(body, dict) else None
        return isinstance(known, dict) and known.get("status") == "healthy"

    return within
