"""
### rebuild
Every feed that is published, counted anew from the whole event log, and published where the audit lets it.

Its figures must equal those that were closed day by day. What differs in a closed month though no event says
why is a row of the ledger with the cause `unexplained` (`ioc restatements`). Days that closing had not
reached are closed with it.

**Screens:** none, unless a figure differs. **If it fails:** figures stay as they were closed, with a banner
until a later run succeeds; safe to run again at any time.
"""

from datetime import timedelta

from airflow.sdk import CronTriggerTimetable, dag

from ioc.settings import load
from jobs.chain import defaults, params, published


@dag(
    schedule=CronTriggerTimetable(
        load().rebuild_cron,
        timezone="UTC",
        interval=timedelta(days=7),
        run_immediately=timedelta(minutes=5),  # a first start is not the time for a run that it missed
    ),
    catchup=False,  # one run counts everything
    max_active_runs=1,
    is_paused_upon_creation=False,
    default_args=defaults(15),
    params=params(full=True),
    tags=["tier/2", "kind/rollup"],
    doc_md=__doc__,
)
def rebuild():
    published(due=False)


rebuild()
