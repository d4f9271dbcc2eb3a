"""Everything that promise files can get wrong, found before anything runs."""

from ioc.check.run import Checked, check

__all__ = ["Checked", "check"]
