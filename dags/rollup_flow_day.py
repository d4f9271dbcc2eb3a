"""
### rollup_flow_day
Flow of cases per day, agency and channel: kernel → staging → audit → a new revision. Days are closed out of
the warehouse on top of the revision that holds; with `full`, or where that cannot be, the event log is read
by Spark, and the task says why.

Without a feed it takes every case feed whose published figures are out of date (`jobs/due.py`), up to
the last day that has ended by the stack's clock in its zone. `ioc rollup` starts it for one feed and window.
Always joined without a gap to what is published.

**Screens:** trend and every rolled-up figure. **If it fails:** the last revision stays on the screens; table
`run` says why (`reason`), table `audit` which check. Safe to run again: a run replaces its own staging and
publishes once.
"""

from datetime import timedelta

from airflow.sdk import Asset, CronTriggerTimetable, Param, dag, task

from ioc.settings import load


@dag(
    schedule=CronTriggerTimetable(load().rollup_cron, timezone="UTC", interval=timedelta(days=1)),
    catchup=False,
    max_active_runs=1,
    is_paused_upon_creation=False,
    default_args={"owner": "Registry", "retries": 2, "retry_delay": timedelta(seconds=15)},
    params={
        **{name: Param(None, type=["null", "string"]) for name in ("feed", "from", "to")},
        "full": Param(default=False, type="boolean"),
    },
    tags=["tier/1", "kind/rollup"],
    doc_md=__doc__,
)
def rollup_flow_day():
    @task
    def archive(run_id=None, params=None):
        from jobs.launch import launch

        return launch("archive", run_id, {**params, "due": True})

    @task
    def rollup(run_id=None, params=None):
        from jobs.launch import launch

        return launch("rollup", run_id, params)

    @task
    def audit(run_id=None, params=None):
        from jobs.launch import launch

        return launch("audit", run_id, params)

    @task(outlets=[Asset("warehouse://flow_day"), Asset("warehouse://flow_month")])
    def publish(run_id=None, params=None):
        from jobs.launch import launch

        return launch("publish", run_id, params)

    archive() >> rollup() >> audit() >> publish()


rollup_flow_day()
