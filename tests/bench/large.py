"""50 mails of 25 MB at once: how much memory all processes of the relay take, and how long another client waits."""

from __future__ import annotations

import smtplib
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from tests.live import Practice

MAILS = 50
OCTETS = 24 << 20  #: with its header just under 25 MiB
FILE = (b"A" * 76 + b"\r\n") * (OCTETS // 78)  #: made once: what is done to each mail here makes the other client wait


def large_mails(made: Practice, envelopes: Sequence[tuple[str, str]], mails: int) -> tuple[int, float, float]:
    """Send them all at once; give how many were stored, the peak in MiB, and the longest wait for a NOOP in seconds."""
    stored: list[bool] = []
    senders = [
        threading.Thread(target=_send, args=(made.smtp_port, *envelopes[number], number, stored))
        for number in range(mails)
    ]
    for sender in senders:
        sender.start()
    peak = longest = 0.0
    while any(sender.is_alive() for sender in senders):
        began = time.monotonic()
        with smtplib.SMTP("127.0.0.1", made.smtp_port, timeout=120) as other:  # a new one each time: none is idle
            other.noop()
        longest = max(longest, time.monotonic() - began)
        peak = max(peak, _memory(made))
        time.sleep(0.02)
    return sum(stored), peak, longest


def _send(port: int, sender: str, to: str, number: int, stored: list[bool]) -> None:
    head = f"From: {sender}\r\nTo: {to}\r\nMessage-ID: <large.{number}@load.test>\r\nSubject: Re: file\r\n"
    kind = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHere is the file.\r\n\r\n--b\r\n"
    part = "Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    pieces = (f"{head}MIME-Version: 1.0\r\n{kind}{part}".encode(), FILE, b"\r\n--b--\r\n.\r\n")
    end = time.monotonic() + 300
    while time.monotonic() < end:
        try:
            code = _once(port, sender, to, pieces)
        except OSError:  # smtplib's are
            continue
        if code // 100 == 4:  # tried again, as a mail server does
            time.sleep(1)
            continue
        if code == 250:
            stored.append(True)
        return


def _once(port: int, sender: str, to: str, pieces: Sequence[bytes]) -> int:
    """Try it; give the last answer's code. Not by sendmail(), which looks for dots in every mail."""
    with smtplib.SMTP("127.0.0.1", port, timeout=300) as client:
        client.ehlo()
        answers = (lambda: client.mail(sender), lambda: client.rcpt(to), lambda: client.docmd("DATA"))
        for answer in answers:
            code, _ = answer()
            if code // 100 not in (2, 3):
                return code
        assert client.sock is not None
        for piece in pieces:
            client.sock.sendall(piece)
        return client.getreply()[0]


def _memory(made: Practice) -> float:
    """Give what all processes of the relay hold, in MiB; what they share counts once (proc(5), smaps_rollup)."""
    assert made.process is not None
    pids, total = [made.process.pid], 0
    for pid in pids:
        try:
            for children in Path(f"/proc/{pid}/task").glob("*/children"):
                pids += map(int, children.read_text().split())
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:  # it has ended
            continue
        total += sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return total / 1024
