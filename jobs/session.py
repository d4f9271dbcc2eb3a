"""Spark as our jobs want it: quick to start, quiet, with the jars of the one Ivy file."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ioc.settings import Settings
from ioc.stack.jars import cache_folder, fetch

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# C1 and the serial collector: a job's JVM lives for seconds. VFORK: Hadoop's local file system forks `chmod`.
QUICK = (
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:-UsePerfData",
    "-Djdk.lang.Process.launchMechanism=VFORK",
)
CHECKPOINTS = "org.apache.spark.sql.execution.streaming.checkpointing.FileSystemBasedCheckpointFileManager"
CONF = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
    "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
    "spark.databricks.delta.snapshotPartitions": "1",  # the default 50 costs three seconds a commit
    "spark.databricks.delta.stats.collect": "false",  # polars reads Parquet's own
    "spark.databricks.delta.writeChecksumFile.enabled": "false",
    "spark.sql.streaming.checkpointFileManagerClass": CHECKPOINTS,
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.executorEnv.POLARS_MAX_THREADS": "1",  # a task is one core
}


def jars() -> list[Path]:
    """Ours without those that PySpark ships itself, which must stay the ones that are loaded."""
    shipped = {_artifact(jar) for jar in (_pyspark() / "jars").glob("*.jar")}
    return [jar for jar in sorted(fetch().spark.glob("*.jar")) if _artifact(jar) not in shipped]


def _artifact(jar: Path) -> str:
    return re.sub(r"-\d[^/]*\.jar$", "", jar.name)


def _pyspark() -> Path:
    found = importlib.util.find_spec("pyspark")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent


def class_archive() -> Path:
    """The JVM's shared classes for exactly these jars, once `python -m jobs.warm` has made them."""
    names = "\n".join([str(_pyspark()), *(str(jar) for jar in jars())])
    return cache_folder() / f"spark-{hashlib.sha256(names.encode()).hexdigest()[:16]}.jsa"


def spark(settings: Settings, name: str, *java: str) -> SparkSession:
    """A session on `IOC_SPARK_MASTER`; its Python workers are this interpreter's."""
    os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    from pyspark.sql import SparkSession

    shared = class_archive()
    options = [*QUICK, *([f"-XX:SharedArchiveFile={shared}"] if shared.exists() and not java else []), *java]
    builder = SparkSession.builder.appName(name).master(settings.spark_master)
    for key, value in {**CONF, **_where(settings)}.items():
        builder = builder.config(key, value)
    builder = builder.config("spark.driver.memory", settings.spark_memory)
    session: SparkSession = builder.config("spark.driver.extraJavaOptions", " ".join(options)).getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


def _where(settings: Settings) -> dict[str, str]:
    """Local: our jars on the JVM's class path, so that their classes can be shared. A cluster: sent along."""
    paths = [str(jar) for jar in jars()]
    if settings.spark_master.startswith("local"):
        loopback = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
        return {"spark.driver.extraClassPath": os.pathsep.join(paths), **loopback}
    return {"spark.jars": ",".join(paths)}
