"""How hard the property tests try: a few hundred cases each time, 40 times as many by `make nightly`."""

from __future__ import annotations

import os

from hypothesis import Phase, settings

NIGHTLY = 40
EFFORT = int(os.environ.get("TEST_EFFORT", "1"))
# Of a mutant it only matters whether a test fails, not what the smallest input is.
PHASES = [Phase.generate] if "TEST_NO_SHRINKING" in os.environ else list(Phase)


def tried(examples: int) -> settings:
    """Settings of a test that should see so many examples."""
    return settings(max_examples=examples * EFFORT, deadline=None, phases=PHASES)
