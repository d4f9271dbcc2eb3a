"""The packaged simulation and reference data, and years of them at scales that tests can afford."""

from __future__ import annotations

import pytest

from schemas import Registry, load
from streams.simulator.places import Reference, reference
from streams.simulator.plan import Plan, province_year
from streams.simulator.settings import Simulation, default_simulation, read


@pytest.fixture(scope="session")
def registry() -> Registry:
    return load()


@pytest.fixture(scope="session")
def simulation() -> Simulation:
    return read(default_simulation())


@pytest.fixture(scope="session")
def known(registry: Registry) -> Reference:
    return reference(registry)


@pytest.fixture(scope="session")
def small(simulation: Simulation, known: Reference) -> Plan:
    """About 6,800 cases."""
    return province_year(simulation, known, 2024, 0.01, 1)
