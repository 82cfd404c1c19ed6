"""Listening sockets that outlive a reload: who connects meanwhile waits in line. A mail server that is refused comes
again after minutes, and a person sees an error.

By the keys of the config that say where; doors get duplicates, which they close as they like.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from relay.places import Listen, not_listening

BACKLOG = 1024  #: clients that wait for somebody to accept them
Bound = dict[str, tuple[Listen, socket.socket]]  #: by key: where, and the socket


class NotListening(Exception):
    """A sentence for the operator: which key, why, what to do."""


class Sockets:
    """What this process listens on."""

    def __init__(self) -> None:
        """Begin with none."""
        self._open: Bound = {}

    def open(self, wanted: Mapping[str, Listen]) -> None:
        """Listen there and nowhere else. Raises NotListening, and changes nothing."""
        with self.opening(wanted):
            pass

    @contextmanager
    def opening(self, wanted: Mapping[str, Listen]) -> Iterator[None]:
        """Listen there and nowhere else once the block has ended well; what is open already stays so.

        Raises NotListening; where anything is raised nothing changes.
        """
        now: Bound = {}
        for key, listen in wanted.items():
            known = self._open.get(key)
            try:
                now[key] = known if known is not None and known[0] == listen else (listen, listen_on(listen))
            except OSError as error:
                _close(now, but=self._open)
                raise NotListening(not_listening(key, listen, error)) from None
        try:
            yield
        except BaseException:
            _close(now, but=self._open)
            raise
        _close(self._open, but=now)
        self._open = now

    def of(self, key: str) -> socket.socket:
        """Give a duplicate of that key's."""
        return self._open[key][1].dup()


def _close(sockets: Bound, *, but: Bound) -> None:
    for key, (_, one) in sockets.items():
        if key not in but or but[key][1] is not one:
            one.close()


def listen_on(listen: Listen) -> socket.socket:
    """Listen there. Raises OSError."""
    found = {family for family, *_ in socket.getaddrinfo(listen.host, listen.port, type=socket.SOCK_STREAM)}
    family = socket.AF_INET if socket.AF_INET in found else socket.AF_INET6
    listening = socket.create_server((listen.host, listen.port), family=family, backlog=BACKLOG)
    listening.setblocking(False)
    return listening
