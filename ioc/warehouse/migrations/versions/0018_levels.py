"""Months by procedure and level of service. The statement is in the .sql beside this file."""

from pathlib import Path

from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    driver = op.get_bind().connection.driver_connection
    assert driver is not None  # psycopg's own connection
    driver.execute(Path(__file__).with_suffix(".sql").read_text())
