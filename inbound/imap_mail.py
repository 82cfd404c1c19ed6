"""One mail's way out of a mailbox: looked at, fetched, taken, put away. Its UID in, what became of it out.

What the ledger has settled is put away and nothing else: so a crash between the commit and the move repeats nothing,
and of two relays one decides. It puts the mail away, too: what was settled just now is left to it, since many a server
copies a mail twice that two move at once. A mail over the limit is not fetched but for its header. Deferred mail stays
where it is. Nothing is marked or moved before its outcome is on disk. Raises Trouble.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, Protocol

from inbound.imap_envelope import read_envelope
from inbound.imap_folders import Fault, Folders
from inbound.imap_talk import Look, Talk
from inbound.limits import MAX_HEADER_BLOCK
from relay.domain import Origin, Outcome, RawMail, Receipt, Turned
from relay.ports import Clock
from relay.refusal import Refusal

#: left: to another relay; marked: settled long ago, and cannot be removed yet
End = Literal["taken", "refused", "deferred", "gone", "left", "marked"]
LEFT = timedelta(seconds=2)  #: how long a mail is left to whoever has settled it


class Hands(Protocol):
    """What the SMTP door lends (inbound/lender.py): its bounds on memory and on mails at once hold for all doors."""

    def room(self, octets: int) -> AbstractContextManager[bool]:
        """Hold so much room; False where there was none in time."""
        ...

    def take(self, mail: RawMail) -> Outcome:
        """Have the intake take a mail: durable when it returns."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """The way of the mails of one connection."""

    talk: Talk
    folders: Folders
    hands: Hands
    clock: Clock
    mailbox: bytes  #: its digest
    most: int  #: octets of a mail
    fault: Fault

    def origin(self, uid: int) -> Origin:
        """Name the mail for the ledger."""
        return Origin(mailbox=self.mailbox, validity=self.folders.validity, uid=uid)

    def go(self, uid: int, look: Look, settled: Receipt | None) -> End:
        """Take the mail and put it away; one that is settled is only put away, or left to whoever does."""
        self.fault("imap-found")
        if settled is not None:
            if abs(self.clock.now() - settled.at) < LEFT:
                return "left"
            end: End = "refused" if settled.outcome == "refused" else "taken"
        else:
            end = self._take(uid, look)
        if end in {"taken", "refused"}:
            self.fault("imap-settled")
            folder = self.folders.refused if end == "refused" else self.folders.done
            if not self.folders.put_away(uid, folder, again=settled is not None and look.deleted):
                return "marked"
        return end

    def _take(self, uid: int, look: Look) -> End:
        too_large = look.size > self.most
        with self.hands.room(MAX_HEADER_BLOCK if too_large else look.size) as there_is_room:
            if not there_is_room:
                return "deferred"
            if too_large:
                octets = self.talk.header(uid, MAX_HEADER_BLOCK)
            else:
                octets = self.talk.whole(uid, self.most + 1)
                too_large = len(octets) > self.most  # some servers only guess the size
            if not octets:  # gone meanwhile; or the server's fault, for no mail is empty
                return "gone" if uid not in self.talk.look([uid]) else "deferred"
            self.fault("imap-fetched")
            return self._judge(self.hands.take(self._raw(uid, octets, too_large)))

    def _raw(self, uid: int, octets: bytes, too_large: bool) -> RawMail:
        envelope, sender = read_envelope(octets)
        return RawMail(
            octets=octets,
            via="imap",
            arrived_at=self.clock.now(),
            recipient="",
            mail_from=sender,
            envelope=envelope,
            origin=self.origin(uid),
            fault=Refusal.TOO_LARGE if too_large else None,
        )

    @staticmethod
    def _judge(outcome: Outcome) -> End:
        if not isinstance(outcome, Turned):
            return "taken"
        return "deferred" if outcome.reason.temporary else "refused"
