"""Where strangers' files are looked into: in a process of its own. Whatever a file does to its parser, mails go on.

A type and octets in, a Look out (relay/looks.py does the work, inbound/looker.py is the process). A library in C holds
the interpreter's lock while it reads, and may crash; there it stops nobody else, and a mail's files together have so
many seconds and so much memory. A file that is over that, or ends the process, is "unfit", and so are those of its mail
that follow. One mail is looked at at a time; raises Busy when too many wait, or one does for too long, and OSError
where no process can be started. For any number of threads. Nothing is written to disk. (docs/decisions/0009)
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from inbound.looker import HEAD, LOOKS, READY, TYPES, WORN_BIT
from relay.domain import Look
from relay.events import Event, Log
from relay.file_types import FileType

WAITING = 32  #: mails that may wait; half of the threads of inbound/smtp.py
PATIENCE = 15.0  #: seconds that a mail waits
PASSED_ON = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")  #: and no secret
ENDS: dict[int, str] = {
    signal.SIGXCPU: "too-long",
    signal.SIGALRM: "stuck",
    signal.SIGKILL: "killed",
}  #: else "crashed"


class Busy(Exception):
    """Too many files are waiting to be looked into."""


class _Ended(Exception):
    """The process is gone; the text is a code that says why."""


class Workbench:
    """The process, and who waits for it."""

    def __init__(self, log: Log) -> None:
        """Take the log; starts nothing yet."""
        self._log = log
        self._place = threading.Lock()
        self._counting = threading.Lock()
        self._waiting = 0
        self._looker: _Looker | None = None  #: belongs to whoever has the place

    @contextmanager
    def turn(self) -> Iterator[Turn]:
        """Have a mail's files looked into; the place is taken with the first of them."""
        turn = Turn(self)
        try:
            yield turn
        finally:
            if turn.has_place:
                self._place.release()

    def close(self) -> None:
        """End the process."""
        with self._place:
            self._end()

    def take(self) -> None:
        """Wait for the place. Raises Busy."""
        with self._counting:
            if self._waiting >= WAITING:
                raise Busy
            self._waiting += 1
        try:
            if not self._place.acquire(timeout=PATIENCE):
                raise Busy
        finally:
            with self._counting:
                self._waiting -= 1

    def look(self, kind: FileType, content: bytes, *, first: bool) -> Look | None:
        """Look into a file; None where that ended the process. For who has the place. Raises OSError."""
        for once_more in (True, False):
            try:
                return self._look(kind, content, first)
            except _Ended as ended:
                if str(ended) == "killed" and once_more:
                    continue  # by somebody else perhaps, and long ago
                self._log.say(Event.LOOK_CUT, reason=str(ended))
                break
        return None

    def _look(self, kind: FileType, content: bytes, first: bool) -> Look:
        looker = self._looker = self._looker or _Looker()
        try:
            seen, worn = looker.look(kind, content, first)
        except (_Ended, OSError):
            self._end()
            raise
        if worn:
            self._end()
            self._looker = _Looker()  # it will be ready for the next one
        return seen

    def _end(self) -> None:
        looker, self._looker = self._looker, None
        if looker is not None:
            looker.end()


class Turn:
    """The files of one mail."""

    def __init__(self, bench: Workbench) -> None:
        """Take the bench; no place yet."""
        self._bench = bench
        self._over = False
        self.has_place = False

    def __call__(self, kind: FileType, content: bytes) -> Look:
        """Look into a file. Raises Busy, OSError."""
        if self._over:
            return "unfit"
        first = not self.has_place
        if first:
            self._bench.take()
            self.has_place = True
        seen = self._bench.look(kind, content, first=first)
        self._over = seen is None
        return seen or "unfit"


class _Looker:
    """The process."""

    def __init__(self) -> None:
        """Start it. Raises OSError."""
        self._ready = False
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "inbound.looker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in PASSED_ON if name in os.environ},
            start_new_session=True,  # Ctrl-C at a terminal is for us: it ends when we close its stdin
        )

    def look(self, kind: FileType, content: bytes, first: bool) -> tuple[Look, bool]:
        """Ask, and wait for the answer; True: it has grown, and should not be used again. Raises _Ended, OSError."""
        assert self._process.stdin is not None and self._process.stdout is not None  # noqa: S101 - both are pipes
        if not self._ready:
            if self._process.stdout.read(1) != READY:
                raise OSError("no file can be looked into")  # not installed as it was, say
            self._ready = True
        try:
            self._process.stdin.write(HEAD.pack(TYPES.index(kind), first, len(content)))
            self._process.stdin.write(content)
            self._process.stdin.flush()
            answer = self._process.stdout.read(1)
        except BrokenPipeError:
            answer = b""
        if not answer:
            raise _Ended(ENDS.get(-self._process.wait(), "crashed"))
        return LOOKS[answer[0] & ~WORN_BIT], bool(answer[0] & WORN_BIT)

    def end(self) -> None:
        """Let it end, or make it."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        try:
            self._process.wait(1.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
