"""Sending: in requests of the asked size, again where the intake is away, passed over where it refuses."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from ioc.errors import BadInput, Retry
from ioc.settings import Settings
from streams.simulator.sending import CANONICAL, Intake


class Answers(ThreadingHTTPServer):
    """Answers each POST with the next status, 200 when there is none, and keeps the bodies."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.statuses: list[int] = []
        self.bodies: list[list[int]] = []
        self.hangs_up = False


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Answers

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.bodies.append(body)
        answer = b'{"accepted": 1, "quarantined": 1}'
        self.send_response(self.server.statuses.pop(0) if self.server.statuses else 200)
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)
        self.close_connection = self.server.hangs_up

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def answers() -> Iterator[Answers]:
    server = Answers()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def to(server: Answers, at_once: int) -> Intake:
    url = f"http://127.0.0.1:{server.server_address[1]}"
    return Intake(Settings(home=Path("none"), intake_url=url), CANONICAL, at_once)


def test_a_request_carries_so_many(answers: Answers) -> None:
    intake = to(answers, 10)
    intake.send([str(number) for number in range(25)])
    intake.send(["25"])
    intake.close()
    assert [len(body) for body in answers.bodies] == [10, 10, 5, 1]
    assert [number for body in answers.bodies for number in body] == list(range(26))


def test_what_the_intake_cannot_store_is_sent_again(answers: Answers) -> None:
    answers.statuses = [503]
    intake = to(answers, 10)
    with pytest.raises(Retry, match="503"):
        intake.send(["1"])
    intake.send(["1"])
    intake.close()
    assert answers.bodies == [[1], [1]]


def test_a_refused_request_is_logged_and_passed_over(
    answers: Answers, caplog: pytest.LogCaptureFixture
) -> None:
    answers.statuses = [413]
    intake = to(answers, 1)
    intake.send(["1", "2"])
    intake.close()
    assert "413" in caplog.text
    assert answers.bodies == [[1], [2]]


def test_an_intake_that_is_away_is_tried_again() -> None:
    settings = Settings(home=Path("none"), intake_url="http://127.0.0.1:9")
    with pytest.raises(Retry, match="no answer"):
        Intake(settings, CANONICAL, 10).send(["1"])


def test_a_kept_connection_that_was_closed_is_made_again(answers: Answers) -> None:
    answers.hangs_up = True
    intake = to(answers, 10)
    for number in "123":
        intake.send([number])
    intake.close()
    assert answers.bodies == [[1], [2], [3]]


def test_without_an_address_it_says_which_setting() -> None:
    with pytest.raises(BadInput, match="IOC_INTAKE_URL"):
        Intake(Settings(home=Path("none")), CANONICAL, 10)
