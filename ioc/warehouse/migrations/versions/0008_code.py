"""Runs keep which code made them. The statements are in the .sql beside this file."""

from pathlib import Path

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    driver = op.get_bind().connection.driver_connection
    assert driver is not None  # psycopg's own connection
    driver.execute(Path(__file__).with_suffix(".sql").read_text())
