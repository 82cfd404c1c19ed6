"""Data to HTML: one method a page, pure. The templates stand beside it.

What is decided here: how a time, a name, a refusal and a file size read to a person. Every page carries the emergency
line (R2); where people write there are the expected answer time (R4) and the guide on whom to ask (R13). No page title
names anybody: titles end up in the browser's history.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from relay.absence import Away
from relay.domain import Opened, Person, ThreadNo, shown
from relay.left_out import ADVICE, sentences
from relay.portal.signin import Goal
from relay.reading import Page, ThreadLine
from relay.refusal import Refusal, sentence
from relay.settings import Chat, Guide, Organisation, Portal
from relay.unsent import Unsent

HERE = Path(__file__).parent
LANGUAGE = "en"  #: of the templates
GRACE = timedelta(seconds=5)  #: a page is put away when its session has surely idled out
SIGNS_OF_LIFE = 5  #: from a page in use, within chat.quiet_after
STATIC_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}

IN_A_FORM = {  # these rows speak of mail programs; here somebody looks at a form
    Refusal.NOT_NOW: "We could not keep your message just now. Please send it again in a minute.",
    Refusal.TOO_FAST: "Too many messages within a short time. Please send it again in a minute.",
    Refusal.NOTHING_NEW: "There is nothing to send yet. Please write something first.",
}

NOTICES = {  # status: what happened; what to do
    400: ("That did not work", "Your browser sent something that we do not understand. Please go back and try again."),
    401: ("You are signed out", "Nothing was sent. Please sign in again."),
    403: ("That did not work", "For your safety, please open the page again and send the form from there."),
    404: ("There is no such page", "The link may be incomplete. Please open it again from the latest mail you got."),
    405: ("There is no such page", "Please open the link from the latest mail you got."),
    408: ("That took too long", "Your message did not arrive whole. Please go back and send it again."),
    413: ("That is too long", "Please shorten your message, or send it in two parts."),
    415: ("That did not work", "Please open the page again and send the form from there."),
    429: ("Please wait a little", "Codes were asked for several times within a few minutes. Please try later."),
    500: ("Something went wrong", "It is our fault, and it has been noted. Please try again in a minute."),
    503: ("We will be back in a minute", "The service is starting or being updated. Please try again shortly."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Who looks at a page, and the token of their forms."""

    person: Person
    form_token: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The form below a thread: its mark, what stands in it, and why it was not sent."""

    once: str
    text: str = field(default="", repr=False)
    problem: str = ""
    notice: str = ""  #: what became of something else that was done here


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bubble:
    """A message as the template shows it."""

    id: str
    mine: bool
    who: str = field(repr=False)
    at: str
    iso: str
    message: Opened
    undo: bool  #: its author can take it back


class Pages:
    """Writes pages in the organisation's words."""

    def __init__(self, organisation: Organisation, portal: Portal, guide: Sequence[Guide], chat: Chat) -> None:
        """Take the sections that pages speak of."""
        self._organisation = organisation
        self._portal = portal
        self._here_every = max(1, min(60, int(chat.quiet_after.total_seconds() / SIGNS_OF_LIFE)))
        self.base = urlsplit(portal.url).path.rstrip("/")  #: where the portal lies below its host
        self._templates = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters["size"] = spell_size
        self._templates.filters["left_out"] = sentences
        self._templates.globals.update(
            organisation=organisation,
            advice=ADVICE,
            base=self.base,
            language=LANGUAGE,
            version=self.static_version,
            ask_provider=_join([row.topic for row in guide if row.ask == "provider"]),
            ask_support=_join([row.topic for row in guide if row.ask == "support"]),
        )

    # -- before sign-in ------------------------------------------------------------------------------------------------

    def sign_in(
        self, *, link: str = "", goal: Goal = None, problem: str = "", idle: bool = False, unsent: str = ""
    ) -> str:
        """Offer a code: for the link's holder, or for the address that is typed. `unsent` is a text to be rescued."""
        return self._render(
            "sign_in.html", link=link, goal=goal or "", problem=problem, unsent=unsent,
            idle_after=self._idle_words() if idle else "",
        )  # fmt: skip

    def code(self, *, problem: str = "") -> str:
        """Ask for the code that was mailed."""
        return self._render("code.html", problem=problem)

    def locked(self, until: datetime) -> str:
        """Say that sign-in is locked, and until when, on the organisation's clock."""
        at = until + timedelta(seconds=59)  # a whole minute, never too early
        zone = ZoneInfo(self._organisation.timezone)
        stamp = _stamp(at, zone, self._organisation.locale)
        return self._render(
            "locked.html", until=stamp, iso=until.isoformat(timespec="seconds"), zone=self._organisation.timezone
        )  # fmt: skip

    def notice(self, status: int) -> str:
        """Say what went wrong, without a word on how. What is not there may be a thread for want of a booking (R16)."""
        title, advice = NOTICES.get(status, NOTICES[400 if status < 500 else 500])
        booking = self.refusal(Refusal.NEVER_BOOKED) if status == 404 else ""
        return self._render("notice.html", title=title, advice=advice, booking=booking)

    def put_away(self, thread: ThreadNo | None) -> str:
        """Take the place of a page that nobody has touched for a while, and show nothing of it."""
        return self._render("put_away.html", thread=thread, idle_after=self._idle_words())

    # -- after it ------------------------------------------------------------------------------------------------------

    def threads(self, reading: Reading, lines: Sequence[ThreadLine], waiting: int = 0) -> str:
        """Show the person's threads; `waiting` mails need their word."""
        rows = [(line, self.name(line.other), self.time(line.last_at, reading.person)) for line in lines]
        put_away = f"{self.base}/put-away"
        return self.signed_in("threads.html", reading, put_away=put_away, rows=rows, waiting=waiting)

    def thread(
        self, reading: Reading, page: Page, draft: Draft, waiting: int = 0,
        unsent: Sequence[Unsent] = (), away: Away | None = None,
    ) -> str:  # fmt: skip
        """Show a thread and the form, or why there is none (R14, R16), and what was typed in vain.

        A client is told that the provider is `away` before they write. `waiting` mails need their word.
        """
        bubbles = [self._bubble(message, page, reading.person) for message in page.messages]
        unread = [bubble.id for bubble in bubbles if not bubble.message.read]
        return self.signed_in(
            "thread.html",
            reading,
            put_away=f"{self.base}/put-away?thread={page.thread.no}",
            here=f"{self.base}/t/{page.thread.no}/here",
            here_every=self._here_every,
            page=page,
            name=self.name(page.other),
            bubbles=bubbles,
            first_new=unread[0] if unread else bubbles[-1].id if bubbles else "",
            refusal=self.refusal(page.may_write) if page.may_write else "",
            expected=self._expected(page, reading.person),
            draft=draft,
            waiting=waiting,
            away=away,
            back_on="" if away is None else self.day(away.until, reading.person),
            unsent=[(shown(one.id), one.text, self.time(one.until, reading.person)) for one in unsent],
        )

    def other_holder(self, reading: Reading, link: str) -> str:
        """Say that the link is somebody else's; offer to sign out."""
        return self.signed_in("other_holder.html", reading, put_away=f"{self.base}/put-away", link=link)

    def refusal(self, reason: Refusal) -> str:
        """Give the sentence of a refusal as the portal says it."""
        pointers = {
            "support": f"Support: {self._organisation.support_contact}",
            "bookings": f"Book here: {self._organisation.bookings}",
        }
        return IN_A_FORM.get(reason) or sentence(reason, {}, pointers)

    # -- files beside the pages ----------------------------------------------------------------------------------------

    @cached_property
    def static(self) -> dict[str, tuple[bytes, str]]:
        """Give every file of static/ by name: octets and media type."""
        files = sorted((HERE / "static").iterdir())
        return {each.name: (each.read_bytes(), STATIC_TYPES[each.suffix]) for each in files}

    @cached_property
    def static_version(self) -> str:
        """Give a word that changes when a static file does, so that browsers may keep them long."""
        return hashlib.sha256(b"".join(octets for octets, _ in self.static.values())).hexdigest()[:12]

    # -- small things --------------------------------------------------------------------------------------------------

    def _render(self, template: str, **values: object) -> str:
        return self._templates.get_template(template).render({"reading": None, "put_away": "", "here": "", **values})

    def signed_in(self, template: str, reading: Reading, *, put_away: str, **values: object) -> str:
        """Render a page for somebody who is signed in."""
        return self._render(
            template,
            reading=reading,
            zone=self._zone_name(reading.person),
            put_away=put_away,
            put_away_after=int((self._portal.idle_timeout + GRACE).total_seconds()),
            **values,
        )

    def _bubble(self, message: Opened, page: Page, person: Person) -> _Bubble:
        mine = message.author == person.no
        theirs = self.name(page.other if page.other and page.other.no == message.author else None)
        return _Bubble(
            id=f"m-{shown(message.id)}",
            mine=mine,
            who="You" if mine else theirs,
            at=self.time(message.sent_at, person)[0],
            iso=message.sent_at.isoformat(timespec="seconds"),
            message=message,
            undo=message.id in page.undo,
        )

    def _expected(self, page: Page, person: Person) -> str:
        """Give when an answer can be expected; only to those who wait for one (R4)."""
        if person.no != page.thread.client:
            return ""
        return (page.other.response if page.other else "") or self._organisation.expected_response

    def name(self, other: Person | None) -> str:
        """Give the other party's name."""
        return other.name if other else "Support"

    def _zone_name(self, person: Person) -> str:
        return person.timezone or self._organisation.timezone

    def time(self, at: datetime | None, person: Person) -> tuple[str, str]:
        """Give a time for people, on the reader's clock, and for machines."""
        if at is None:
            return "", ""
        zone = ZoneInfo(self._zone_name(person))
        return _stamp(at, zone, person.locale or self._organisation.locale), at.isoformat(timespec="seconds")

    def day(self, day: date, person: Person) -> str:
        """Give a day as the reader spells it."""
        return format_date(day, "long", locale=_language(person.locale or self._organisation.locale))

    def _idle_words(self) -> str:
        minutes = max(1, int(self._portal.idle_timeout.total_seconds()) // 60)
        return "a minute" if minutes == 1 else f"{minutes} minutes"


def _language(locale: str) -> Locale:
    language = Locale.parse(locale, sep="-" if "-" in locale else "_")
    # A German date in an English page helps nobody.
    return language if language.language == LANGUAGE else Locale(LANGUAGE)


def _stamp(at: datetime, zone: ZoneInfo, locale: str) -> str:
    language = _language(locale)
    local = at.astimezone(zone)
    clock = format_time(local.timetz(), "short", locale=language)
    return f"{format_date(local, 'medium', locale=language)}, {clock}".replace("\u202f", "\u00a0")


def spell_size(octets: int) -> str:
    """Give a file's size as people say it."""
    unit: Literal["bytes", "KB", "MB"] = "bytes" if octets < 1000 else "KB" if octets < 999_500 else "MB"
    match unit:
        case "bytes":
            return f"{octets} bytes"
        case "KB":
            return f"{octets / 1000:.0f} KB"
        case "MB":
            return f"{octets / 1_000_000:.1f} MB"


def _join(topics: Sequence[str]) -> str:
    """Give the topics as one line: the first with its capital, the others as words within a sentence."""
    words = [topics[0], *(_lowered(topic) for topic in topics[1:])] if topics else []
    return ", ".join(words)


def _lowered(topic: str) -> str:
    first = topic.split(" ", 1)[0]
    return topic if first[1:] != first[1:].lower() else topic[:1].lower() + topic[1:]
