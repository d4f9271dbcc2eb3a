"""`python -m jobs STEP --trigger T [--feed F --from D --to D]`: the four steps, as Airflow starts them."""

from __future__ import annotations

import argparse
import sys
from datetime import date, datetime

from ioc.errors import IocError, Retry
from jobs.launch import AGAIN


def main() -> int:
    """Exit 0 where the step did its work; else the reason is said: 75 where trying again may help, or 1."""
    parser = argparse.ArgumentParser(prog="python -m jobs", description=__doc__)
    parser.add_argument("step", choices=["archive", "rollup", "audit", "publish"])
    parser.add_argument("--trigger", default="", help="what this run belongs to: the Airflow run's id")
    parser.add_argument("--feed", help="one feed; without it every one that has events")
    parser.add_argument("--kind", choices=["case", "observation"], help="of feeds; both without")
    parser.add_argument("--from", dest="first", type=date.fromisoformat)
    parser.add_argument("--to", dest="last", type=date.fromisoformat)
    instant = datetime.fromisoformat
    parser.add_argument("--until", type=instant, help="no day that ended after this instant of the machine")
    parser.add_argument("--due", action="store_true", help="archive only what a rollup would be due for")
    parser.add_argument("--full", action="store_true", help="roll up from the whole log")
    given = parser.parse_args()
    try:
        from jobs import house, steps

        days = (given.first, given.last)
        asked = house.Asked(given.trigger, given.feed, *days, given.due, given.full, given.kind, given.until)
        said = steps.STEPS[given.step](asked)
    except IocError as exc:
        sys.stdout.write(f"{exc}\n")
        return AGAIN if isinstance(exc, Retry) else 1
    sys.stdout.write(f"{said}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
