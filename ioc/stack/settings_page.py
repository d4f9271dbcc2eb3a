"""`docs/settings.md` from the descriptions in `ioc/settings.py`: `python -m ioc.stack.settings_page`."""

from __future__ import annotations

import sys
from pathlib import Path

from pydantic_core import PydanticUndefined

from ioc.settings import Settings

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"
HEAD = """# Settings

Each is an environment variable or, without `IOC_` and in small letters, a line of
`$IOC_HOME/settings.toml`. The environment wins over the file, the file over what `ioc up` chose, that over
the default. A wrong one, or one that does not exist, stops the command and is named. Written by
`python -m ioc.stack.settings_page` from `ioc/settings.py`; a test holds the two together.

| variable | default | what it says |
|---|---|---|
"""
TAIL = """
Other programs' variables that are heeded: `JAVA_HOME` (the Java that Kafka and Spark run on),
`IVY_SETTINGS` (an Ivy settings file that names a mirror of Maven Central), `XDG_CACHE_HOME` (jars are kept in
its `ioc-pipeline`, by default under `~/.cache`).
"""


def page() -> str:
    """The page's text."""
    rows = []
    for name, field in Settings.model_fields.items():
        default = "" if field.default is PydanticUndefined or field.default == "" else f"`{field.default}`"
        if name == "home":
            default = "`./.ioc`"
        rows.append(f"| `IOC_{name.upper()}` | {default} | {field.description} |\n")
    return HEAD + "".join(rows) + TAIL


def main() -> None:
    PAGE.write_text(page())
    sys.stdout.write(f"{PAGE}\n")


if __name__ == "__main__":
    main()
