"""What a virus scanner says of one file: clean, malware, or that it could not tell (relay.domain.Scan).

From a file's octets, through clamd's INSTREAM (clamd(8): COMMANDS), into one word; only "OK" is clean. No answer within
30 s, an error ("INSTREAM size limit exceeded"), half an answer or nonsense are all "down": nothing passes a scanner
that cannot tell. Raises nothing. Blocking: call it from a worker thread.

A client of our own, since each kept one lacks something that we need: `clamd` and `pyclamd` are LGPL; aioclamd (MIT)
knows no socket files and spends a thread's hop on every KiB: 3.4 s on 18 MiB, which takes 0.05 s here.
"""

from __future__ import annotations

import socket
import struct
import threading
import time
from pathlib import Path

from relay.domain import Scan
from relay.places import Clamd, Listen

LIMIT = 30.0  #: seconds for one file, from connecting to the answer
PAUSE = 30.0  #: seconds that a scanner which gave no answer in time is left alone; then one file tries
CHUNK = 1 << 20  #: octets; clamd takes them as it likes
CANNOT_TELL = "it could not tell about the last file; is clamd up, and does it take files of that size?"
LONGEST = 4096  #: octets of an answer: `stream: NAME FOUND`


class Scanner:
    """One clamd. For any number of threads: each file has its own connection."""

    def __init__(self, clamd: Clamd, *, limit: float = LIMIT, pause: float = PAUSE) -> None:
        """Take where it is; nothing is opened yet."""
        self._at = clamd.at
        self._limit = limit
        self._pause = pause
        self._lock = threading.Lock()
        self._rests_until: float | None = None  #: None: it answers
        self._could_tell = True

    @property
    def trouble(self) -> str:
        """Tell what is wrong with it, in our own words; "" where it could tell the last time."""
        return "" if self._could_tell else CANNOT_TELL

    def scan(self, content: bytes) -> Scan:
        """Ask about one file."""
        verdict = self._scan(content)
        self._could_tell = verdict != "down"
        return verdict

    def _scan(self, content: bytes) -> Scan:
        if not self._may_ask():
            return "down"
        try:
            verdict = _verdict(self._ask(content))
        except TimeoutError:
            self._rests_until = time.monotonic() + self._pause
            return "down"
        except OSError:
            verdict = "down"
        self._rests_until = None
        return verdict

    def _may_ask(self) -> bool:
        """Keep a scanner that hangs from holding every worker thread: one asks, the others hear "down" at once."""
        with self._lock:
            now = time.monotonic()
            if self._rests_until is None:
                return True
            if now < self._rests_until:
                return False
            self._rests_until = now + self._limit
            return True

    def _ask(self, content: bytes) -> bytes:
        end = time.monotonic() + self._limit
        with _connect(self._at, self._limit) as clamd:
            octets = memoryview(content)
            pieces = (octets[at : at + CHUNK] for at in range(0, len(octets), CHUNK))
            _send(clamd, b"zINSTREAM\0", end)
            for piece in pieces:
                _send(clamd, struct.pack("!L", len(piece)), end)
                _send(clamd, piece, end)
            _send(clamd, struct.pack("!L", 0), end)
            answer = b""
            while not answer.endswith(b"\0") and len(answer) < LONGEST:
                clamd.settimeout(_left(end))
                more = clamd.recv(LONGEST)
                if not more:
                    break
                answer += more
        return answer


def _connect(at: Listen | Path, limit: float) -> socket.socket:
    if not isinstance(at, Path):
        return socket.create_connection((at.host, at.port), limit)
    clamd = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        clamd.settimeout(limit)
        clamd.connect(str(at))
    except BaseException:
        clamd.close()
        raise
    return clamd


def _send(clamd: socket.socket, octets: bytes | memoryview, end: float) -> None:
    clamd.settimeout(_left(end))
    clamd.sendall(octets)  # its time-out is for all of them


def _left(end: float) -> float:
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _verdict(answer: bytes) -> Scan:
    """Read `stream: OK` or `stream: NAME FOUND`; whatever else it is, is no verdict."""
    if answer == b"stream: OK\0":
        return "clean"
    if answer.startswith(b"stream: ") and answer.endswith(b" FOUND\0"):
        return "malware"
    return "down"
