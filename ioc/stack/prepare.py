"""`python -m ioc.stack.prepare`: the warehouse's tables and Kafka's topics, before any part needs them."""

from __future__ import annotations

import sys

from ioc.admit import registry_for
from ioc.errors import IocError
from ioc.settings import load
from ioc.stack import topics
from ioc.warehouse import migrate


def main() -> int:
    try:
        settings = load()
        migrate(settings)
        topics.prepare(settings, registry_for(settings))
    except IocError as exc:
        sys.stderr.write(f"{exc}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
