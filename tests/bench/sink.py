"""A smarthost for benchmarks: takes every mail, keeps nothing but when it came and for whom.

`python -m tests.bench.sink PORT FILE` appends a line "SECONDS RECIPIENT" a mail to FILE (monotonic, the same for all
processes of a machine). Also the peer "a smarthost that costs next to nothing".
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from typing import TextIO


class Sink(asyncio.Protocol):
    """Just enough SMTP to be handed mails."""

    def __init__(self, told: TextIO) -> None:
        self._told = told
        self._waiting = b""
        self._in_data = False
        self._to: list[str] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(b"220 sink ESMTP\r\n")

    def data_received(self, octets: bytes) -> None:
        self._waiting += octets
        while self._step():
            pass

    def _step(self) -> bool:
        mark = b"\r\n.\r\n" if self._in_data else b"\r\n"
        head, found, rest = self._waiting.partition(mark)
        if not found:
            return False
        self._waiting = rest
        if self._in_data:
            self._in_data = False
            now = time.monotonic()
            self._told.writelines(f"{now:.6f} {to}\n" for to in self._to)
            self._told.flush()
            self._to.clear()
            self._transport.write(b"250 2.0.0 ok\r\n")
        else:
            self._command(head)
        return True

    def _command(self, line: bytes) -> None:
        verb = line[:4].upper()
        if verb == b"EHLO":
            self._transport.write(b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n")
        elif verb == b"DATA":
            self._in_data = True
            self._transport.write(b"354 go\r\n")
        elif verb == b"QUIT":
            self._transport.write(b"221 bye\r\n")
            self._transport.close()
        else:
            if verb == b"RCPT":
                self._to.append(line.partition(b"<")[2].partition(b">")[0].decode())
            self._transport.write(b"250 ok\r\n")


async def main(port: int, file: Path) -> None:
    """Listen until the process is ended."""
    with file.open("a") as told:
        server = await asyncio.get_running_loop().create_server(lambda: Sink(told), "127.0.0.1", port, backlog=512)
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2])))
