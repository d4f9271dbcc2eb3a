"""Reference data made from the country's published lists, the same way each time."""

from ioc.reference.build import Built, build

__all__ = ["Built", "build"]
