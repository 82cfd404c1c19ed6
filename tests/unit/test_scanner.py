"""The scanner's client on a made-up clamd: what it asks, what it makes of answers, silence, drops and nonsense."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from inbound.scanner import CHUNK, LONGEST, Scanner
from relay.domain import Scan
from relay.places import Clamd, Listen

SOON = 0.3  #: a limit for what gives no answer at all
Answer = Callable[[socket.socket], object]


def read_stream(client: socket.socket) -> bytes:
    """Read what INSTREAM sends, as clamd(8) describes it."""
    with client.makefile("rb") as octets:
        assert octets.read(10) == b"zINSTREAM\0"
        content = b""
        while size := int.from_bytes(octets.read(4), "big"):
            piece = octets.read(size)
            assert len(piece) == size
            content += piece
    return content


class FakeClamd:
    """Says the same to everyone."""

    def __init__(self, server: socket.socket, answer: Answer) -> None:
        self.asked: list[bytes] = []
        self._server = server
        self._answer = answer
        self._clients: list[socket.socket] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            client, _ = self._server.accept()
            self._clients.append(client)  # kept open: a hanging clamd does not hang up
            if self._server.fileno() == -1 or client.recv(1, socket.MSG_PEEK) == b"":
                return
            self.asked.append(read_stream(client))
            self._answer(client)

    def stop(self) -> None:
        with self._server:
            with socket.socket(self._server.family) as bell:
                bell.connect(self._server.getsockname())
            self._thread.join(10)
        for client in self._clients:
            client.close()


@contextmanager
def clamd_that(answer: Answer) -> Iterator[tuple[FakeClamd, Clamd]]:
    server = socket.create_server(("127.0.0.1", 0))
    fake = FakeClamd(server, answer)
    try:
        yield fake, Clamd(Listen("127.0.0.1", server.getsockname()[1]))
    finally:
        fake.stop()


def says(*pieces: bytes) -> Answer:
    def answer(client: socket.socket) -> None:
        for piece in pieces:
            client.sendall(piece)
        client.close()

    return answer


def hangs(client: socket.socket) -> None:
    """Never say a word."""


def dribbles(client: socket.socket) -> None:
    """Say it octet by octet: each read is in time, the answer is not."""
    for octet in b"stream: OK\0":
        time.sleep(SOON / 4)
        with suppress(OSError):
            client.sendall(bytes((octet,)))


def stays(client: socket.socket) -> None:
    """Say it and don't hang up."""
    client.sendall(b"stream: OK\0")


ANSWERS: dict[str, tuple[Answer, Scan]] = {
    "clean": (says(b"stream: OK\0"), "clean"),
    "clean_in_pieces": (says(b"stre", b"am: O", b"K", b"\0"), "clean"),
    "clean_and_stays": (stays, "clean"),
    "found": (says(b"stream: Eicar-Test FOUND\0"), "malware"),
    "found_with_spaces": (says(b"stream: Win.Test.EICAR_HDB-1 (x y) FOUND\0"), "malware"),
    "too_large": (says(b"INSTREAM size limit exceeded. ERROR\0"), "down"),
    "no_memory": (says(b"stream: Can't allocate memory ERROR\0"), "down"),
    "unknown_command": (says(b"UNKNOWN COMMAND\0"), "down"),
    "hangs_up": (says(), "down"),
    "half_an_ok": (says(b"stream: OK"), "down"),
    "half_an_ok_within": (says(b"stream: O\0"), "down"),
    "two_answers": (says(b"stream: OK\0stream: OK\0"), "down"),
    "found_behind_an_ok": (says(b"stream: OK\0stream: Eicar-Test FOUND\0"), "malware"),
    "ok_of_something_else": (says(b"/tmp/x: OK\0"), "down"),
    "ok_behind_an_error": (says(b"stream: ERROR stream: OK\0"), "down"),
    "another_server": (says(b"220 mail.test ESMTP\r\n"), "down"),
    "no_octets_of_text": (says(bytes(range(128, 256)) + b"\0"), "down"),
    "endless": (says(b"stream: OK" * LONGEST), "down"),
    "hangs": (hangs, "down"),
    "dribbles": (dribbles, "down"),
}


