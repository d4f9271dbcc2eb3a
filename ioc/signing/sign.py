"""A form is signed once for its figures, and again only where they changed and somebody else allows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from unicodedata import normalize
from zoneinfo import ZoneInfo

from ioc.errors import BadInput, Stop
from ioc.event import instant_text
from ioc.forms import Despite, Filled, Issued, Signature, issued
from ioc.forms.filled import printable
from ioc.forms.printed import number, say
from ioc.signing.against import Against, against
from ioc.signing.draft import Asked, Draft, draft
from ioc.signing.sealed import changes, checksum, same_figures, sealed
from ioc.signing.signatures import Signed, latest, write
from ioc.story.speaker import Lang
from ioc.warehouse.connection import Connection
from ioc.warehouse.revisions import newest
from schemas import Registry

NOWHERE = "………"  # to be written by hand
SHOWN = 20  # changed cells told one by one


@dataclass(frozen=True)
class Wish:
    """Who signs, as what and where; why in spite of what stands against it; who allows signing again."""

    signer: str
    role: str
    because: str | None = None
    approver: str | None = None
    place: str = NOWHERE

    def __post_init__(self) -> None:
        for name in ("signer", "role", "because", "approver", "place"):
            if (text := getattr(self, name)) is not None:
                printable(name, text)
        if self.approver is not None and _same(self.approver, self.signer):
            raise BadInput("approver", self.approver, "name somebody else than the signer")


def sign(conn: Connection, registry: Registry, asked: Asked, wish: Wish, now: datetime) -> Signed:
    """Signs the form as the newest revision has it, in one transaction of its own; `now`: the stack's clock.

    Refused with Stop: signed already and nothing changed; changed and nobody allows it; something stands
    against it and no reason is given. Refused with BadInput: a reason or an approver that nothing asks for.
    """
    with conn.transaction():
        conn.execute("set transaction isolation level repeatable read")
        # Before the first look: whoever signs or publishes meanwhile waits, so what is signed is the newest.
        conn.execute("lock table signature in share row exclusive mode")
        conn.execute("lock table revision in share mode")
        revision = newest(conn, asked.feed.feed)
        made = draft(conn, registry, asked, revision, now)
        before = latest(conn, asked.key, None)
        _wanted(before, made, wish)
        found = against(conn, registry, made, made.mismatches())
        _allowed(asked, found, wish)
        signed = _signed(made, before, found, wish, now)
        write(conn, asked.key, signed)
    return signed


def _wanted(before: Signed | None, made: Draft, wish: Wish) -> None:
    """Nothing where it is to be signed: the first time, or again after its figures changed."""
    if before is None:
        if wish.approver is not None:
            raise BadInput("approver", wish.approver, "leave it out: this form was never signed before")
        return
    then, of = before.issued().filled, " ".join(made.asked.key.values())
    said = f"{of} was signed by {before.signer}, {before.role}, at {instant_text(before.signed_at)}"
    if same_figures(then, made.filled):
        raise Stop(f"{said}, and no figure changed since: revision {made.revision.revision} has the same")
    if wish.approver is None:
        told = "\n".join(f"  {line}" for line in changed_lines(then, made.filled, "en"))
        raise Stop(
            f"{said}; its figures changed since, so name who allows signing again by --approver:\n{told}"
        )


def _allowed(asked: Asked, found: Sequence[Against], wish: Wish) -> None:
    if found and wish.because is None:
        lines = [line for one in found for line in (one.said("en"), *(f"  {line}" for line in one.lines))]
        told = "\n".join(f"  {line}" for line in lines)
        of = " ".join(asked.key.values())
        raise Stop(
            f"{of} is not signed; mend this, or write by --because why it is signed all the same:\n{told}"
        )
    if wish.because is not None and not found:
        raise BadInput("because", wish.because, "leave it out: nothing stands against signing")


def _signed(
    made: Draft, before: Signed | None, found: Sequence[Against], wish: Wish, now: datetime
) -> Signed:
    nth = 1 if before is None else before.nth + 1
    because = wish.because or ""
    notes = [say("vi", "against.signed", found=one.said("vi")) for one in found if one.what != "gate"]
    if wish.approver is not None:
        notes.append(say("vi", "approved", n=nth - 1, approver=wish.approver))
    standing = replace(
        made.filled.standing,
        final=True,
        restated=nth - 1,
        despite=tuple(Despite(one.what, because) for one in found),
        notes=tuple(notes),
    )
    on = now.astimezone(ZoneInfo(made.asked.form.zone)).date()
    signature = Signature(wish.place, on, wish.role, wish.signer)
    form = issued(replace(made.filled, standing=standing, signature=signature), made.previous, made.restated)
    reasons = [{"what": one.what, "found": one.said("vi"), "because": because} for one in found]
    signing = {
        **made.asked.key,
        "nth": nth,
        "signer": wish.signer,
        "role": wish.role,
        "approver": wish.approver,
        "reasons": reasons,
        "signed_at": instant_text(now),
    }
    content = sealed(form, signing)
    told = (wish.signer, wish.role, wish.approver, reasons, now)
    return Signed(nth, made.revision.revision, content, checksum(content), *told)


def shown(made: Draft, signed: Signed | None) -> Issued:
    """The draft to print: as signed where its figures are the signed ones, else with the signed ones beside.

    NotIssued where its gates fail and nobody signed these figures.
    """
    if not made.view.signable:
        return _viewed(made, signed)
    if signed is None:
        return issued(made.filled, made.previous, made.restated)
    then = signed.issued()
    if same_figures(then.filled, made.filled):
        return then
    day = signed.signed_at.astimezone(ZoneInfo(made.asked.form.zone)).strftime(made.asked.form.formats.date)
    head = say("vi", "changed.since", nth=signed.nth, day=day)
    notes = (head, *changed_lines(then.filled, made.filled, "vi"))
    standing = replace(made.filled.standing, restated=signed.nth, notes=notes)
    return issued(replace(made.filled, standing=standing), made.previous, made.restated)


def _viewed(made: Draft, signed: Signed | None) -> Issued:
    """What nobody signs; counted again, it says how it differs from what was signed by the same agencies."""
    notes: tuple[str, ...] = ()
    if signed is not None and made.view.map_on is None:
        then = signed.issued().filled
        day = signed.signed_at.astimezone(ZoneInfo(made.asked.form.zone)).strftime(
            made.asked.form.formats.date
        )
        same = same_figures(then, made.filled)
        head = say("vi", f"definitions-of.{'same' if same else 'signed'}", nth=signed.nth, day=day)
        notes = (head, *changed_lines(then, made.filled, "vi"))
    standing = replace(made.filled.standing, notes=(*made.filled.standing.notes, *notes))
    return issued(replace(made.filled, standing=standing), made.previous, made.restated)


def changed_lines(then: Filled, now: Filled, lang: Lang) -> list[str]:
    """The changed cells in words, as many as one reads."""

    def told(n: int | None) -> str:
        return "–" if n is None else number(n, now.form.formats)

    found = list(changes(then, now))
    lines = [
        say(lang, "changed.cell", column=c.column, where=c.where, then=told(c.then), now=told(c.now))
        for c in found[:SHOWN]
    ]
    more = len(found) - SHOWN
    return [*lines, say(lang, "changed.more", n=told(more))] if more > 0 else lines


def _same(one: str, other: str) -> bool:
    first, second = (" ".join(normalize("NFC", name).casefold().split()) for name in (one, other))
    return first == second
