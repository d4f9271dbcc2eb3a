"""A supervisor over toy parts, for the tests to kill: `toy_stack.py FOLDER SCRIPT_OF_A SCRIPT_OF_B`."""

import os
import sys
from pathlib import Path

from ioc.errors import Stop
from ioc.settings import Settings
from ioc.stack.home import Home, PartRecord, Stack
from ioc.stack.part import Announcement, Part
from ioc.stack.processes import Identity
from ioc.stack.stopping import MARK
from ioc.stack.supervisor import Supervisor


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> int:
    folder, *scripts = Path(sys.argv[1]), *sys.argv[2:]
    home, settings = Home(folder), Settings(home=folder)
    home.lock()
    stack = Stack(Identity.of(os.getpid()), demo=False)

    def changed(parts: list[PartRecord], announced: list[str]) -> None:
        stack.parts, stack.announced = parts, announced
        home.write_stack(settings, stack)

    def toy(name: str, script: str, needs: tuple[str, ...]) -> Part:
        ready = folder / f"{name}.ready"
        command = ["sh", "-c", script.replace("READY", f"touch '{ready}'")]
        order = 0 if name == "b" else 1
        return Part(
            name,
            lambda: command,
            lambda pid: ready.exists(),
            needs=needs,
            start_seconds=3,
            stop_seconds=3,
            stop_order=order,
        )

    parts = [toy("a", scripts[0], ()), toy("b", scripts[1], ("a",))]
    said = [Announcement(("a", "b"), "all here")]
    environment = {**os.environ, MARK: str(folder)}
    try:
        Supervisor(parts, folder, environment, said, say, changed).run()
    except Stop as exc:
        say(str(exc))
        return 1
    say("stopped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
