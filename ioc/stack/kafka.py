"""The embedded broker: Apache Kafka in KRaft mode, one node, on loopback, from the jars of `ivy.xml`."""

from __future__ import annotations

import base64
import os
import shutil
import signal
import socket
import subprocess
import uuid
from pathlib import Path

from ioc.errors import Stop
from ioc.heartbeat import write_atomically
from ioc.stack.jars import Jars
from ioc.stack.java import java

STOP = signal.SIGTERM
LOG4J = Path(__file__).with_name("log4j2.properties")
API_VERSIONS = bytes.fromhex(
    "0000000a" + "0012" + "0000" + "00000001" + "ffff"
)  # request 18, version 0, no client id

SETTINGS = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "auto.create.topics.enable": "false",
    "log.message.timestamp.type": "LogAppendTime",
    "message.max.bytes": "4194304",
    "group.initial.rebalance.delay.ms": "0",
    "group.min.session.timeout.ms": "1000",
    "num.network.threads": "2",
    "num.io.threads": "4",
    "background.threads": "2",
    "log.cleaner.dedupe.buffer.size": "16777216",  # the default would take a third of the heap
    "offsets.topic.num.partitions": "4",
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.num.partitions": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
}
HEAP = ["-Xms128m", "-Xmx384m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError", "-Djava.awt.headless=true"]


class Kafka:
    """One broker with its data under `home/kafka`, listening on `port` of 127.0.0.1."""

    def __init__(self, home: Path, jars: Jars, port: int, controller_port: int) -> None:
        self.folder = home / "kafka"
        self.jars = jars
        self.port = port
        self.controller_port = controller_port
        self._config = self.folder / "server.properties"

    @property
    def servers(self) -> str:
        return f"127.0.0.1:{self.port}"

    def prepare(self) -> None:
        """Writes the configuration and, the first time, formats the storage."""
        data = self.folder / "data"
        own = {
            "listeners": f"PLAINTEXT://127.0.0.1:{self.port},CONTROLLER://127.0.0.1:{self.controller_port}",
            "advertised.listeners": f"PLAINTEXT://127.0.0.1:{self.port}",
            "controller.quorum.voters": f"1@127.0.0.1:{self.controller_port}",
            "log.dirs": str(data),
        }
        text = "".join(f"{name}={value}\n" for name, value in (SETTINGS | own).items())
        write_atomically(self._config, text)
        if (data / "bootstrap.checkpoint").exists():
            return
        shutil.rmtree(data, ignore_errors=True)  # a first start that was cut short
        cluster = (
            base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=").replace("-", "A")
        )  # no option
        words = ["kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(self._config)]
        done = subprocess.run(
            self._java(["-Xmx256m", "-XX:TieredStopAtLevel=1", *words]),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise Stop(f"Kafka's storage could not be formatted: {(done.stdout + done.stderr)[-800:]}")

    def command(self) -> list[str]:
        return self._java([*HEAP, "kafka.Kafka", str(self._config)])

    def ready(self) -> bool:
        """Whether the broker answers a request for its API versions."""
        return answers(self.port)

    def _java(self, words: list[str]) -> list[str]:
        log = [f"-Dlog4j2.configurationFile={LOG4J}", f"-Dkafka.logs.dir={self.folder}"]
        return [java(), *log, "-cp", self.jars.broker_classpath(), *words]


def answers(port: int) -> bool:
    """Whether a Kafka broker on this port of 127.0.0.1 answers within half a second."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=0.5) as link:
            link.sendall(API_VERSIONS)
            return len(link.recv(4)) == 4
    except OSError:
        return False


def free_port(wanted: int = 0) -> int:
    """`wanted` if it is free on 127.0.0.1, else one that is."""
    for candidate in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", candidate))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise Stop("no free port on 127.0.0.1")


def without_java_options() -> dict[str, str]:
    """This process's environment less what would change a JVM behind our back."""
    return {
        name: value for name, value in os.environ.items() if name not in ("CLASSPATH", "JAVA_TOOL_OPTIONS")
    }
