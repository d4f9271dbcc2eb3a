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

from airflow.sdk import CronTriggerTimetable, dag

from ioc.settings import load
from jobs.chain import defaults, params, published

START = load().rollup_start


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
    default_args=defaults(15),
    params=params(full=False),
    tags=["tier/1", "kind/rollup"],
    doc_md=__doc__,
)
def rollup_flow_day():
    published(due=True, kind="case")


rollup_flow_day()
