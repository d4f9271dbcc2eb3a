"""Follows the promise files on disk, so that a changed definition needs no restart."""

from __future__ import annotations

import logging

from ioc.admit.promises import fingerprint, registry_for
from ioc.errors import BadInput
from ioc.settings import Settings
from schemas import Registry

log = logging.getLogger("screens")


class Follower:
    """Looks at the files when asked; files that cannot be used change nothing and are told once."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._seen = fingerprint(settings)

    def changed(self) -> Registry | None:
        """The promises anew where a file has changed since the last look, else None."""
        seen = fingerprint(self._settings)
        if seen == self._seen:
            return None
        self._seen = seen
        try:
            return registry_for(self._settings)
        except BadInput as exc:
            log.error("the old promises hold: %s", exc)
            return None
