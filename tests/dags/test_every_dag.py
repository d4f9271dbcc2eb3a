"""Rules that every DAG file is held to, and inputs that each rule refuses."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

DAGS = Path(__file__).resolve().parents[2] / "dags"
FILES = sorted(path for path in DAGS.glob("*.py") if not path.name.startswith("_"))
TAGS = {"tier/1", "tier/2", "tier/3", "kind/archive", "kind/rollup"}


def bag_of(folder: Path) -> Any:
    from airflow.dag_processing.dagbag import DagBag

    return DagBag(dag_folder=str(folder), bundle_path=folder)


@pytest.fixture(scope="module")
def dags() -> dict[str, Any]:
    bag = bag_of(DAGS)
    assert bag.import_errors == {}
    return dict(bag.dags)


def complaints(dag: Any) -> list[str]:
    """What the house rules say against a DAG; empty when nothing."""
    found = []
    if dag.dag_id != Path(dag.fileloc).stem:
        found.append("its id is not its file's name")
    if not set(dag.tags) <= TAGS or not any(tag.startswith("tier/") for tag in dag.tags):
        found.append("its tags are not of the list, or none says its tier")
    if not getattr(dag.timetable, "interval", None):
        found.append("a bare cron string gives no data interval")
    if dag.start_date is not None:
        found.append("it would run at once when a stack starts")
    if dag.max_active_runs != 1 or dag.catchup:
        found.append("two of its runs could race")
    if not dag.doc_md or "If it fails" not in dag.doc_md:
        found.append("it does not say what happens if it fails")
    if dag.dag_id.startswith("rollup_") and "audit" not in dag.get_task("publish").upstream_task_ids:
        found.append("it publishes what was not audited")
    return found


def test_there_is_one_dag_a_file(dags: dict[str, Any]) -> None:
    assert sorted(dags) == [path.stem for path in FILES]
    assert len(FILES) >= 2


def test_every_dag_keeps_the_rules(dags: dict[str, Any]) -> None:
    assert {name: complaints(dag) for name, dag in dags.items()} == {name: [] for name in dags}


BAD = '''
"""{doc}"""
from datetime import UTC, datetime, timedelta
from airflow.sdk import CronTriggerTimetable, dag, task

@dag(schedule={schedule}, start_date={start}, catchup=False,
     max_active_runs={runs}, tags={tags}, doc_md=__doc__)
def {name}():
    @task
    def audit(): ...
    @task
    def publish(): ...
    {arrows}

{name}()
'''
GOOD = {
    "doc": "If it fails: nothing.",
    "schedule": 'CronTriggerTimetable("0 * * * *", timezone="UTC", interval=timedelta(hours=1))',
    "start": "None",
    "runs": "1",
    "tags": ["tier/1"],
    "name": "rollup_x",
    "arrows": "audit() >> publish()",
}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, None),
        ({"schedule": '"0 * * * *"'}, "a bare cron string gives no data interval"),
        ({"start": "datetime(2026, 1, 1, tzinfo=UTC)"}, "it would run at once when a stack starts"),
        ({"runs": "2"}, "two of its runs could race"),
        ({"tags": ["tier/9"]}, "its tags are not of the list, or none says its tier"),
        ({"doc": "Nothing."}, "it does not say what happens if it fails"),
        ({"name": "rollup_y"}, "its id is not its file's name"),
        ({"arrows": "publish() >> audit()"}, "it publishes what was not audited"),
    ],
)
def test_a_dag_that_breaks_a_rule_is_named(tmp_path: Path, changed: dict[str, str], said: str | None) -> None:
    (tmp_path / "rollup_x.py").write_text(BAD.format(**GOOD | changed))
    bag = bag_of(tmp_path)
    assert bag.import_errors == {}
    (dag,) = bag.dags.values()
    assert complaints(dag) == ([said] if said else [])


def test_parsing_loads_nothing_heavy() -> None:
    probe = (
        "import runpy, sys\n"
        "for path in sys.argv[1:]: runpy.run_path(path)\n"
        "heavy = ('pyspark', 'polars', 'great_expectations', 'kafka', 'pandas', 'deltalake')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe, *map(str, FILES)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip().splitlines()[-1] == "[]"


def test_the_timetable_lists_every_dag() -> None:
    listed = re.findall(r"^\| \[`(\w+)`\]\(\1\.py\) \|", (DAGS / "README.md").read_text(), re.MULTILINE)
    assert sorted(listed) == [path.stem for path in FILES]
