"""The warehouse: one PostgreSQL dialect, versioned migrations, the live transaction, and what others ask of it."""

from ioc.warehouse.connection import connect
from ioc.warehouse.migrate import migrate

__all__ = ["connect", "migrate"]
