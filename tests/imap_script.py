"""An IMAP server on loopback that says exactly what a test has it say."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator

Answers = dict[str, bytes | None]  #: by the command's first word ("UID FETCH" by both); None: silence, "": closes

GOOD: Answers = {
    "CAPABILITY": b"* CAPABILITY IMAP4rev1 AUTH=PLAIN IDLE MOVE UIDPLUS\r\n{tag} OK done\r\n",
    "AUTHENTICATE": b"{tag} OK in\r\n",
    "SELECT": b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7]\r\n{tag} OK [READ-WRITE]\r\n",
    "NOOP": b"{tag} OK done\r\n",
    "UID SEARCH": b"* SEARCH 3 1 2\r\n{tag} OK done\r\n",
    "IDLE": b"+ idling\r\n",
    "DONE": b"{tag} OK done\r\n",
    "LOGOUT": b"* BYE\r\n{tag} OK done\r\n",
}


class Script:
    """Serves one client after the other."""

    def __init__(self, answers: Answers, greeting: bytes | None) -> None:
        self.answers = {**GOOD, **answers}
        self.heard: list[str] = []
        self._greeting = greeting
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._client: socket.socket | None = None
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                self._client, _ = self._listener.accept()
                with contextlib.suppress(OSError), self._client:
                    self._talk(self._client)

    def _talk(self, client: socket.socket) -> None:
        if self._greeting is not None:
            client.sendall(self._greeting)
        tag = b""
        for line in client.makefile("rb"):
            words = line.decode("latin-1").split()
            if words[0] == "DONE":
                verb = "DONE"
            else:
                tag = words[0].encode()
                verb = " ".join(words[1:3] if words[1] == "UID" else words[1:2]).upper()
            self.heard.append(verb)
            if verb == "AUTHENTICATE" and self.answers[verb] is not None:
                client.sendall(b"+ \r\n")
                next(iter(client.makefile("rb")))
            answer = self.answers.get(verb, b"{tag} BAD what\r\n")
            if answer == b"":
                return
            if answer is not None:
                client.sendall(answer.replace(b"{tag}", tag))

    def close(self) -> None:
        for each in (self._listener, self._client):
            with contextlib.suppress(OSError, AttributeError):
                each.shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]
            if each is not None:
                each.close()
        self._thread.join(10)


@contextlib.contextmanager
def scripted(answers: Answers | None = None, greeting: bytes | None = b"* OK hello\r\n") -> Iterator[Script]:
    made = Script(answers or {}, greeting)
    try:
        yield made
    finally:
        made.close()
