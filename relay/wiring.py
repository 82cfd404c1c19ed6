"""The main: builds every object from the settings. Holds the real clock and the real dice, names the concrete classes.

`open_house()` is what every command opens: the store and all that works on it. `relay serve` (relay/serving.py) adds
the doors that stay open. Raises WiringTrouble with one sentence for the admin.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from zoneinfo import ZoneInfo

from inbound.mime import parse, warm
from inbound.scanner import Scanner
from inbound.trust import Trust
from inbound.workbench import Busy, Workbench
from outbound.compose import Composer, own_words
from outbound.sign import Signer
from relay.absence import Absences
from relay.alarm import Alarm
from relay.business_days import business_days
from relay.catching_up import catch_up
from relay.checks import master_key
from relay.choosing import Choosing
from relay.crisis import Phrases, load_phrases
from relay.dkim_keys import key_file, read_key
from relay.domain import FoundFile, Notification, PersonNo, Screened, row_id
from relay.entering import Entering
from relay.events import Event, Log, Value
from relay.extract import extract, own_text
from relay.followup import overdue_since
from relay.holding import Holding
from relay.intake import Intake, Rooms
from relay.other_ends import enclosure_place
from relay.outcomes import Books
from relay.pace import Pace
from relay.ports import Clock, Entropy, Ids
from relay.problems import ConfigError
from relay.questions import OpenQuestions
from relay.quiet import Quiet
from relay.reading import Reader
from relay.refusal import Refusal, Refused
from relay.reply_address import Addresses
from relay.routes import Desk
from relay.screen import screen
from relay.sealing import Damaged, derive, open_sealed
from relay.settings import Attachments, Settings
from relay.unreachable import Unreachable
from relay.unsent import UnsentBox
from relay.welcome import Welcomer
from relay.welcome_files import load_greetings
from store.engine import Store, is_made, open_store
from store.held import SqlHeldMails
from store.keys import SqlKeys
from store.ledger import SqlLedger
from store.mailboxes import SqlMailboxes
from store.messages import SqlMessages
from store.outbox import SqlOutbox
from store.people import SqlPeople
from store.profiles import Profiles
from store.questions import SqlQuestions
from store.sessions import SqlSessions
from store.trouble import StoreTrouble
from store.unsent import SqlUnsentTexts
from store.welcomes import SqlWelcomes

PAGE = 4096  #: octets drawn from the system at once


class WiringTrouble(Exception):
    """Something that the config names is not there or does not fit; the text is for the admin, and holds no secret."""


class SystemClock:
    """The real time."""

    def now(self) -> datetime:
        """Give the time, aware, in UTC."""
        return datetime.now(UTC)


class SystemEntropy:
    """The real dice: the operating system's, drawn a page at a time.

    Each draw lets another thread run, and a mail needs six: that cost more than all its sealing.
    """

    def __init__(self) -> None:
        """Draw nothing yet."""
        self._lock = threading.Lock()
        self._page, self._at = b"", 0

    def octets(self, count: int) -> bytes:
        """Give that many octets that nobody can guess; none is given twice."""
        if count > PAGE // 4:
            return os.urandom(count)
        with self._lock:
            if self._at + count > len(self._page):
                self._page, self._at = os.urandom(PAGE), 0
            start, self._at = self._at, self._at + count
            return self._page[start : self._at]


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Everything that works on one store, opened."""

    settings: Settings
    clock: Clock
    entropy: Entropy
    log: Log
    store: Store
    keys: SqlKeys
    people: SqlPeople
    books: Books
    sessions: SqlSessions
    mailboxes: SqlMailboxes
    addresses: Addresses
    composer: Composer
    desk: Desk
    intake: Intake
    questions: OpenQuestions
    workbench: Workbench
    scanner: Scanner | None
    holding: Holding
    welcomer: Welcomer
    unsent: UnsentBox
    choosing: Choosing
    absences: Absences
    quiet: Quiet
    unreachable: Unreachable
    reader: Reader
    pointers: Mapping[str, str]  #: where a refusal's sentence points to
    code_key: bytes = field(repr=False)
    cookie_key: bytes = field(repr=False)
    mailbox_key: bytes = field(repr=False)  #: names mailboxes in the store
    slow: Sequence[Callable[[], object]] = field(repr=False)  #: what is made when it is first asked for

    def warm(self) -> None:
        """Make now what the first mail would wait for, and what most commands never need."""
        for make in self.slow:
            make()

    def close(self) -> None:
        """Finish what is queued and close the files."""
        self.workbench.close()
        self.keys.close()
        self.store.close()

    def id_of(self, person: PersonNo) -> str:
        """Give the person's id, for lists."""
        found = self.people.person(person)
        return found.id if found else f"person-{person}"

    def catch_up(self, people: Collection[PersonNo]) -> list[Notification]:
        """Give what is owed to people whom mails reach again."""
        return _catch_up(people, self.books, self.clock, self.entropy)

    def message_id(self, notification: Notification) -> str:
        """Give the Message-ID that the notification has or will have."""
        return self.composer.message_id(notification)