@pytest.mark.parametrize(("answer", "verdict"), ANSWERS.values(), ids=ANSWERS)
def test_scan_makes_of_an_answer(answer: Answer, verdict: Scan) -> None:
    with clamd_that(answer) as (_, place):
        began = time.monotonic()
        assert Scanner(place, limit=SOON if answer in (hangs, dribbles) else 20).scan(b"file") == verdict
        assert time.monotonic() - began < 10


CONTENTS = {
    "small": b"a file",
    "empty": b"",
    "a_chunk": b"x" * CHUNK,
    "over_a_chunk": b"y" * CHUNK + b"z",
    "zeros": bytes(1000),
}


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
def test_scan_sends_the_file_as_it_is(content: bytes) -> None:
    with clamd_that(says(b"stream: OK\0")) as (fake, place):
        assert Scanner(place).scan(content) == "clean"
        assert fake.asked == [content]


def test_scan_asks_by_a_socket_file(tmp_path: Path) -> None:
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(tmp_path / "clamd.ctl"))
    server.listen()
    fake = FakeClamd(server, says(b"stream: Eicar-Test FOUND\0"))
    assert Scanner(Clamd(tmp_path / "clamd.ctl")).scan(b"file") == "malware"
    fake.stop()


def nobody(folder: Path) -> Clamd:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return Clamd(Listen("127.0.0.1", server.getsockname()[1]))


ABSENT: dict[str, Callable[[Path], Clamd]] = {
    "port": nobody,
    "socket_file": lambda folder: Clamd(folder / "clamd.ctl"),
    "socket_path_too_long": lambda folder: Clamd(folder / ("x" * 200)),
    "name": lambda folder: Clamd(Listen("nobody.invalid", 3310)),
}


@pytest.mark.parametrize("place", ABSENT.values(), ids=ABSENT)
def test_scan_is_down_where_nobody_listens(place: Callable[[Path], Clamd], tmp_path: Path) -> None:
    assert Scanner(place(tmp_path)).scan(b"file") == "down"


def test_scan_is_down_when_the_scanner_stops_reading() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:  # the kernel takes the connection, nobody reads
        place = Clamd(Listen("127.0.0.1", server.getsockname()[1]))
        began = time.monotonic()
        assert Scanner(place, limit=SOON).scan(bytes(64 * CHUNK)) == "down"
        assert time.monotonic() - began < 10


def test_a_scanner_that_hangs_is_left_alone_then_asked_by_one() -> None:
    with clamd_that(hangs) as (fake, place):
        scanner = Scanner(place, limit=SOON, pause=SOON)
        assert scanner.scan(b"first") == "down"
        assert scanner.scan(b"rests") == "down"
        assert fake.asked == [b"first"]
        time.sleep(SOON * 1.2)
        threads = [threading.Thread(target=scanner.scan, args=(b"again",)) for _ in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        assert fake.asked == [b"first", b"again"]


def test_a_scanner_that_answers_again_is_asked_by_all() -> None:
    answers = [hangs, says(b"stream: OK\0"), says(b"stream: OK\0")]

    def in_turn(client: socket.socket) -> None:
        answers.pop(0)(client)

    with clamd_that(in_turn) as (fake, place):
        scanner = Scanner(place, limit=SOON, pause=0.0)
        assert scanner.trouble == ""
        assert scanner.scan(b"one") == "down"
        assert scanner.trouble.startswith("it could not tell about the last file")
        assert [scanner.scan(b"two"), scanner.scan(b"three")] == ["clean", "clean"]
        assert scanner.trouble == ""
        assert fake.asked == [b"one", b"two", b"three"]
