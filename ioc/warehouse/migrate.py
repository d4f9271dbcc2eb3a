"""Brings the tables to the newest version; Alembic runs the .sql files beside its version modules."""

from __future__ import annotations

from pathlib import Path

import psycopg

from ioc.settings import Settings
from ioc.warehouse.connection import connect

MIGRATIONS = Path(__file__).parent / "migrations"


def newest() -> str:
    """The version that the newest migration file makes."""
    return max(path.stem.split("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def version(conn: psycopg.Connection[tuple[object, ...]]) -> str | None:
    """The version that the warehouse is at, None where nothing was ever migrated."""
    known = conn.execute("select to_regclass('public.alembic_version') is not null").fetchone()
    if known is None or not known[0]:
        return None
    row = conn.execute("select version_num from alembic_version").fetchone()
    return str(row[0]) if row else None


def migrate(settings: Settings) -> str:
    """Applies what is missing and returns the version; several processes may call it at once."""
    with connect(settings, name="ioc migrate") as conn:
        if version(conn) == newest():  # spares `up` the half second that Alembic takes to import
            return newest()
        conn.execute("select pg_advisory_xact_lock(hashtext('ioc migrate'))")
        _upgrade(conn)
    return newest()


def _upgrade(conn: psycopg.Connection[tuple[object, ...]]) -> None:
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine
    from sqlalchemy.pool import StaticPool

    engine = create_engine("postgresql+psycopg://", creator=lambda: conn, poolclass=StaticPool)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
