"""Waiting for mail: by IDLE where that can be relied upon, else by looking every few seconds; a bell ends any wait.

Into a wait goes how long it may take; out comes nothing, for whatever woke us, we look. IDLE (RFC 2177) is ended and
begun anew every half minute, far below the 29 minutes after which servers hang up: the look in between is the net that
catches what a server, or a proxy that swallows its words, never told. Where mail came without a word, or IDLE breaks
twice in a row, the mailbox is looked at more often. Raises Trouble.
"""

from __future__ import annotations

import selectors
import socket
import time
import weakref
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from inbound.imap_talk import Talk, Trouble


@dataclass(frozen=True, slots=True)
class Times:
    """How many seconds between looks, and until a mailbox is tried again."""

    net: float = 30.0  #: while IDLE tells what comes
    poll: float = 10.0  #: where there is no IDLE, or none to rely on
    answer: float = 10.0  #: for the server's consent to IDLE
    distrust: float = 3600.0  #: after IDLE has broken twice in a row
    retry: float = 1.5  #: the first time; doubling


class Bell:
    """Rung from another thread, it ends the wait of the one that watches, and every later one."""

    def __init__(self) -> None:
        """Make it."""
        self._heard, self._rope = socket.socketpair()
        self._heard.setblocking(False)
        self._end = weakref.finalize(self, _close, self._heard, self._rope)
        self.rung = False

    def ring(self) -> None:
        """Ring it."""
        self.rung = True
        with suppress(OSError):  # nobody listens any more
            self._rope.send(b"!")

    def wait(self, seconds: float, also: socket.socket | None = None) -> bool:
        """Wait so long, or until the bell is rung, or until `also` has something to read; True for the latter."""
        if self.rung:
            return False
        with selectors.DefaultSelector() as selector:
            selector.register(self._heard, selectors.EVENT_READ)
            if also is not None:
                selector.register(also, selectors.EVENT_READ)
            events = selector.select(max(seconds, 0.0))
        return any(key.fileobj is also for key, _ in events)

    def close(self) -> None:
        """Let go of the sockets."""
        self._end()


def _close(*sockets: socket.socket) -> None:
    for each in sockets:
        each.close()


class Watch:
    """Waits for mail in one mailbox, over all its connections."""

    def __init__(self, bell: Bell, times: Times, now: Callable[[], float] = time.monotonic) -> None:
        """Take the bell and the times."""
        self._bell = bell
        self._times = times
        self._now = now
        self._silent = False  #: the last wait ended without a word of the server
        self._deaf = False  #: IDLE is there, but mail came without a word
        self._broken = 0  #: how often in a row IDLE ended in trouble
        self._trusted_from = 0.0

    def wait(self, talk: Talk, most: float) -> None:
        """Wait until there may be mail, at most so many seconds."""
        if self._now() >= self._trusted_from and talk.can("IDLE"):
            self._idle(talk, min(most, self._times.poll if self._deaf else self._times.net))
        else:
            self._bell.wait(min(most, self._times.poll), talk.socket)

    def found(self, new: bool) -> None:
        """Hear whether the look after the wait has found new mail."""
        if new:
            self._deaf = self._silent
        self._silent = False

    def _idle(self, talk: Talk, seconds: float) -> None:
        try:
            talk.idle(self._times.answer)
            self._silent = not (talk.has_spoken() or self._bell.wait(seconds, talk.socket))
            talk.idle_done()
        except Trouble as trouble:
            self._broken += 1
            if self._broken > 1:
                self._broken, self._trusted_from = 0, self._now() + self._times.distrust
            raise Trouble("idle-unanswered" if trouble.code == "timed-out" else trouble.code) from None
        self._broken = 0
