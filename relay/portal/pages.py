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
from functools import cache, cached_property, partial
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.support import NullTranslations
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from relay.absence import Away
from relay.domain import Flaw, Inspection, Opened, Person, ThreadNo, shown
from relay.left_out import ADVICE, WHAT, counted
from relay.portal.languages import N_, language_of, translations
from relay.portal.signin import Goal
from relay.portal.spelling import join, spell_size, spelled_in, stamp
from relay.reading import Page, ThreadLine
from relay.refusal import TYPED, Refusal
from relay.settings import Chat, Guide, Organisation, Portal
from relay.unsent import Unsent

HERE = Path(__file__).parent
GRACE = timedelta(seconds=5)  #: a page is put away when its session has surely idled out
SIGNS_OF_LIFE = 5  #: from a page in use, within chat.quiet_after
STATIC_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}

NOTICES = {  # status: what happened; what to do
    400: (
        N_("That did not work"),
        N_("Your browser sent something that we do not understand. Please go back and try again."),
    ),
    401: (N_("You are signed out"), N_("Nothing was sent. Please sign in again.")),
    403: (N_("That did not work"), N_("For your safety, please open the page again and send the form from there.")),
    404: (
        N_("There is no such page"),
        N_("The link may be incomplete. Please open it again from the latest mail you got."),
    ),
    405: (N_("There is no such page"), N_("Please open the link from the latest mail you got.")),
    408: (N_("That took too long"), N_("Your message did not arrive whole. Please go back and send it again.")),
    413: (N_("That is too long"), N_("Please shorten your message, or send it in two parts.")),
    415: (N_("That did not work"), N_("Please open the page again and send the form from there.")),
    429: (N_("Please wait a little"), N_("Codes were asked for several times within a few minutes. Please try later.")),
    500: (N_("Something went wrong"), N_("It is our fault, and it has been noted. Please try again in a minute.")),
    503: (N_("We will be back in a minute"), N_("The service is starting or being updated. Please try again shortly.")),
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
    urgent: bool = False
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
        self._guide = guide
        self._environment = cache(self._new_environment)

    def _new_environment(self, language: str) -> Environment:
        """Make the templates in a language."""
        catalogue = translations(language)
        made = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.i18n"],
        )
        made.install_gettext_translations(catalogue, newstyle=True)  # type: ignore[attr-defined]  # the extension's
        made.policies["ext.i18n.trimmed"] = True
        made.filters["size"] = spell_size
        made.filters["left_out"] = partial(told, catalogue)
        made.filters["say"] = catalogue.gettext
        made.globals.update(
            organisation=self._organisation,
            advice=ADVICE,
            base=self.base,
            language=language,
            version=self.static_version,
            **{
                f"ask_{whom}": join([catalogue.gettext(row.topic) for row in self._guide if row.ask == whom])
                for whom in ("provider", "support")
            },
        )
        return made

    # -- before sign-in ------------------------------------------------------------------------------------------------

    def sign_in(
        self, *, link: str = "", goal: Goal = None, problem: str = "", idle: bool = False, unsent: str = ""
    ) -> str:
        """Offer a code: for the link's holder, or for the address that is typed. `unsent` is a text to be rescued."""
        return self._render(
            "sign_in.html", link=link, goal=goal or "", problem=problem, unsent=unsent,
            idle_after=self._idle_minutes() if idle else 0,
        )  # fmt: skip

    def code(self, *, problem: str = "") -> str:
        """Ask for the code that was mailed."""
        return self._render("code.html", problem=problem)

    def locked(self, until: datetime) -> str:
        """Say that sign-in is locked, and until when, on the organisation's clock."""
        at = until + timedelta(seconds=59)  # a whole minute, never too early
        zone = ZoneInfo(self._organisation.timezone)
        shown_as = stamp(at, zone, self._organisation.locale)
        return self._render(
            "locked.html", until=shown_as, iso=until.isoformat(timespec="seconds"), zone=self._organisation.timezone
        )  # fmt: skip

    def notice(self, status: int) -> str:
        """Say what went wrong, without a word on how. What is not there may be a thread for want of a booking (R16)."""
        title, advice = NOTICES.get(status, NOTICES[400 if status < 500 else 500])
        booking = self.refusal(Refusal.NEVER_BOOKED) if status == 404 else ""
        return self._render("notice.html", title=title, advice=advice, booking=booking)

    def put_away(self, thread: ThreadNo | None) -> str:
        """Take the place of a page that nobody has touched for a while, and show nothing of it."""
        return self._render("put_away.html", thread=thread, idle_after=self._idle_minutes())

    # -- after it ------------------------------------------------------------------------------------------------------

    def threads(self, reading: Reading, lines: Sequence[ThreadLine], waiting: int = 0) -> str:
        """Show the person's threads; `waiting` mails need their word."""
        rows = [
            (line, self.name(line.other, reading.person), self.time(line.last_at, reading.person)) for line in lines
        ]
        return self.signed_in("threads.html", reading, rows=rows, waiting=waiting)

    def thread(
        self, reading: Reading, page: Page, draft: Draft, waiting: int = 0,
        unsent: Sequence[Unsent] = (), away: Away | None = None, opened: Sequence[Inspection] = (),
    ) -> str:  # fmt: skip
        """Show a thread and the form, or why there is none (R14, R16), and what was typed in vain.

        A client is told that the provider is `away` before they write. `waiting` mails need their word. `opened` is who
        read it without taking part in it.
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
            name=self.name(page.other, reading.person),
            bubbles=bubbles,
            first_new=unread[0] if unread else bubbles[-1].id if bubbles else "",
            refusal=self.refusal(page.may_write, reading.person) if page.may_write else "",
            expected=self._expected(page, reading.person),
            draft=draft,
            offers_urgent=page.thread.provider is not None and reading.person.no == page.thread.client,
            opened=[(_looker(one), self.time(one.at, reading.person)) for one in opened],
            waiting=waiting,
            away=away,
            back_on="" if away is None else self.day(away.until, reading.person),
            unsent=[(shown(one.id), one.text, self.time(one.until, reading.person)) for one in unsent],
        )

    def other_holder(self, reading: Reading, link: str) -> str:
        """Say that the link is somebody else's; offer to sign out."""
        return self.signed_in("other_holder.html", reading, link=link)

    def refusal(self, reason: Refusal, person: Person | None = None) -> str:
        """Give the sentence of a refusal as the portal says it to that person."""
        say = translations(self.language(person)).gettext
        text = say(TYPED.get(reason, reason.sentence)).format_map(
            {"files": say("a file"), "allowed": say("common documents")}
        )
        pointers = {
            "support": say("Support: %(contact)s") % {"contact": self._organisation.support_contact},
            "bookings": say("Book here: %(where)s") % {"where": self._organisation.bookings},
        }
        return f"{text} {pointers[reason.pointer]}" if reason.pointer else text

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
        reading = values.get("reading")
        language = self.language(reading.person if isinstance(reading, Reading) else None)
        page = self._environment(language).get_template(template)
        return page.render({"reading": None, "put_away": "", "here": "", **values})

    def language(self, person: Person | None = None) -> str:
        """Give the language of that person's pages; the practice's before anybody has signed in."""
        return language_of(person.locale if person else "", self._organisation.locale)

    def signed_in(self, template: str, reading: Reading, **values: object) -> str:
        """Render a page for somebody who is signed in; once they are not, `put_away` takes its place."""
        common: dict[str, object] = {
            "reading": reading,
            "zone": self._zone_name(reading.person),
            "put_away": f"{self.base}/put-away",
            "put_away_after": int((self._portal.idle_timeout + GRACE).total_seconds()),
        }
        return self._render(template, **{**common, **values})

    def _bubble(self, message: Opened, page: Page, person: Person) -> _Bubble:
        mine = message.author == person.no
        theirs = self.name(page.other if page.other and page.other.no == message.author else None, person)
        return _Bubble(
            id=f"m-{shown(message.id)}",
            mine=mine,
            who=translations(self.language(person)).gettext("You") if mine else theirs,
            at=self.time(message.sent_at, person)[0],
            iso=message.sent_at.isoformat(timespec="seconds"),
            message=message,
            undo=message.id in page.undo,
        )

    def _expected(self, page: Page, person: Person) -> str:
        """Give when an answer can be expected; only to those who wait for one (R4)."""
        if person.no != page.thread.client:
            return ""
        expected = (page.other.response if page.other else "") or self._organisation.expected_response
        return str(translations(self.language(person)).gettext(expected))

    def name(self, other: Person | None, reader: Person) -> str:
        """Give the other party's name."""
        return other.name if other else str(translations(self.language(reader)).gettext("Support"))

    def _zone_name(self, person: Person) -> str:
        return person.timezone or self._organisation.timezone

    def time(self, at: datetime | None, person: Person) -> tuple[str, str]:
        """Give a time for people, on the reader's clock, and for machines."""
        if at is None:
            return "", ""
        zone = ZoneInfo(self._zone_name(person))
        return stamp(at, zone, person.locale or self._organisation.locale), at.isoformat(timespec="seconds")

    def day(self, day: date, person: Person) -> str:
        """Give a day as the reader spells it."""
        return format_date(day, "long", locale=spelled_in(person.locale or self._organisation.locale))

    def _idle_minutes(self) -> int:
        return max(1, int(self._portal.idle_timeout.total_seconds()) // 60)


def _looker(one: Inspection) -> str:
    """Say who it was: Support, or who runs the relay."""
    if one.actor == "operator":
        return N_("Whoever runs this service opened this conversation, for a reason that is kept, on")
    return N_("Support opened this conversation, for a reason that is kept, on")


def told(catalogue: NullTranslations, flaws: Sequence[Flaw]) -> list[tuple[Flaw, str]]:
    """Tell a reader what was left out, one sentence for each flaw."""
    return [(flaw, catalogue.gettext(left_out(flaw, count)).format(count=count)) for flaw, count in counted(flaws)]


def left_out(flaw: Flaw, count: int) -> str:
    """Give the sentence on one file, or on several (`{count}`)."""
    return f"A file {WHAT[flaw][0]} was left out." if count == 1 else f"{{count}} files {WHAT[flaw][1]} were left out."
