"""Where mails go: folders that are made if missing, moving, deleting, and what has lain refused for too long.

MOVE where the server can (RFC 6851); else COPY, then a mark, then EXPUNGE of that mail alone (UIDPLUS, RFC 4315). A
server with neither expunges every marked mail at once: it is asked only while all marked ones are known to be ours, so
nobody's own mark is ever carried out by us; until then our marked mails lie there, settled, and are passed over. Raises
Trouble.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from inbound.imap_talk import Talk, Trouble
from relay.ports import Mailboxes
from relay.settings import InboundImap

Fault = Callable[[str], None]


class Folders:
    """The folders of one connection; the one that mail comes into is open."""

    def __init__(self, talk: Talk, section: InboundImap, fault: Fault) -> None:
        """Open the folder, make the others where they are missing."""
        self._talk = talk
        self._section = section
        self._fault = fault
        self._ours: set[int] = set()  #: marked by us, or settled before somebody marked them
        self._separator: tuple[str, str] | None = None
        self.done = self._ready(section.done_folder) if section.done_folder else ""
        self.refused = self._ready(section.refused_folder)
        self.validity = self.open()

    def open(self) -> int:
        """Open the folder that mail comes into; give its UIDVALIDITY."""
        self.validity = self._talk.select(self._section.folder)
        return self.validity

    def put_away(self, uid: int, folder: str, *, again: bool = False) -> bool:
        """Bring a settled mail to the folder; "" deletes it. `again`: it was settled and marked when we came.

        False where there was nothing to do: it is marked, and waits for tidy().
        """
        if folder and self._talk.can("MOVE"):
            self._into(folder, lambda: self._talk.move(uid, folder))
            self._fault("imap-moved")
            return True
        if folder and not again:  # else it was copied before it was marked
            self._into(folder, lambda: self._talk.copy(uid, folder))
            self._fault("imap-copied")
        if not again:
            self._talk.mark_deleted([uid])
            self._fault("imap-marked")
        if self._talk.can("UIDPLUS"):
            self._talk.expunge([uid])
            self._fault("imap-expunged")
            return True
        self._ours.add(uid)
        return not again

    def tidy(self) -> None:
        """Remove what we have marked, on a server that cannot remove single mails; only when nothing else is marked."""
        if self._ours:
            marked = set(self._talk.uids("DELETED"))
            self._ours &= marked
            if marked and marked == self._ours:
                self._talk.expunge_all()
                self._fault("imap-expunged")
                self._ours.clear()

    def sweep(self, mailboxes: Mailboxes, digest: bytes, now: datetime) -> int:
        """Delete what has lain among the refused for longer than it is kept; give how many."""
        keep = self._section.keep_refused
        if keep is None:
            return 0
        try:
            validity = self._talk.select(self.refused)
            expired = mailboxes.expired(digest, validity, self._talk.uids(), now, keep)
            self._delete(expired)
        finally:
            self.open()
        return len(expired)

    def _delete(self, uids: Collection[int]) -> None:
        if not uids:
            return
        self._talk.mark_deleted(list(uids))
        if self._talk.can("UIDPLUS"):
            self._talk.expunge(list(uids))
        elif set(self._talk.uids("DELETED")) <= set(uids):
            self._talk.expunge_all()

    def _into(self, folder: str, bring: Callable[[], None]) -> None:
        """Bring a mail into the folder; somebody may have removed that meanwhile."""
        try:
            bring()
        except Trouble as trouble:
            if trouble.code != "no-folder" or self._talk.has_folder(folder):
                raise
            self._talk.create(folder)
            bring()

    def _ready(self, name: str) -> str:
        """Give the folder's name on this server, where it is now if it was not."""
        if self._talk.has_folder(name):
            return name
        placed = self._placed(name)
        if placed == name or not self._talk.has_folder(placed):
            self._talk.create(placed)
        return placed

    def _placed(self, name: str) -> str:
        """Put the name where the user's own folders are: "INBOX.Refused" on some servers (RFC 2342)."""
        prefix, separator = self._talk.personal()
        if not prefix or name.startswith(prefix):
            return name
        return prefix + (name.replace("/", separator) if separator else name)