def open_house(
    settings: Settings,
    env: Mapping[str, str],
    *,
    clock: Clock,
    entropy: Entropy,
    sink: Callable[[str], object] = lambda line: None,
    watch: Callable[[Event, dict[str, Value]], None] = lambda event, fields: None,
    fault: Callable[[str], None] = lambda step: None,
) -> House:
    """Open the store, the key ring and all that works on them. Raises WiringTrouble."""
    try:
        kek = master_key(settings.keys.source, env)
        there_is_a_store = partial(is_made, settings.store.url, settings.folder)
        keys = SqlKeys(settings.keys.ring, settings.folder, kek, entropy, there_is_a_store)
    except ValueError as wrong:
        raise WiringTrouble(f"keys.source: {wrong}") from None
    except StoreTrouble as trouble:
        raise WiringTrouble(str(trouble)) from None
    except Damaged:
        raise WiringTrouble(
            f"keys.source: {settings.keys.source} does not open the key ring; restore the ring that belongs to it"
        ) from None
    try:
        store = open_store(settings.store.url, settings.folder, fault=fault, lost=keys.has_threads())
        people = SqlPeople(store, keys, entropy)
        belongs = people.readable()
    except StoreTrouble as trouble:
        keys.close()
        raise WiringTrouble(str(trouble)) from None
    if not belongs:
        keys.close()
        store.close()
        raise WiringTrouble("keys.ring: is not the key ring of this store; restore the two that belong together")
    directory_key = keys.directory_key()
    log = Log(clock, sink, watch)
    if store.made:
        log.say(Event.STORE_MADE)
    absences = Absences(people, settings.organisation.timezone, clock)
    quiet = Quiet(settings.notify, settings.organisation.timezone)
    messages = SqlMessages(store, keys, settings.chat)
    books = Books(
        people=people,
        messages=messages,
        held=SqlHeldMails(store, keys, entropy, settings.chat),
        outbox=SqlOutbox(store, clock, Profiles(keys, entropy).blind, settings.chat, _quiet_by(quiet, people)),
        ledger=SqlLedger(store, keys, entropy),
        keys=keys,
    )
    addresses = Addresses(settings.address.pattern, derive(directory_key, "reply addresses"))
    code_key = derive(directory_key, "sign-in codes")
    composer = Composer(
        organisation=settings.organisation,
        notify=settings.notify,
        outbound=settings.outbound,
        portal=settings.portal,
        guide=settings.guide,
        accepted=settings.attachments.allow,
        people=people,
        addresses=addresses,
        code_key=code_key,
        open_enclosure=lambda owed: open_sealed(owed.enclosure or b"", directory_key, enclosure_place(owed.id)),
        absences=absences,
        templates=settings.folder / "templates",
    )
    ours = cache(partial(own_words, settings.organisation, settings.guide, settings.folder / "templates"))
    desk = Desk(
        addresses=addresses,
        sender=sender_of(settings),
        postmasters=postmasters_of(settings),
        subjects=lambda: ours().subjects,
    )
    pace, trust, workbench = Pace(settings.limits), Trust(settings.inbound.trust), Workbench(log)
    scanner = Scanner(settings.attachments.scanner) if settings.attachments.scanner else None
    own = cache(lambda: own_text(ours().texts))
    asked = SqlQuestions(store)
    alarm = Alarm(_phrases(settings), people=people, outbox=books.outbox, log=log)
    questions = OpenQuestions(
        overdue_since=_overdue_since(settings),
        people=people,
        questions=asked,
        new_id=Ids(clock, entropy),
        is_away=lambda thread: absences.seen(thread) is not None,
        clock=clock,
        log=log,
    )
    entering = Entering(books=books, alarm=alarm, questions=questions, clock=clock, entropy=entropy)
    holding = Holding(
        unknown_sender=settings.inbound.trust.unknown_sender,
        books=books,
        entering=entering,
        pace=pace,
        clock=clock,
        entropy=entropy,
        log=log,
    )
    intake = Intake(
        rooms=Rooms(
            parse=parse,
            weigh=trust.weigh,
            extract=lambda body: extract(body, own()),
            screen=_screen_by(settings.attachments, workbench, scanner),
            pace=pace,
        ),
        desk=desk,
        books=books,
        holding=holding,
        entering=entering,
        questions=questions,
        clock=clock,
        entropy=entropy,
        log=log,
        fault=fault,
    )
    return House(
        settings=settings,
        clock=clock,
        entropy=entropy,
        log=log,
        store=store,
        keys=keys,
        people=people,
        books=books,
        sessions=SqlSessions(store),
        mailboxes=SqlMailboxes(store, keys, entropy),
        addresses=addresses,
        composer=composer,
        desk=desk,
        intake=intake,
        questions=questions,
        workbench=workbench,
        scanner=scanner,
        holding=holding,
        welcomer=Welcomer(
            welcomes=SqlWelcomes(store, messages),
            greetings=lambda: load_greetings(settings.folder / "templates"),
            organisation=settings.organisation,
            books=books,
            clock=clock,
            entropy=entropy,
            log=log,
        ),
        unsent=UnsentBox(
            texts=SqlUnsentTexts(store, keys),
            people=people,
            keys=keys,
            write=lambda thread, author, text, once: intake.write(thread, author, text, via="portal", once=once),
            clock=clock,
            entropy=entropy,
            log=log,
        ),
        choosing=Choosing(
            people=people,
            catch_up=lambda people: _catch_up(people, books, clock, entropy),
            clock=clock,
            entropy=entropy,
        ),
        absences=absences,
        quiet=quiet,
        unreachable=Unreachable(people=people, outbox=books.outbox, clock=clock, entropy=entropy, log=log),
        reader=Reader(people, books.messages, keys),
        pointers=pointers_of(settings),
        code_key=code_key,
        cookie_key=derive(directory_key, "cookies"),
        mailbox_key=derive(directory_key, "mailboxes"),
        slow=(own, trust.warm, warm),
    )


