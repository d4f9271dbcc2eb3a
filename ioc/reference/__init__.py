"""Reference data made from the country's published lists, the same way each time."""

from ioc.reference.build import Built, build
from ioc.reference.catalogue import catalogue

__all__ = ["Built", "build", "catalogue"]
