"""The warehouse: one PostgreSQL dialect, versioned migrations, the live transaction, others' questions."""

from ioc.warehouse.connection import connect
from ioc.warehouse.migrate import migrate

__all__ = ["connect", "migrate"]