def _catch_up(people: Collection[PersonNo], books: Books, clock: Clock, entropy: Entropy) -> list[Notification]:
    now = clock.now()
    return catch_up(
        people, books.outbox.rows(), books.messages, at=now, new_id=lambda: row_id(now, entropy.octets(3))
    )  # fmt: skip


def _quiet_by(quiet: Quiet, people: SqlPeople) -> Callable[[PersonNo, datetime], datetime | None]:
    def until(no: PersonNo, at: datetime) -> datetime | None:
        person = people.person(no)
        return None if person is None else quiet.until(person, at)

    return until


def _phrases(settings: Settings) -> Phrases | None:
    """Give what the crisis net looks for; None where it is off."""
    file = settings.crisis.phrases_file
    try:
        return None if file is None else load_phrases(file)
    except ConfigError as wrong:
        raise WiringTrouble(str(wrong)) from None


def _overdue_since(settings: Settings) -> Callable[[datetime], datetime] | None:
    """Give since when a question must have waited to be overdue at a time; None where none ever is."""
    support = settings.support
    after: timedelta | None = support.follow_up_after
    if after is None:
        return None
    zone = ZoneInfo(settings.organisation.timezone)
    counts = business_days(support.holidays) if support.business_days_only else None
    return lambda now: overdue_since(now, after, zone, counts)


def _screen_by(section: Attachments, workbench: Workbench, scanner: Scanner | None) -> Callable[..., Screened]:
    scan = None if scanner is None else scanner.scan

    def screen_files(files: tuple[FoundFile, ...], has_text: bool) -> Screened:
        try:
            with workbench.turn() as look:
                return screen(files, section, has_text=has_text, scan=scan, look=look)
        except Busy:
            raise Refused(Refusal.SCANNER_DOWN) from None

    return screen_files


def sender_of(settings: Settings) -> str:
    """Give the mailbox that notifications come from, lower case."""
    return settings.outbound.from_.address.lower()


def signer_of(settings: Settings) -> Signer:
    """Give what signs our mails, its keys read. Raises WiringTrouble."""
    selectors = settings.outbound.dkim_selectors
    try:
        keys = {selector: read_key(key_file(settings.folder, selector)) for selector in selectors}
    except ValueError as wrong:
        raise WiringTrouble(f"outbound.dkim_selectors: {wrong}") from None
    return Signer(sender_of(settings), keys)


def postmasters_of(settings: Settings) -> frozenset[str]:
    """Give every spelling of postmaster's address here, lower case (RFC 5321 §4.5.1)."""
    domains = {settings.address.domain, settings.inbound.smtp.hostname.lower(), sender_of(settings).rpartition("@")[2]}
    return frozenset({"postmaster", *(f"postmaster@{domain}" for domain in domains)})


def pointers_of(settings: Settings) -> dict[str, str]:
    """Give where a refusal's sentence points to."""
    return {
        "support": f"Support: {settings.organisation.support_contact}",
        "bookings": f"Book here: {settings.organisation.bookings}",
    }
