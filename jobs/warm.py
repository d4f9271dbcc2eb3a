"""`python -m jobs.warm`: writes the JVM's shared classes for these jars once; then each job starts faster."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ioc.errors import IocError
from ioc.settings import Settings
from jobs.session import class_archive, spark

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import SparkSession

JVM_SECONDS = 180  # after Python let go of it, the JVM writes its archive


def warm(archive: Path) -> None:
    """Runs what our jobs run, in small, in a JVM that writes down the classes it loaded."""
    draft = archive.with_suffix(".part")
    draft.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        settings = Settings(home=Path(scratch), spark_memory="1g")
        quiet = ("-Xlog:cds=off", "-Xlog:cds+dynamic=off")
        session = spark(settings, "ioc warm", f"-XX:ArchiveClassesAtExit={draft}", *quiet)
        gateway = session.sparkContext._gateway
        _stream(session, scratch)
        _tasks(session)
        session.stop()
        gateway.shutdown()
        gateway.proc.stdin.close()
        gateway.proc.wait(JVM_SECONDS)
    if not draft.exists():
        raise IocError("the JVM wrote no class archive; Spark's jobs start without it")
    draft.rename(archive)


def _stream(session: SparkSession, scratch: str) -> None:
    """The archive's path from a source without a broker; Kafka's classes as far as they go without one."""
    kafka = {"kafka.bootstrap.servers": "127.0.0.1:1", "subscribe": "x"}
    session.readStream.format("kafka").options(**kafka).load()
    source = session.readStream.format("rate-micro-batch").option("rowsPerBatch", 10).load()
    rows = source.selectExpr("cast(value as string) as value", "value % 2 as bucket")
    rows = rows.selectExpr("from_json(value, 'a string, t timestamp').a as a", "cast(bucket as int) bucket")
    writer = rows.writeStream.format("delta").option("checkpointLocation", f"{scratch}/at")
    query = writer.partitionBy("bucket").trigger(availableNow=True).start(f"{scratch}/table")
    query.awaitTermination()


def _tasks(session: SparkSession) -> None:
    """The rollup's path."""

    def same(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        yield from batches

    tasks = session.sparkContext.parallelize([(1, 2), (2, 3)], 2).toDF("a int, b int")
    tasks.mapInArrow(same, "a int, b int").groupBy("a").sum("b").toArrow()


def main() -> int:
    archive = class_archive()
    if archive.exists():
        return 0
    started = time.monotonic()
    try:
        warm(archive)
    except IocError as exc:
        sys.stdout.write(f"{exc}\n")
        return 1
    sys.stdout.write(f"Spark's classes are shared from {archive} ({time.monotonic() - started:.0f} s)\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
