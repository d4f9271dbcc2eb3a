"""Rules that every DAG file is held to, and inputs that each rule refuses."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from jobs.alerts import raised, succeeded

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


def silent_tasks(dag: Any) -> set[str]:
    """The tasks whose end is told to nobody."""
    told = {
        task.task_id
        for task in dag.tasks
        if raised in task.on_failure_callback and succeeded in task.on_success_callback
    }
    return set(dag.task_ids) - told


def complaints(dag: Any) -> list[str]:
    """What the house rules say against a DAG; empty when nothing."""
    audited = not dag.dag_id.startswith("rollup_") or ("audit" in dag.get_task("publish").upstream_task_ids)
    rules = {
        "its id is not its file's name": dag.dag_id == Path(dag.fileloc).stem,
        "its tags are not of the list, or none says its tier": set(dag.tags) <= TAGS
        and any(tag.startswith("tier/") for tag in dag.tags),
        "a bare cron string gives no data interval": bool(getattr(dag.timetable, "interval", None)),
        "it would run at once when a stack starts": dag.start_date is None,
        "two of its runs could race": dag.max_active_runs == 1,
        SILENT: not silent_tasks(dag),
        ALONE: all(task.retries and task.owner != "airflow" for task in dag.tasks),
        "it does not say what happens if it fails": "If it fails" in (dag.doc_md or ""),
        "it publishes what was not audited": audited,
    }
    return [said for said, kept in rules.items() if not kept]


def test_there_is_one_dag_a_file(dags: dict[str, Any]) -> None:
    assert sorted(dags) == [path.stem for path in FILES]
    assert len(FILES) >= 3


def test_every_dag_keeps_the_rules(dags: dict[str, Any]) -> None:
    assert {name: complaints(dag) for name, dag in dags.items()} == {name: [] for name in dags}


BAD = '''
"""{doc}"""
from datetime import UTC, datetime, timedelta
from airflow.sdk import CronTriggerTimetable, dag, task
from jobs.alerts import raised, succeeded

@dag(schedule={schedule}, start_date={start}, catchup=False,
     max_active_runs={runs}, tags={tags}, doc_md=__doc__,
     default_args={{"owner": "{owner}", "retries": {retries},
                   "on_failure_callback": {raised}, "on_success_callback": {succeeded}}})
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
    "owner": "Registry",
    "retries": "1",
    "raised": "raised",
    "succeeded": "succeeded",
}
SILENT = "a failure of it reaches nobody, or its alert never ends"
ALONE = "a task has no owner, or no second try"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, None),
        ({"schedule": '"0 * * * *"'}, "a bare cron string gives no data interval"),
        ({"start": "datetime(2026, 1, 1, tzinfo=UTC)"}, "it would run at once when a stack starts"),
        ({"runs": "2"}, "two of its runs could race"),
        ({"owner": "airflow"}, ALONE),
        ({"retries": "0"}, ALONE),
        ({"raised": "None"}, SILENT),
        ({"succeeded": "None"}, SILENT),
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


def test_the_timetable_tells_each_dags_tasks_and_retries(dags: dict[str, Any]) -> None:
    text = (DAGS / "README.md").read_text()
    for name, dag in dags.items():
        row = next(line for line in text.splitlines() if line.startswith(f"| [`{name}`]"))
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        order = [task.task_id for task in dag.topological_sort()]
        retries = {(task.retries, task.retry_delay.seconds) for task in dag.tasks}
        assert cells[3].split(" ≫ ") == order
        assert retries == {tuple(int(n) for n in re.findall(r"\d+", cells[4]))}


def test_days_are_caught_up_since_the_first_start_and_not_before(
    dags: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from airflow.timetables.base import DataInterval, TimeRestriction
    from airflow.timetables.trigger import CronTriggerTimetable

    assert not any(dag.catchup for dag in dags.values()), "no stack has started"
    monkeypatch.setenv("IOC_ROLLUP_START", "2026-01-05T10:00:00+00:00")
    found = {name: dag for name, dag in bag_of(DAGS).dags.items() if dag.catchup}
    assert list(found) == ["rollup_flow_day"]
    dag = found["rollup_flow_day"]
    timetable = CronTriggerTimetable("30 0 * * *", timezone="UTC", interval=dag.timetable.interval)
    since = TimeRestriction(dag.start_date, None, catchup=True)
    runs = []
    interval: DataInterval | None = None
    for _ in range(3):
        info = timetable.next_dagrun_info(last_automated_data_interval=interval, restriction=since)
        assert info is not None
        interval = info.data_interval
        runs.append(info.run_after.isoformat()[:16])
        assert info.logical_date >= dag.start_date, "Airflow would leave its tasks out"
    assert runs == ["2026-01-06T00:30", "2026-01-07T00:30", "2026-01-08T00:30"]
