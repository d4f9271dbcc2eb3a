"""The promises as a running process sees them: loaded again when a file of one's own changes on disk."""

from __future__ import annotations

import logging
import os
import secrets
import time
from pathlib import Path

from ioc.admit import Admission, registry_for
from ioc.admit.promises import fingerprint
from ioc.errors import BadInput
from ioc.settings import Settings

log = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 0.5


def token_key(settings: Settings) -> bytes:
    """The key of personal tokens: the setting, else one made once and kept under IOC_HOME."""
    if settings.token_key:
        return settings.token_key.encode()
    kept = settings.home / "token.key"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        draft = kept.with_name(f".token.key.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_hex(32))
        try:
            os.link(draft, kept)  # fails where another process was first, whose key then counts
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return kept.read_text().encode()


class Promises:
    """The registry and the admission built on it; `refresh` follows the files."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._looked = time.monotonic()
        self.problem: str | None = None
        self.fingerprint = fingerprint(settings)
        self.registry = registry_for(settings)
        self.admission = self._admission()

    def _admission(self) -> Admission:
        key = token_key(self._settings)
        return Admission(self.registry, key, self._settings.intake_max_event_bytes)

    def refresh(self, *, now: bool = False) -> bool:
        """Looks at the files at most twice a second (or `now`); True where new promises hold from here on.

        Files that cannot be used change nothing: the old promises hold and `problem` says what to mend.
        """
        if not now and time.monotonic() - self._looked < LOOK_EVERY_SECONDS:
            return False
        self._looked = time.monotonic()
        seen = fingerprint(self._settings)
        if seen == self.fingerprint:
            return False
        self.fingerprint = seen
        try:
            self.registry = registry_for(self._settings)
        except BadInput as exc:
            self.problem = str(exc)
            log.error("the old promises hold: %s", exc)
            return False
        self.admission, self.problem = self._admission(), None
        log.info(
            "promises read again: %d feeds, %d sources", len(self.registry.every), len(self.registry.sources)
        )
        return True


def mapping_folder(settings: Settings) -> Path:
    """Where mappings added to this stack live."""
    return settings.home / "schemas" / "sources"
