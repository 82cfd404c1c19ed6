"""The stages of a mail on its way in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, unique
from typing import Literal

from relay.domain.people import PersonNo, Thread, ThreadNo, Via
from relay.refusal import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Which mail of which mailbox it is (RFC 3501 §2.3.1.1): whoever looks there again finds the same mail."""

    mailbox: bytes = field(repr=False)  #: keyed digest of host, port, user and folder
    validity: int  #: UIDVALIDITY
    uid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RawMail:
    """A mail as it came: octets and what the session knew. Nothing of it is believed yet."""

    octets: bytes = field(repr=False)
    via: Via
    arrived_at: datetime
    recipient: str = field(repr=False)  #: the envelope recipient (RCPT TO); "" where `envelope` stands in for it
    mail_from: str = field(repr=False)  #: the envelope sender; "" is the null sender (RFC 5321 §4.5.5)
    client_ip: str = field(default="", repr=False)
    helo: str = field(default="", repr=False)
    trusted_front: bool = False  #: who spoke is one of inbound.smtp.trusted_fronts
    counted: bool = True  #: client_ip is a client's, not a front's own: limits.per_ip counts it
    envelope: tuple[tuple[str, str], ...] = field(default=(), repr=False)  #: by IMAP: headers that tell the recipient
    origin: Origin | None = None  #: by IMAP
    fault: Refusal | None = None  #: why the door did not fetch the whole mail; `octets` is its header then


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """The token in the reply address is ours and not revoked. Who wrote is still only a claim."""

    thread: ThreadNo
    holder: PersonNo
    epoch: int
    urgent: bool = False  #: it is the address for what cannot wait: Support has it at once (R7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What there is to read: decoded, LF line ends. None where the mail has no such part."""

    plain: str | None = field(default=None, repr=False)
    html: str | None = field(default=None, repr=False)
    flowed: bool = False  #: the plain part is format=flowed (RFC 3676)
    delsp: bool = False  #: and says DelSp=yes (RFC 3676 §4.2)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFile:
    """A file as the mail claims it. Its name and declared type are the sender's words, not facts."""

    position: int  #: 1 for the first file of the mail, as the sender sees them
    name: str = field(repr=False)
    declared: str  #: the media type of the part, lower case, "" if none
    content: bytes = field(repr=False)
    inline: bool = False  #: Content-Disposition: inline, or referred to by cid: from the HTML
    agreed: bool = True  #: both parsers read the same file here (shared numbers: what one hides from another)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The machine-readable part of a delivery report (RFC 3464): only what decides something."""

    action: str  #: failed | delayed | delivered | relayed | expanded, lower case
    status: str  #: enhanced code, "5.1.1"


Harm = Literal["dead", "lost", "late"]  #: a report's news: the address is dead, the mail was not delivered, not yet


@dataclass(frozen=True, slots=True, kw_only=True)
class CameBack:
    """What came back from a person's addresses, in numbers."""

    dead: int = 0  #: addresses that are marked
    soft: int = 0  #: reports that marked none


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """The mail, read by a parser within limits."""

    headers: tuple[tuple[str, str], ...] = field(repr=False)  #: in order; names lower case, values unfolded, undecoded
    senders: tuple[str, ...] = field(repr=False)  #: the From mailboxes, strictly parsed; () where they are ambiguous
    subject: str = field(repr=False)  #: decoded
    message_id: str = field(repr=False)  #: with its brackets, "" if none
    references: tuple[str, ...] = field(repr=False)  #: In-Reply-To first, then References from the last to the first
    content_type: str  #: of the whole, lower case: "multipart/report; report-type=delivery-status"
    body: Body
    files: tuple[FoundFile, ...] = ()
    report: Report | None = None
    parts: tuple[str, ...] = ()  #: media type of every part in order, with method= or report-type= where it has one
    _first: Mapping[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the headers: some thirty are asked for."""
        object.__setattr__(self, "_first", dict(reversed(self.headers)))

    def header(self, name: str) -> str | None:
        """Give the first header of that lower-case name, or None."""
        return self._first.get(name)

    def all(self, name: str) -> tuple[str, ...]:
        """Give every header of that lower-case name, topmost first."""
        return tuple(value for key, value in self.headers if key == name)


@unique
class Kind(Enum):
    """What a machine's mail was consumed as; the values are those of the journal and of `relay extract`."""

    OUT_OF_OFFICE = "out-of-office"
    DELIVERY_REPORT = "delivery-report"
    READ_RECEIPT = "read-receipt"
    ABUSE_REPORT = "abuse-report"
    CHALLENGE = "challenge"
    LIST = "list"
    CALENDAR = "calendar"
    AUTOMATIC = "automatic"  #: some other machine (RFC 3834)
    DUPLICATE = "duplicate"  #: a second copy of the same mail
    ESCALATED = "escalated"  #: nothing new to the address for what cannot wait: Support has the open question
    POSTMASTER = "postmaster"  #: for postmaster@, forwarded to the support contact (RFC 5321 §4.5.1)
    EXPLAINED = "explained"  #: to our From address: answered with the link
    DISCARDED = "discarded"  #: from an unknown address, and its holder did not write it or never said so


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the mail's own proofs say (inbound/trust.py): results as RFC 8601 §2.7 names them."""

    aligned: bool | None  #: True: an aligned pass; False: none; None: DNS could not tell just now
    why: str  #: "dkim", "spf", "authentication-results" or what was missing; codes only, no domain


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """What the person newly wrote, and what was cut."""

    text: str = field(repr=False)
    cut: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """A file that passed: type by content, name made harmless."""

    name: str = field(repr=False)
    type: str  #: media type of what it is
    content: bytes = field(repr=False)


Flaw = Literal["type", "heic", "active", "large"]  #: not accepted; so, an iPhone's photo; runs something; too large


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A file of the mail that was not kept, and why."""

    position: int
    flaw: Flaw = "type"


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened:
    """The verdict on all files: what stays, and what was left out."""

    kept: tuple[KeptFile, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


Look = Literal["plain", "active", "unfit"]  #: of a file: good; can run or fetch something; not what it claims
Scan = Literal["clean", "malware", "down"]  #: what a virus scanner says of one file; down: it could not tell


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorised:
    """A message whose writer is proven and may write here now; not yet sealed."""

    thread: Thread
    author: PersonNo
    to: tuple[PersonNo, ...]  #: who gets a notification
    via: Via
    arrived_at: datetime
    subject: str = field(repr=False)  #: "" unless the person wrote one
    text: str = field(repr=False)
    cut: str = field(repr=False)
    screened: Screened
    message_id: str = field(repr=False)  #: RFC 5322 Message-ID, "" if none
    urgent: bool = False  #: it cannot wait: Support has it at once (R7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unproven:
    """What came from an unknown mailbox to a live reply address: its holder has to say whether they wrote it."""

    thread: Thread
    holder: PersonNo
    via: Via
    arrived_at: datetime
    sender: str = field(repr=False)  #: the one From mailbox
    subject: str = field(repr=False)
    text: str = field(repr=False)
    cut: str = field(repr=False)
    screened: Screened
    message_id: str = field(repr=False)
    urgent: bool = False
