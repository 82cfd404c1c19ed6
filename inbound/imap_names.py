"""How the store calls a mailbox: a keyed digest of host, port, user and folder.

Whoever has no key learns nothing of it, and two that differ in anything have different names: what is settled in one is
never taken for settled in another. Pure.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from relay.settings import InboundImap


@dataclass(frozen=True, slots=True)
class Digests:
    """The names of a mailbox's two folders that the store knows."""

    inbox: bytes
    refused: bytes


def digests(section: InboundImap, key: bytes) -> Digests:
    """Name the folder that mail comes into, which is the mailbox for all else, and the one for refused mails."""
    return Digests(inbox=_digest(section, section.folder, key), refused=_digest(section, section.refused_folder, key))


def _digest(section: InboundImap, folder: str, key: bytes) -> bytes:
    name = "INBOX" if folder.upper() == "INBOX" else folder  # RFC 3501 §5.1
    words = "\0".join((section.host.lower(), str(section.port), section.user, name))
    return hmac.digest(key, words.encode(), "sha256")[:16]
