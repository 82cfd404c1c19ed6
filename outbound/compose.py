"""Which mail is owed? A Notification in, a Letter out: a link, the emergency line, never content (R2 R4 R6 R13 R15).

Decided here: to whom, in which language, with which link and reply address, and what is said of the sender. The same
notification gives the same octets on every attempt (Date is when it was due), so that a repetition after a crash is
recognised as one. None means that nothing is to be said any more: the person or the thread is gone. Raises
ComposeTrouble, never with content. Times come in UTC and go out in the practice's zone (RFC 5322 §3.3); headers for
machines as in RFC 3834 §5. A text is rendered once for all who read the same; token and code are put in afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from outbound.letter import (
    ComposeTrouble,
    Letter,
    Part,
    clean,
    enclosed,
    header_value,
    mailbox,
    multipart,
    phrase,
    text_part,
    whole,
)
from outbound.proofread import own_subjects, own_texts, template_problems
from outbound.texts import CODE_SPOT, TOKEN_SPOT, Texts, Words, wrap
from relay.domain import Notification, Person, PersonNo, Role, Thread, ThreadNo, Why
from relay.ports import People
from relay.refusal import Refusal
from relay.reply_address import Addresses
from relay.sealing import one_time_code
from relay.settings import Guide, Notify, Organisation, Outbound, Portal

__all__ = ["ComposeTrouble", "Composer", "Letter", "own_subjects", "own_texts", "template_problems"]

POSITIONS = re.compile(r"[0-9]{1,4}(?:,[0-9]{1,4})*\Z")
TITLES = re.compile(r"(?:(?:dr|dra|mr|mrs|ms|mx|prof|sr|sra)\b\.?|\w{1,4}\.)\s+", re.IGNORECASE)
_Place = tuple[ThreadNo, PersonNo, int]  #: what a reply address is made of: thread, holder, epoch
REASONS = {reason.slug: reason for reason in Refusal}
FOR_MACHINES = (
    (b"Auto-Submitted", b"auto-generated"),
    # Not "All" and not NDR: a report that the mail could not be delivered must come back.
    (b"X-Auto-Response-Suppress", b"OOF, AutoReply, DR, RN, NRN"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """Who gets the mail."""

    address: str = field(repr=False)
    person: Person | None  #: None: the support contact
    thread: Thread | None

    @property
    def role(self) -> Role:
        return self.person.role if self.person is not None else "support"


@dataclass(frozen=True, slots=True)
class _Skeleton:
    """What all readers of the same text share, with spots for token and code."""

    locale: bytes
    subject: bytes
    text: str = field(repr=False)
    html: str | None = field(repr=False)


class Composer:
    """Makes the mails."""

    def __init__(
        self,
        *,
        organisation: Organisation,
        notify: Notify,
        outbound: Outbound,
        portal: Portal,
        guide: Sequence[Guide],
        accepted: Iterable[str],
        people: People,
        addresses: Addresses,
        code_key: bytes,
        open_enclosure: Callable[[Notification], bytes],
        templates: Path | None = None,
    ) -> None:
        """Take the sections, the people, the keys, and the config's templates/ if there is one.

        `accepted` are the types of files that are taken, as the config spells them; `code_key` makes the sign-in codes.
        """
        self._organisation = organisation
        self._practice = clean(organisation.name)
        self._emergency = clean(organisation.emergency)
        self._reveal = notify.reveal
        self._portal = portal.url.rstrip("/")
        self._ask_provider = tuple(clean(row.topic) for row in guide if row.ask == "provider")
        self._ask_support = tuple(clean(row.topic) for row in guide if row.ask == "support")
        self._accepted = ", ".join(kind.upper() for kind in accepted)
        self._people = people
        self._addresses = addresses
        self._code_key = code_key
        self._open_enclosure = open_enclosure
        self._texts = Texts(templates)
        self._zone = ZoneInfo(organisation.timezone)
        self._name = phrase(outbound.from_.name or organisation.name)
        self._from = b"%b <%b>" % (self._name, mailbox(outbound.from_.address).encode())
        self._skeleton = lru_cache(maxsize=1024)(self._new_skeleton)

    def message_id(self, n: Notification) -> str:
        """Give the Message-ID that the mail has on every attempt."""
        return self._message_id(n, self._place(self._reader(n)))

    def compose(self, n: Notification) -> Letter | None:
        """Make the mail; None when nothing is to be said any more. Raises ComposeTrouble."""
        reader = self._reader(n)
        if reader is None:
            return None
        skeleton = self._skeleton(n.why, self._locales(reader), self._words(n, reader))
        address, place = mailbox(reader.address), self._place(reader)
        return Letter(
            envelope_from=self._addresses.bounce(n.id),
            to=address,
            message=whole(self._headers(n, address, place, skeleton), self._body(n, place, skeleton)),
        )

    # -- to whom, about what -------------------------------------------------------------------------------------------

    def _reader(self, n: Notification) -> _Reader | None:
        if n.to is None:
            return _Reader(address=self._organisation.support_contact, person=None, thread=None)
        person = self._people.person(n.to)
        if person is None or not person.addresses:
            return None
        thread = self._thread(n, person)
        if thread is None and n.thread is not None and n.why != "sign-in":
            return None
        return _Reader(address=person.addresses[0], person=person, thread=thread)

    def _thread(self, n: Notification, reader: Person) -> Thread | None:
        """Give the thread that the mail leads to and answers go into.

        A sign-in code has none, for nobody should answer it. An explanation without one takes the person's only thread.
        """
        if n.why == "sign-in":
            return None
        if n.thread is not None:
            return self._people.thread(n.thread)
        theirs = self._people.threads(reader.no) if n.why == "explain" and reader.role != "support" else ()
        return theirs[0] if len(theirs) == 1 else None

    def _locales(self, reader: _Reader) -> tuple[str, str]:
        return (reader.person.locale if reader.person is not None else "", self._organisation.locale)

    # -- what is said --------------------------------------------------------------------------------------------------

    def _words(self, n: Notification, reader: _Reader) -> Words:
        reason = self._reason(n)
        pointer = "" if reason is None else reason.pointer
        positions = self._positions(n)
        tells_whom = reader.role == "client" and n.why in ("message", "explain")
        return Words(
            organisation=self._practice,
            emergency=self._emergency,
            expected=clean(self._expected(reader)),
            ask_provider=self._ask_provider if tells_whom else (),
            ask_support=self._ask_support if tells_whom else (),
            link=f"{self._portal}/t/{TOKEN_SPOT}" if reader.thread is not None else self._portal,
            can_reply=reader.thread is not None and reader.thread.state != "ended",  # R14
            role=reader.role,
            sender=clean(self._sender(reader)) if n.why == "message" else "",
            code=CODE_SPOT if n.why == "sign-in" else "",
            positions=", ".join(positions),
            many=len(positions) > 1,
            accepted=self._accepted,
            reason="" if reason is None else reason.sentence.format(files="a file", allowed=self._accepted),
            reason_slug="" if reason is None else reason.slug,
            support_contact=clean(self._organisation.support_contact) if pointer == "support" else "",
            bookings=clean(self._organisation.bookings) if pointer == "bookings" else "",
        )

    def _expected(self, reader: _Reader) -> str:
        """Give the provider's own policy, else the practice's (R4)."""
        provider = reader.person if reader.role == "provider" else self._other(reader)
        own = provider.response if provider is not None and provider.role == "provider" else ""
        return own or self._organisation.expected_response

    def _sender(self, reader: _Reader) -> str:
        """Give as much of the other party's name as the practice reveals: by default nothing."""
        if self._reveal == "nothing":
            return ""
        other = self._other(reader)
        if other is None:
            return ""
        return other.name if self._reveal == "name" else _first_name(other.name)

    def _other(self, reader: _Reader) -> Person | None:
        """Give the other party of the thread; None for Support, which is not one person."""
        if reader.person is None or reader.thread is None:
            return None
        if reader.person.no != reader.thread.client:
            return self._people.person(reader.thread.client)
        return self._people.person(reader.thread.provider) if reader.thread.provider is not None else None

    def _reason(self, n: Notification) -> Refusal | None:
        """Read the reason in an explanation's note; what we don't know is not repeated."""
        return REASONS.get(n.note) if n.why == "explain" else None

    def _positions(self, n: Notification) -> list[str]:
        if n.why != "files-left-out":
            return []
        if not POSITIONS.match(n.note):
            raise ComposeTrouble("note")
        return n.note.split(",")

    # -- the octets ----------------------------------------------------------------------------------------------------

    def _new_skeleton(self, why: Why, locales: tuple[str, str], words: Words) -> _Skeleton:
        rendered = self._texts.render(why, self._texts.locale_for(why, *locales), words)
        return _Skeleton(
            rendered.locale.encode(), header_value(rendered.subject), wrap(rendered.text), rendered.html
        )  # fmt: skip

    def _place(self, reader: _Reader | None) -> _Place | None:
        if reader is None or reader.person is None or reader.thread is None:
            return None
        thread, holder = reader.thread.no, reader.person.no
        return thread, holder, self._people.epoch(thread, holder)

    def _message_id(self, n: Notification, place: _Place | None) -> str:
        if place is None:
            return f"<n{n.id:016x}@{self._addresses.domain}>"
        return self._addresses.message_id(n.id, *place)

    def _headers(
        self, n: Notification, address: str, place: _Place | None, skeleton: _Skeleton
    ) -> Iterator[tuple[bytes, bytes]]:  # fmt: skip
        yield b"Date", self._date(n.due_at)
        yield b"From", self._from
        yield b"To", address.encode()
        if place is not None:
            yield b"Reply-To", b"%b\r\n <%b>" % (self._name, self._addresses.reply(*place).encode())
        yield b"Subject", skeleton.subject
        yield b"Message-ID", self._message_id(n, place).encode()
        if place is not None:
            yield b"References", self._addresses.thread_root(*place).encode()
        yield from FOR_MACHINES
        yield b"Content-Language", skeleton.locale

    def _date(self, at: datetime) -> bytes:
        return format_datetime(at.astimezone(self._zone)).encode()

    def _body(self, n: Notification, place: _Place | None, skeleton: _Skeleton) -> Part:
        token = "" if place is None else self._addresses.link(place[0], place[1])
        code = one_time_code(self._code_key, n.id) if n.why == "sign-in" else ""
        text = text_part("plain", _filled(skeleton.text, token, code))
        boundary = f"=_relay_{n.id:016x}"
        if skeleton.html is not None:
            text = multipart("alternative", (text, text_part("html", _filled(skeleton.html, token, code))), boundary)
        if n.why != "postmaster":
            return text
        if n.enclosure is None:
            raise ComposeTrouble("enclosure")
        return multipart("mixed", (text, enclosed(self._open_enclosure(n))), f"{boundary}_mixed")


def _filled(text: str, token: str, code: str) -> str:
    return text.replace(TOKEN_SPOT, token).replace(CODE_SPOT, code)


def _first_name(name: str) -> str:
    """Give the first name; "Dr. Lee Chan" is Lee."""
    words = TITLES.sub("", name.strip()).split()
    return words[0] if words else ""
