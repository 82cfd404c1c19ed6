"""The IMAP door: a thread for each mailbox of `[[inbound.imap]]`, from its section to mails in the intake.

Where what is decided: how to sign in (imap_login, imap_tokens), when to look (imap_watch), what becomes of one mail
(imap_mail), where it goes (imap_folders), what happens after trouble (imap_box), what is said (imap_talk). Starting
waits for no server, stopping lets the mail that is on its way arrive. Raises nothing.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from inbound.imap_box import Box, Neighbours
from inbound.imap_login import Patience, sign_in
from inbound.imap_names import Digests, digests
from inbound.imap_talk import Talk
from inbound.imap_tokens import Remembered, Tokens
from relay.domain import instant
from relay.settings import InboundImap

__all__ = ["ImapDoor", "Neighbours"]

GRACE = 30.0  #: seconds that mails under way get when we stop


class ImapDoor:
    """Fetches mail."""

    def __init__(
        self,
        sections: Sequence[InboundImap],
        key: bytes,
        neighbours: Neighbours,
        patience: Patience = Patience(),  # noqa: B008 - frozen
    ) -> None:
        """Take the mailboxes, the key that names them in the store, and what they share."""
        self._boxes = [
            Box(number, section, name, _connection(section, name, neighbours, patience), neighbours)
            for number, section in enumerate(sections, 1)
            for name in [digests(section, key)]
        ]

    def start(self) -> None:
        """Begin; returns at once."""
        for box in self._boxes:
            box.thread.start()

    async def stop(self) -> None:
        """Let each finish its mail; who takes too long is cut off, which loses nothing."""
        for box in self._boxes:
            box.ring()
        await asyncio.to_thread(self._join, GRACE)
        for box in self._boxes:
            box.cut()
        await asyncio.to_thread(self._join, 2.0)

    def _join(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        for box in self._boxes:
            if box.thread.ident is not None:
                box.thread.join(max(end - time.monotonic(), 0.0))

    def status(self) -> list[Mapping[str, object]]:
        """Tell how each mailbox stands: its number in the config, server, folder, state, last success."""
        return [
            {
                "mailbox": box.number,
                "host": box.section.host,
                "folder": box.section.folder,
                "state": box.trouble or ("open" if box.is_open else "connecting"),
                "last_success": None if box.last_success is None else instant(box.last_success),
            }
            for box in self._boxes
        ]


def _connection(
    section: InboundImap, name: Digests, neighbours: Neighbours, patience: Patience
) -> Callable[[], Talk]:  # fmt: skip
    """Give what opens a connection to the mailbox."""
    tokens = None
    if section.oauth2 is not None:
        boxes = neighbours.mailboxes
        remembered = Remembered(partial(boxes.token, name.inbox), partial(boxes.keep_token, name.inbox))
        tokens = Tokens(section.oauth2, remembered, neighbours.clock)
    return partial(sign_in, section, tokens, patience, neighbours.most)
