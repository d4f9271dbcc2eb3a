"""What every test starts from: one time zone, this interpreter for Spark's workers, real parts."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from ioc.settings import Settings
from ioc.stack.testing import parts as start_parts
from ioc.stack.testing import postgres
from ioc.warehouse import migrate
from schemas import Registry, load
from schemas import registry as promises
from schemas.findings import Finding

os.environ |= {
    "TZ": "UTC",
    "PYSPARK_PYTHON": sys.executable,
    "PYSPARK_DRIVER_PYTHON": sys.executable,
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
    "GX_ANALYTICS_ENABLED": "false",
    "POLARS_MAX_THREADS": "2",
}
for name in [name for name in os.environ if name.startswith("IOC_")]:
    del os.environ[name]  # a developer's own stack must not leak into a test


_READ = promises.read
_KNOWN: dict[object, tuple[Registry, list[Finding]]] = {}


@pytest.fixture(scope="session", autouse=True)
def _promises_are_parsed_once() -> Iterator[None]:
    """A thousand tests read the same files: they are parsed again only where a file differs."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(promises, "read", _read_once)
        yield


def _read_once(paths: Sequence[Path] = ()) -> tuple[Registry, list[Finding]]:
    key = (*map(str, paths), *(_stamp(path) for path in _files(promises.PACKAGED)))
    key += tuple((str(path), path.read_bytes()) for root in paths for path in _files(root))
    registry, found = _KNOWN.get(key) or _KNOWN.setdefault(key, _READ(paths))
    own = {name: dict(value) for name, value in vars(registry).items() if isinstance(value, dict)}
    return replace(registry, **own), list(found)


def _files(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file() and path.suffix != ".pyc")


def _stamp(path: Path) -> tuple[str, int, int]:
    told = path.stat()
    return str(path), told.st_mtime_ns, told.st_size


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A real PostgreSQL for the session, nothing migrated in it."""
    with postgres(tmp_path_factory.mktemp("pg")) as settings:
        yield settings


@pytest.fixture(scope="session")
def migrated(server: Settings) -> Callable[[str], AbstractContextManager[Settings]]:
    """Makes a warehouse named after its owner: a database copied from a migrated template."""

    @contextmanager
    def made(owner: str) -> Iterator[Settings]:
        _template(server)
        name = f"t{abs(hash(owner)):x}"
        with psycopg.connect(server.warehouse_url, autocommit=True) as conn:
            conn.execute(f"create database {name} template migrated".encode())
        yield _at(server, name)
        with psycopg.connect(server.warehouse_url, autocommit=True) as conn:
            conn.execute(f"drop database {name} with (force)".encode())

    return made


@pytest.fixture
def warehouse(
    migrated: Callable[[str], AbstractContextManager[Settings]], request: pytest.FixtureRequest
) -> Iterator[Settings]:
    """A migrated warehouse of the test's own."""
    with migrated(request.node.nodeid) as settings:
        yield settings


def _at(server: Settings, database: str) -> Settings:
    return server.model_copy(update={"warehouse_url": server.warehouse_url.replace("/ioc?", f"/{database}?")})


@pytest.fixture(scope="session")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """PostgreSQL, migrated, and Kafka for the session, with the topics of the packaged feeds."""
    with start_parts(tmp_path_factory.mktemp("parts"), load()) as settings:
        yield settings


def _template(server: Settings) -> None:
    with psycopg.connect(server.warehouse_url, autocommit=True) as conn:
        if conn.execute("select 1 from pg_database where datname = 'migrated'").fetchone():
            return
        conn.execute("create database migrated")
    migrate(_at(server, "migrated"))
