"""
### rollup_series_period
Observations of ended periods: kernel → staging → audit → a new revision. What came since the revision
that holds is read out of the warehouse; with `full`, or where that cannot be, the event log is read, and the
task says why. What a series adds up to over months, agencies and dimensions is worked out of the rows.

Without a feed it takes every observation feed whose published figures are out of date (`jobs/due.py`), up to
the last day that had ended at the end of the run's interval. `ioc rollup` starts it for one feed.

**Screens:** what is marked as published on the pages of observations. **If it fails:** the last revision
stays, with a banner until a later run succeeds; table `run` says why (`reason`), table `audit` which check.
Safe to run again. Each feed that is published is an event of the asset `warehouse://series/FEED`.
"""

from datetime import timedelta

from airflow.sdk import CronTriggerTimetable, dag

from ioc.settings import load
from jobs.chain import defaults, params, published


@dag(
    schedule=CronTriggerTimetable(
        load().series_cron,
        timezone="UTC",
        interval=timedelta(days=1),
        run_immediately=timedelta(minutes=5),  # a first start is not the time for a run that it missed
    ),
    catchup=False,  # one run takes all that was missed
    max_active_runs=1,
    is_paused_upon_creation=False,
    default_args=defaults(15),
    params=params(full=False),
    tags=["tier/2", "kind/rollup"],
    doc_md=__doc__,
)
def rollup_series_period():
    published(due=True, kind="observation")


rollup_series_period()
