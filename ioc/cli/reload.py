"""`ioc reload`: new and changed feeds taken up by a running stack."""

from __future__ import annotations

import sys

from ioc.admit import registry_for
from ioc.errors import Stop
from ioc.settings import load
from ioc.stack import topics
from ioc.stack.home import Home
from ioc.warehouse import connect


def reload() -> None:
    """Read the promise files and make the topics they need; every part goes by them, none is restarted.

    Parts see changed files by themselves; a feed that is new is read once its topics are made.
    """
    settings = load()
    if Home(settings.home).locked_by() is None and not settings.kafka_servers:
        raise Stop(f"nothing runs for IOC_HOME={settings.home}; `ioc up` starts a stack with all feeds")
    registry = registry_for(settings)
    with connect(settings, name="ioc reload") as conn:
        before = {str(topic) for (topic,) in conn.execute("select distinct topic from topic_partition")}
    made = topics.prepare(settings, registry)
    new = sorted(name for name in registry.every if name not in before)
    said = f"{len(registry.every)} feeds, new: {', '.join(new) or 'none'}"
    sys.stdout.write(f"{said}; {len(made.keys() - before)} topics made\n")
