"""What every test starts from: one time zone, this interpreter for Spark's workers, real parts."""

import os
import pickle
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
from schemas.yaml_file import YamlFile

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


_READ, _PARSE = promises.read, YamlFile.__init__
KEPT = 4  # registries: of hundreds, each garbage collection would walk through all
_KNOWN: dict[object, tuple[Registry, list[Finding]]] = {}
_PARSED: dict[Path, bytes] = {}


@pytest.fixture(scope="session", autouse=True)
def _promises_are_parsed_once() -> Iterator[None]:
    """A thousand tests read the same files: packaged ones stay as they are, others are known by content."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(promises, "read", _read_once)
        patched.setattr(YamlFile, "__init__", _parse_once)
        yield


def _read_once(paths: Sequence[Path] = ()) -> tuple[Registry, list[Finding]]:
    key = (*map(str, paths), *((str(path), path.read_bytes()) for root in paths for path in _files(root)))
    registry, found = _KNOWN[key] = _KNOWN.pop(key, None) or _READ(paths)
    if len(_KNOWN) > KEPT:
        del _KNOWN[next(iter(_KNOWN))]  # asked for longest ago
    own = {name: dict(value) for name, value in vars(registry).items() if isinstance(value, dict)}
    return replace(registry, **own), list(found)


def _parse_once(file: YamlFile, path: Path, shown: str) -> None:
    if path in _PARSED:
        vars(file).update(pickle.loads(_PARSED[path]), path=path, shown=shown)
        return
    _PARSE(file, path, shown)
    if path.is_relative_to(promises.PACKAGED):
        _PARSED[path] = pickle.dumps(vars(file))


def _files(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file())


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
