"""A TCP proxy on loopback that does to a connection what bad middleboxes do to IMAP."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Literal

Vice = Literal["none", "swallows-words", "swallows-idle", "hangs"]


class Proxy:
    """Passes everything on, but for its vice.

    swallows-words: what the server says during IDLE is lost. swallows-idle: the server never hears of IDLE. hangs: the
    first IDLE ends all that is passed on, without a word.
    """

    def __init__(self, to: int, vice: Vice) -> None:
        self._to = to
        self.vice = vice
        self.idles = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    def _start(self, run: object, *args: object) -> None:
        thread = threading.Thread(target=run, args=args, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._sockets.append(client)
                with contextlib.suppress(OSError):
                    server = socket.create_connection(("127.0.0.1", self._to), timeout=10)
                    server.settimeout(None)
                    self._sockets.append(server)
                    _Pair(self, client, server)

    def close(self) -> None:
        for each in (self._listener, *self._sockets):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        for thread in self._threads:
            thread.join(10)


class _Pair:
    """One connection and its other half."""

    def __init__(self, proxy: Proxy, client: socket.socket, server: socket.socket) -> None:
        self._proxy, self._client, self._server = proxy, client, server
        self._idling = self._hangs = False
        proxy._start(self._up)
        proxy._start(self._down)

    def _up(self) -> None:
        with contextlib.suppress(OSError):
            while octets := self._client.recv(65536):
                if octets.upper().endswith(b" IDLE\r\n"):
                    self._proxy.idles += 1
                    self._idling = True
                    if self._proxy.vice == "hangs" and self._proxy.idles == 1:
                        self._hangs = True
                    if self._proxy.vice == "swallows-idle":
                        continue
                elif octets.upper() == b"DONE\r\n":
                    self._idling = False
                if not self._hangs:
                    self._server.sendall(octets)
        self._end()

    def _down(self) -> None:
        with contextlib.suppress(OSError):
            while octets := self._server.recv(65536):
                lost = self._idling and self._proxy.vice == "swallows-words" and not octets.startswith(b"+")
                if not lost and not self._hangs:
                    self._client.sendall(octets)
        self._end()

    def _end(self) -> None:
        for each in (self._client, self._server):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def proxy(to: int, vice: Vice) -> Iterator[Proxy]:
    made = Proxy(to, vice)
    try:
        yield made
    finally:
        made.close()
