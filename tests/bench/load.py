"""The load: real SMTP from one process, many connections, one mail after another on each.

`python -m tests.bench.load` reads a JSON order on stdin and prints {"seconds", "answers": [[sent, answered, code], …]}.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import asdict, dataclass
from typing import Any

HISTORY = "\r\n".join(
    f"> line {number:03d} of what was written before, as mail programs quote it" for number in range(48)
)
TEXT = "Thank you, that helps a lot.\r\nI will try it this week and write again on Friday.\r\n"


@dataclass(frozen=True, slots=True)
class Order:
    """What to send where; `rate` 0 means as fast as it goes."""

    port: int
    connections: int
    mails: int  #: on each connection
    rate: float
    envelopes: list[tuple[str, str]]  #: (sender, recipient), taken in turn
    mark: str  #: makes Message-IDs of this run its own


def a_mail(sender: str, to: str, message_id: str) -> bytes:
    """Write a mail of some 4 kB with quoted history."""
    return (
        f"From: {sender}\r\nTo: {to}\r\nSubject: Re: New secure message\r\nMessage-ID: {message_id}\r\n"
        "Date: Tue, 24 Nov 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        f"{TEXT}\r\nOn Mon, 23 Nov 2026 at 09:00, Riverside <relay@reply.practice.test> wrote:\r\n{HISTORY}\r\n.\r\n"
    ).encode()


async def _answer(reader: asyncio.StreamReader) -> int:
    line = await reader.readline()
    while line[3:4] == b"-":
        line = await reader.readline()
    return int(line[:3] or b"0")


async def _connection(order: Order, number: int, start: float, answers: list[tuple[float, float, int]]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", order.port)
    await _answer(reader)
    writer.write(b"EHLO load.test\r\n")
    await _answer(reader)
    for count in range(order.mails):
        index = count * order.connections + number
        if order.rate:
            await asyncio.sleep(max(0.0, start + index / order.rate - time.monotonic()))
        sender, to = order.envelopes[index % len(order.envelopes)]
        began = time.monotonic()
        code = 0
        for command in (f"MAIL FROM:<{sender}>\r\n".encode(), f"RCPT TO:<{to}>\r\n".encode(), b"DATA\r\n"):
            writer.write(command)
            code = await _answer(reader)
        if code == 354:
            writer.write(a_mail(sender, to, f"<{order.mark}.{index}@load.test>"))
            code = await _answer(reader)
        answers.append((began, time.monotonic(), code))
    writer.write(b"QUIT\r\n")
    writer.close()


async def run(order: Order) -> dict[str, Any]:
    """Send it all; give how long it took and each answer, in the order of the mails."""
    answers: list[tuple[float, float, int]] = []
    start = time.monotonic()
    await asyncio.gather(*(_connection(order, number, start, answers) for number in range(order.connections)))
    return {"seconds": time.monotonic() - start, "answers": answers}


def spell(order: Order) -> bytes:
    """Write the order for stdin."""
    return json.dumps(asdict(order)).encode()


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    asked["envelopes"] = [tuple(each) for each in asked["envelopes"]]
    json.dump(asyncio.run(run(Order(**asked))), sys.stdout)
