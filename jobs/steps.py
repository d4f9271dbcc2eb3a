"""The four steps of a rollup over one feed or all, each a process of its own that can be run again."""

from __future__ import annotations

from collections.abc import Callable

from ioc.errors import IocError, Stop
from ioc.warehouse.connection import Connection
from jobs import runs
from jobs.due import wanted
from jobs.house import Asked, House, house
from schemas import AnyFeed


def archive(asked: Asked) -> str:
    """Kafka to the event log. One archive at a time: the lock is the session's and goes with it."""
    from jobs.archive import archive as fill

    home = house()
    with home.warehouse() as conn:
        conn.autocommit = True
        names = [f.feed for f in home.feeds(asked) if _to_archive(home, conn, f, asked)]
        conn.execute("select pg_advisory_lock(hashtext('ioc archive'))")
        held = fill(home.settings, names, home.now)
    return (
        "\n".join(f"{feed}: {sum(p.values())} offsets archived" for feed, p in held.items()) or "nothing new"
    )


def _to_archive(home: House, conn: Connection, feed: AnyFeed, asked: Asked) -> bool:
    """Before a rollup only what it may read: of observations nothing, unless it is a full one."""
    if asked.kind == "observation" and not asked.full:
        return False
    return not asked.due or wanted(home, conn, feed, asked)


def rollup(asked: Asked) -> str:
    """To staging: the feed asked for, or every one that is due."""
    from jobs.rollup import failed, staged
    from jobs.rollup_series import staged_series

    home = house()
    with home.warehouse() as conn:
        try:
            return "\n".join(staged(home, conn, asked) + staged_series(home, conn, asked)) or "nothing new"
        except IocError as exc:
            conn.rollback()
            for feed in home.feeds(asked) if asked.feed else []:
                failed(home, conn, feed, asked, str(exc))
            raise


def audit(asked: Asked) -> str:
    """Every staged run of this trigger; Stop where all are refused, else the others go on to be published."""
    from jobs.audit import audit as judge

    home = house()
    with home.warehouse() as conn:
        staged = [run for run in runs.of_trigger(conn, asked.trigger) if run.state != "published"]
        docs = home.settings.home / "data-docs"
        judged = [judge(conn, run.run_id, home.now, docs) for run in staged if run.state != "failed"]
    said = "\n".join(_verdict(run) for run in judged)
    if judged and all(run.state == "refused" for run in judged):
        raise Stop(said)
    return said or "nothing new"


def publish(asked: Asked) -> str:
    """Every audited run of this trigger; Stop at the end where others were refused: the step shows red."""
    from jobs.publish import publish as put_up

    home = house()
    said, refused = [], []
    with home.warehouse() as conn:
        found = runs.of_trigger(conn, asked.trigger)
        conn.commit()
        for run in found:
            if run.state in ("audited", "published"):
                done = put_up(conn, run.run_id, home.now)
                said.append(
                    f"{run.run_id}: revision {done.revision}, {done.written} rows written,"
                    f" {done.closed} closed"
                )
            else:
                refused.append(_verdict(run))
    if refused:
        raise Stop("\n".join([*said, *refused]))
    return "\n".join(said) or "nothing new"


def _verdict(run: runs.Run) -> str:
    return f"{run.run_id}: {run.state}" + (f": {run.reason}" if run.reason else "")


STEPS: dict[str, Callable[[Asked], str]] = {
    "archive": archive,
    "rollup": rollup,
    "audit": audit,
    "publish": publish,
}
