"""The rebuild's named peer: DuckDB over the very files of the event log."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import polars as pl
from deltalake import DeltaTable

SQL = Path(__file__).with_name("rebuild.sql")


def by_duckdb(uri: str, first: date, last: date, threads: int) -> pl.DataFrame:
    """Rows of flow_day for first..last, by the hand-written query; days, credit, agency, channel in order."""
    files = DeltaTable(uri).file_uris()
    with duckdb.connect() as connection:
        connection.execute(f"set threads = {threads}")
        connection.read_parquet(files).create_view("events")
        return connection.sql(SQL.read_text().format(first=first, last=last)).pl()
