"""Which mail is owed? A Notification in, a Letter out: a link, the emergency line, never content (R2 R4 R6 R13 R15).

Decided here: to whom, in which language, with which link and reply address, and what is said of the sender. The same
notification gives the same octets on every attempt (Date is when it was due), so that a repetition after a crash is
recognised as one. Gone means that nothing is to be sent: the person or the thread is gone, the address dead. Raises
ComposeTrouble, never with content. Times come in UTC and go out in the practice's zone (RFC 5322 §3.3); headers for
machines as in RFC 3834 §5. A text is rendered once for all who read the same; token and code are put in afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from pathlib import Path
from typing import TypedDict
from zoneinfo import ZoneInfo

from babel.dates import format_date

from outbound.letter import (
    ComposeTrouble,
    Gone,
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
from outbound.proofread import own_words, template_problems
from outbound.readers import Reader, Readers
from outbound.texts import AWAY, CODE_SPOT, TOKEN_SPOT, URGENT_SPOT, Texts, Words, wrap
from relay.absence import Absences
from relay.bounces import MARKED
from relay.domain import ITEMS, Flaw, LeftOut, Notification, Person, PersonNo, ThreadNo, Why
from relay.left_out import read_note
from relay.offers import read_offer
from relay.ports import People
from relay.refusal import Refusal
from relay.reply_address import Addresses
from relay.sealing import one_time_code
from relay.settings import Guide, Notify, Organisation, Outbound, Portal
from relay.units import spelled_as

__all__ = ["ComposeTrouble", "Composer", "Gone", "Letter", "own_words", "template_problems"]

TITLES = re.compile(r"(?:(?:dr|dra|mr|mrs|ms|mx|prof|sr|sra)\b\.?|\w{1,4}\.)\s+", re.IGNORECASE)
_Place = tuple[ThreadNo, PersonNo, int]  #: what a reply address is made of: thread, holder, epoch
PAGES: dict[Why, str] = {"held": "/held"}  #: of the thread that the link leads to, if not the thread itself
REASONS = {reason.slug: reason for reason in Refusal}
FOR_MACHINES = (
    (b"Auto-Submitted", b"auto-generated"),
    # Not "All" and not NDR: a report that the mail could not be delivered must come back.
    (b"X-Auto-Response-Suppress", b"OOF, AutoReply, DR, RN, NRN"),
)


class _Away(TypedDict, total=False):
    """Of Words."""

    away_until: str
    covered: bool
    cover: str


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
        absences: Absences,
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
        self._readers = Readers(people, organisation.support_contact)
        self._addresses = addresses
        self._urgent_spot = addresses.pattern.replace("{token}", URGENT_SPOT)
        self._code_key = code_key
        self._open_enclosure = open_enclosure
        self._absences = absences
        self._texts = Texts(templates)
        self._zone = ZoneInfo(organisation.timezone)
        self._name = phrase(outbound.from_.name or organisation.name)
        self._from = b"%b <%b>" % (self._name, mailbox(outbound.from_.address).encode())
        self._skeleton = lru_cache(maxsize=1024)(self._new_skeleton)

    def message_id(self, n: Notification) -> str:
        """Give the Message-ID that the mail has on every attempt."""
        return self._message_id(n, self._place(self._readers.of(n)))

    def compose(self, n: Notification) -> Letter | Gone:
        """Make the mail; Gone when there is none to send. Raises ComposeTrouble."""
        reader = self._readers.of(n)
        if reader is None:
            return Gone("nobody to tell")
        if reader.person is not None and reader.person.unreachable:
            return Gone(MARKED)
        skeleton = self._skeleton(n.why, (reader.locale, self._organisation.locale), self._words(n, reader))
        address, place = mailbox(reader.address), self._place(reader)
        return Letter(
            envelope_from=self._addresses.bounce(n.id),
            to=address,
            message=whole(self._headers(n, address, place, skeleton), self._body(n, reader, skeleton)),
        )

    # -- what is said --------------------------------------------------------------------------------------------------

    def _words(self, n: Notification, reader: Reader) -> Words:
        reason = self._reason(n)
        pointer = "" if reason is None else reason.pointer
        left_out = self._left_out(n)
        tells_whom = reader.role == "client" and n.why in ("message", "explain")
        about = self._readers.about(n)
        return Words(
            organisation=self._practice,
            emergency=self._emergency,
            expected=clean(self._expected(reader)),
            ask_provider=self._ask_provider if tells_whom else (),
            ask_support=self._ask_support if tells_whom else (),
            link=self._page(n, reader),
            can_reply=reader.answers and reader.thread is not None and reader.thread.state != "ended",  # R14
            role=reader.role,
            sender=clean(self._sender(reader)) if n.why == "message" else "",
            waiting=n.note if n.why == "message" else "",
            **self._away(n, reader),
            urgent=self._urgent_spot if self._urgent(n, reader) else "",
            asked=self._asked(n, reader),
            code=CODE_SPOT if n.why == "sign-in" else "",
            positions=", ".join(f"{one.position}" for one in left_out),
            many=len(left_out) > 1,
            types=_with("type", left_out),
            heic=_with("heic", left_out),
            active=_with("active", left_out),
            large=_with("large", left_out),
            accepted=self._accepted,
            reason="" if reason is None else reason.sentence.format(files="a file", allowed=self._accepted),
            reason_slug="" if reason is None else reason.slug,
            support_contact=clean(self._organisation.support_contact) if pointer == "support" else "",
            bookings=clean(self._organisation.bookings) if pointer == "bookings" else "",
            item=n.why if n.why in ITEMS else "",
            about=about.id if about is not None else "",
            about_role=about.role if about is not None else "",
            thread=str(n.thread or "") if n.why in ITEMS else "",
        )

    def _away(self, n: Notification, reader: Reader) -> _Away:
        """Give what a client is told of a provider who is away."""
        asked = self._people.thread(read_offer(n.note)[0]) if n.why == "offer" else reader.thread
        told = asked if reader.role == "client" and n.why in AWAY else None
        away = None if told is None else self._absences.seen(told, n.due_at)
        if away is None:
            return {}
        locale = self._texts.locale_for(n.why, reader.locale, self._organisation.locale)
        until = format_date(away.until, "long", locale=spelled_as(locale))
        cover = "" if away.cover is None else clean(self._revealed(away.cover))
        return {"away_until": until, "covered": away.cover is not None, "cover": cover}

    def _page(self, n: Notification, reader: Reader) -> str:
        """Give where the link leads: the thread, what Support has to do with it, else the portal."""
        if n.why in ("unanswered", "urgent", "crisis") and reader.person is not None:
            own = n.why == "crisis" and self._is_supports(n.thread)
            return f"{self._portal}/{'t' if own else 'handed'}/{n.thread}"
        return self._portal if reader.thread is None else f"{self._portal}/t/{TOKEN_SPOT}{PAGES.get(n.why, '')}"

    def _is_supports(self, no: ThreadNo | None) -> bool:
        """Tell whether it is a client's thread with Support, which Support reads without giving a reason."""
        thread = None if no is None else self._people.thread(no)
        return thread is not None and thread.provider is None

    def _asked(self, n: Notification, reader: Reader) -> str:
        """Give the day when the message was written that nobody has answered, as it reads to the client."""
        if n.why != "offer":
            return ""
        zone = ZoneInfo(reader.person.timezone) if reader.person and reader.person.timezone else self._zone
        locale = self._texts.locale_for(n.why, reader.locale, self._organisation.locale)
        return format_date(read_offer(n.note)[1].astimezone(zone), "long", locale=spelled_as(locale))

    def _urgent(self, n: Notification, reader: Reader) -> str:
        """Give the address for what cannot wait: to a client, in a thread with a provider that is not over (R7)."""
        no = read_offer(n.note)[0] if n.why == "offer" else n.thread if n.why == "message" else None
        thread = None if no is None else self._people.thread(no)
        if reader.person is None or thread is None or thread.client != reader.person.no:
            return ""
        if thread.provider is None or thread.state == "ended":
            return ""
        return self._addresses.urgent(thread.no, thread.client, self._people.epoch(thread.no, thread.client))

    def _expected(self, reader: Reader) -> str:
        """Give the provider's own policy, else the practice's (R4)."""
        provider = reader.person if reader.role == "provider" else self._readers.other(reader)
        own = provider.response if provider is not None and provider.role == "provider" else ""
        return own or self._organisation.expected_response

    def _sender(self, reader: Reader) -> str:
        """Give as much of the other party's name as the practice reveals: by default nothing."""
        other = self._readers.other(reader)
        return "" if other is None else self._revealed(other)

    def _revealed(self, other: Person) -> str:
        if self._reveal == "nothing":
            return ""
        return other.name if self._reveal == "name" else _first_name(other.name)

    def _reason(self, n: Notification) -> Refusal | None:
        """Read the reason in an explanation's note; what we don't know is not repeated."""
        return REASONS.get(n.note) if n.why == "explain" else None

    def _left_out(self, n: Notification) -> tuple[LeftOut, ...]:
        if n.why != "files-left-out":
            return ()
        try:
            return read_note(n.note)
        except ValueError:
            raise ComposeTrouble("note") from None

    # -- the octets ----------------------------------------------------------------------------------------------------

    def _new_skeleton(self, why: Why, locales: tuple[str, str], words: Words) -> _Skeleton:
        rendered = self._texts.render(why, self._texts.locale_for(why, *locales), words)
        return _Skeleton(
            rendered.locale.encode(), header_value(rendered.subject), wrap(rendered.text), rendered.html
        )  # fmt: skip

    def _place(self, reader: Reader | None) -> _Place | None:
        if reader is None or reader.person is None or reader.thread is None or not reader.answers:
            return None
        thread, holder = reader.thread.no, reader.person.no
        return thread, holder, self._people.epoch(thread, holder)

    def _link(self, reader: Reader) -> str:
        """Give the token that names the thread to open."""
        if reader.person is None or reader.thread is None:
            return ""
        return self._addresses.link(reader.thread.no, reader.person.no)

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

    def _body(self, n: Notification, reader: Reader, skeleton: _Skeleton) -> Part:
        code = one_time_code(self._code_key, n.id) if n.why == "sign-in" else ""
        spots = {TOKEN_SPOT: self._link(reader), CODE_SPOT: code, self._urgent_spot: self._urgent(n, reader)}
        text = text_part("plain", _filled(skeleton.text, spots))
        boundary = f"=_relay_{n.id:016x}"
        if skeleton.html is not None:
            text = multipart("alternative", (text, text_part("html", _filled(skeleton.html, spots))), boundary)
        if n.why != "postmaster":
            return text
        if n.enclosure is None:
            raise ComposeTrouble("enclosure")
        return multipart("mixed", (text, enclosed(self._open_enclosure(n))), f"{boundary}_mixed")


def _with(flaw: Flaw, left_out: Sequence[LeftOut]) -> tuple[str, ...]:
    """Give the positions of the files that were left out for that."""
    return tuple(f"{one.position}" for one in left_out if one.flaw == flaw)


def _filled(text: str, spots: Mapping[str, str]) -> str:
    for spot, value in spots.items():
        text = text.replace(spot, value)
    return text


def _first_name(name: str) -> str:
    """Give the first name; "Dr. Lee Chan" is Lee."""
    words = TITLES.sub("", name.strip()).split()
    return words[0] if words else ""
