"""The one warehouse (PostgreSQL): migrations, the live transaction, the figures' queries."""
