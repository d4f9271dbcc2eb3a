"""
### archive
Takes what is new on every feed's Kafka topic into the event log, exactly once.

**Screens:** none directly; every rollup reads this log. **If it fails:** nothing is lost while Kafka keeps
the events (`topic.retention_days` of the feed); safe to run again at any time. Where nothing is new it starts
no Spark. A failure is an alert until a later run succeeds.
"""

from datetime import timedelta

from airflow.sdk import CronTriggerTimetable, dag, task

from ioc.settings import load
from jobs.chain import defaults


@dag(
    # Without a start date the first run waits for its time: a stack that starts has other things to do.
    schedule=CronTriggerTimetable(load().archive_cron, timezone="UTC", interval=timedelta(minutes=15)),
    catchup=False,  # one run takes in all that was missed
    max_active_runs=1,
    is_paused_upon_creation=False,
    default_args=defaults(30),
    tags=["tier/1", "kind/archive"],
    doc_md=__doc__,
)
def archive():
    @task(task_id="archive")
    def fill(**context):
        from jobs.launch import launch

        return launch("archive", context)

    fill()


archive()
