"""The jars: one list without hosts, fetched once, and a failure that says which jar."""

import re
from pathlib import Path

import pytest

from ioc.errors import Stop
from ioc.stack.jars import LIST, Jars, cache_folder, fetch

NOWHERE = """<ivysettings><settings defaultResolver="nowhere"/><resolvers><filesystem name="nowhere">
<artifact pattern="{}/[artifact]-[revision].[ext]"/></filesystem></resolvers></ivysettings>"""


def test_the_list_names_no_host() -> None:
    assert re.findall(r"https?://|\.org/|\.com/", LIST.read_text()) == []


def test_fetched_jars_are_the_broker_and_what_pyspark_lacks() -> None:
    jars = fetch()
    broker = {jar.name for jar in jars.broker.iterdir()}
    spark = jars.spark_jars()
    assert "kafka_2.13-4.3.1.jar" in broker
    assert "spark-sql-kafka-0-10_2.13-4.2.0.jar" in spark
    assert "delta-spark_4.2_2.13-4.4.0.jar" in spark
    assert "scala-library" not in spark


def test_what_is_in_the_cache_is_not_asked_for_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = fetch().folder
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", "")  # no Java: a second fetch would fail
    here = cache_folder() / "jars" / known.name
    here.mkdir(parents=True)
    assert fetch() == Jars(here)


def test_a_jar_that_cannot_be_had_is_named_and_nothing_half_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "ivysettings.xml"
    settings.write_text(NOWHERE.format(tmp_path))
    monkeypatch.setenv("IVY_SETTINGS", str(settings))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with pytest.raises(Stop, match=r"kafka_2\.13;4\.3\.1: not found"):
        fetch()
    assert [p for p in (cache_folder() / "jars").iterdir() if not p.name.endswith((".part", ".lock"))] == []
