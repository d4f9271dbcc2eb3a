"""A published figure in lines for a person, and as data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ioc.cli.restatements import cell_of, in_words
from ioc.ledger.explained import Explained
from ioc.ledger.figure import Made, Step
from ioc.ledger.words import cause, say, signed
from ioc.story import Lang, Speaker
from ioc.warehouse.revisions import offsets_of


def as_text(told: Explained, said: Speaker, limit: int) -> Iterator[str]:
    lang, period, revision = said.lang, told.period, told.revision
    group, under = told.cell.group, told.cell.under
    yield say(
        lang,
        "figure",
        figure=told.cell.figure,
        cell=cell_of(group if under is None else {**group, "agency": say(lang, "under", value=under)}, lang),
        period=period.name,
        calendar=period.calendar.name,
        first=said.day(period.start),
        last=said.day(period.last),
        value=told.value,
    )
    if under is not None:
        yield from agencies(told, lang, limit)
    yield say(lang, "revision", revision=revision.revision, at=said.when(revision.published_at))
    yield say(lang, "position", position=" ".join(offsets_of(revision)))
    changed = "" if revision.definitions == told.definitions_now else ".changed"
    yield say(lang, f"definitions{changed}", definitions=revision.definitions, now=told.definitions_now)
    yield say(lang, "run", run=revision.run_id, code=told.made.code or say(lang, "code.unknown"))
    yield from audit(told.made, lang)
    yield say(lang, "history")
    for step in told.steps:
        yield from of_step(step, said)
    yield from cases(told, said, limit)


def agencies(told: Explained, lang: Lang, limit: int) -> Iterator[str]:
    """What the figure of an agency with all under it is the sum of."""
    for code, n in told.agencies[:limit]:
        yield "  " + say(lang, "cell.agency", value=code or say(lang, "nothing")) + f": {n}"
    if (more := len(told.agencies) - limit) > 0:
        yield "  " + say(lang, "agencies.more", n=more, value=sum(n for _, n in told.agencies[limit:]))


def audit(made: Made, lang: Lang) -> Iterator[str]:
    if not made.audit:
        yield say(lang, "audit.none")
        return
    failed = [check for check in made.audit if not check["ok"]]
    yield say(lang, "audit", ok=len(made.audit) - len(failed), n=len(made.audit))
    for check in failed:
        yield say(lang, "audit.failed", **{k: check[k] for k in ("check", "severity", "observed")})


def of_step(step: Step, said: Speaker) -> Iterator[str]:
    told = {"revision": step.revision, "at": said.when(step.published_at), "value": step.value}
    if step.change is None:
        yield say(said.lang, "history.step", **told)
    else:
        yield say(said.lang, "history.changed", **told, change=signed(step.change))
    for entry in step.restatements:
        numbers = {name: entry[name] for name in ("old", "new", "event_count") if name in entry}
        yield say(
            said.lang,
            "history.entry" if numbers else "history.entry.hidden",
            **{name: entry[name] for name in ("restatement", "month")},
            **numbers,
            cell=cell_of(entry, said.lang),
            cause=cause(said.lang, entry["cause"]),
        )


def cases(told: Explained, said: Speaker, limit: int) -> Iterator[str]:
    lang, n = said.lang, told.cases.height
    yield say(lang, "cases", n=n, value=told.value)
    if told.ahead:
        yield say(lang, "cases.ahead", n=told.ahead)
    for row in told.cases.head(limit).iter_rows(named=True):
        days = (
            f"{name} {said.day(row[name])}" for name in ("entered_on", "due_on", "resolved_on") if row[name]
        )
        yield "  " + "  ".join([row["case_id"], *days, *([row["outcome"]] if row["outcome"] else [])])
    if n > limit:
        yield say(lang, "cases.more", n=n - limit)


def as_data(told: Explained, lang: Lang, limit: int) -> dict[str, Any]:
    """Everything as JSON carries it; `cases.more` says how many are not listed."""
    period, revision = told.period, told.revision
    return {
        "cell": {**told.cell.group, "under": told.cell.under, "figure": told.cell.figure},
        "period": {
            **{"name": period.name, "calendar": period.calendar.name},
            **{"from": period.start, "to": period.last},
        },
        "value": told.value,
        "agencies": [{"agency": code, "value": n} for code, n in told.agencies],
        "revision": {**vars(revision), "definitions_now": told.definitions_now},
        "run": vars(told.made),
        "history": [
            {**vars(step), "restatements": [in_words(entry, lang) for entry in step.restatements]}
            for step in told.steps
        ],
        "cases": {
            "count": told.cases.height,
            "ahead": told.ahead,
            "rows": told.cases.head(limit).to_dicts(),
            "more": max(0, told.cases.height - limit),
        },
    }
