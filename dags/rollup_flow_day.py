"""
### rollup_flow_day
Flow of cases per day, agency and channel: kernel → staging → audit → a new revision. Days are closed out of
the warehouse on top of the revision that holds; with `full`, or where that cannot be, the event log is read
by Spark, and the task says why.

Without a feed it takes every case feed whose published figures are out of date (`jobs/due.py`), up to
the last day that had ended at the end of the run's interval, by the stack's clock in the feed's zone: a run
that is caught up or filled back closes the days of its own time, and leaves what is covered alone (ADR 0076).
`ioc rollup` starts it for one feed and window. Always joined without a gap to what is published.

**Screens:** trend and every rolled-up figure. **If it fails:** the last revision stays on the screens, with a
banner until a later run succeeds; table `run` says why (`reason`), table `audit` which check. Safe to run
again: a run replaces its own staging and publishes once. Each feed that is published is an event of the asset
`warehouse://flow/FEED`, with the revision in `extra`; follow all of them by the alias `published`.
"""

from datetime import datetime, timedelta

from airflow.sdk import Asset, AssetAlias, CronTriggerTimetable, Metadata, Param, dag, task

from ioc.settings import load
from jobs.alerts import raised, succeeded

START = load().rollup_start
PUBLISHED = AssetAlias("published")


@dag(
    schedule=CronTriggerTimetable(
        load().rollup_cron,
        timezone="UTC",
        # Its end is what counts. Begun before the start date, it would cost the first run its tasks.
        interval=timedelta(minutes=1),
        run_immediately=timedelta(minutes=5),  # a first start is not the time for a run that it missed
    ),
    start_date=datetime.fromisoformat(START) if START else None,
    catchup=bool(START),  # days that the scheduler slept through, none before the stack's first start
    max_active_runs=1,
    is_paused_upon_creation=False,
    default_args={
        **{"owner": "Registry", "retries": 2, "retry_delay": timedelta(seconds=15)},
        **{"on_failure_callback": raised, "on_success_callback": succeeded},
    },
    params={
        **{name: Param(None, type=["null", "string"]) for name in ("feed", "from", "to")},
        "full": Param(default=False, type="boolean"),
    },
    tags=["tier/1", "kind/rollup"],
    doc_md=__doc__,
)
def rollup_flow_day():
    @task
    def archive(**context):
        from jobs.launch import launch

        return launch("archive", context, due=True)

    @task
    def rollup(**context):
        from jobs.launch import launch

        return launch("rollup", context)

    @task
    def audit(**context):
        from jobs.launch import launch

        return launch("audit", context)

    @task(outlets=[PUBLISHED])
    def publish(**context):
        from jobs.launch import launch, published

        said = launch("publish", context)
        yield from (Metadata(Asset(flow), extra, PUBLISHED) for flow, extra in published(context))
        return said

    archive() >> rollup() >> audit() >> publish()


rollup_flow_day()
