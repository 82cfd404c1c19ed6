"""Who is there? Link tokens, one-time codes, sessions and the forms' tokens. Knows nothing of HTTP.

A link in a notification names a thread and its holder; it opens nothing. A POST asks for a code, which goes by mail to
the registered address; the code, typed in the same browser, opens a session. `ask_*()` give Asked | Locked | TooMany,
`prove()` gives SignedIn | WrongCode | Locked | Expired. Only `ask_by_link()` raises: Refused, for a link
that is not ours.

- The ticket (challenge and thread, signed) lies in a cookie of the browser that asked: a code is good nowhere else.
- Nobody learns whether an address is registered: sign-ins and wrong codes are kept in the store by their subject, a
  keyed digest of the address as it is looked up; those of an unknown one differ in that no code was mailed, no more.
- A session is 32 random octets in a cookie; the store knows their SHA-256 only. Sign-in always makes a new one.
- A form's token is a MAC over the session (OWASP, Cross-Site Request Forgery Prevention: HMAC-based token).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Literal

from itsdangerous import BadSignature, Signer

from relay.addresses import index_key
from relay.domain import Identified, Notification, Person, PersonNo, RowId, ThreadNo, row_id, shown
from relay.events import Event, Log
from relay.portal.strangers import Throttle, network
from relay.ports import AuditLine, Challenge, Clock, Entropy, People, Sessions
from relay.refusal import Refused
from relay.reply_address import Addresses
from relay.sealing import blind, derive, one_time_code

CODE_LIVES = timedelta(minutes=10)
WRONG_REMEMBERED = timedelta(days=7)  #: after the last one; no lock is as long
CODES_PER_PERSON = 5  #: within ten minutes
CODES_PER_VISITOR = 30  #: within ten minutes; a clinic's staff may share one address
SESSION_OCTETS = 32
NUMBER = re.compile(r"[1-9][0-9]{0,9}\Z")  #: of a thread


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is signed in."""

    person: Person
    session: bytes = field(repr=False)  #: the digest
    form_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """A code is on its way, or would be if the address were registered."""

    ticket: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Locked:
    """Too many wrong codes."""

    until: datetime


@dataclass(frozen=True, slots=True)
class TooMany:
    """Too many codes asked for within a short time."""


@dataclass(frozen=True, slots=True)
class WrongCode:
    """Not the code that was mailed last."""


@dataclass(frozen=True, slots=True)
class Expired:
    """The code is too old, was used, or a newer one was asked for."""


Goal = ThreadNo | Literal["held"] | None  #: a thread, the mails that wait for one's word, or the list of threads


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The session's token for the cookie, and where the person wanted to go."""

    token: str = field(repr=False)
    goal: Goal


class SignIn:
    """Asks who is there, and remembers."""

    def __init__(
        self,
        *,
        people: People,
        sessions: Sessions,
        addresses: Addresses,
        code_key: bytes,
        cookie_key: bytes,
        idle_timeout: timedelta,
        clock: Clock,
        entropy: Entropy,
        log: Log,
    ) -> None:
        """Take the ports and two keys: one for the codes, one for the cookies."""
        self._people = people
        self._sessions = sessions
        self._addresses = addresses
        self._code_key = code_key
        self._form_key = derive(cookie_key, "form tokens")
        self._signer = Signer(
            derive(cookie_key, "tickets"), salt="sign-in", key_derivation="hmac", digest_method=hashlib.sha256
        )
        self._subject_key = derive(cookie_key, "subjects")
        self._per_person = Throttle(CODES_PER_PERSON, CODE_LIVES)
        self._per_visitor = Throttle(CODES_PER_VISITOR, CODE_LIVES)
        self._idle_timeout = idle_timeout
        self._clock = clock
        self._entropy = entropy
        self._log = log
        self._one_by_one = Lock()  # many guesses at once must not slip past the count

    def read_link(self, token: str) -> Identified | None:
        """Give whose link it is; None where it is not ours. Reads nothing from the store."""
        try:
            return self._addresses.read_link(token)
        except Refused:
            return None

    # -- asking for a code ---------------------------------------------------------------------------------------------

    def ask_by_link(self, token: str, ip: str, goal: Goal = None) -> Asked | Locked | TooMany:
        """Mail a code to the holder of the link; without a goal it leads to its thread. Raises Refused: not ours."""
        link = self._addresses.read_link(token)
        person = self._people.person(link.holder)
        subject = hmac.digest(self._subject_key, b"person %d" % link.holder, "sha256")
        with self._one_by_one:
            if not self._admitted(f"person {link.holder}", ip):
                return TooMany()
            return self._ask(person, subject, goal or link.thread)

    def ask_by_address(self, address: str, goal: Goal, ip: str) -> Asked | Locked | TooMany:
        """Mail a code to the person who has registered the address; answer the same where nobody has."""
        address = address.strip()
        person = self._people.by_address(address)
        subject = blind(self._subject_key, index_key(address))  # as by_address() folds
        with self._one_by_one:
            if not self._admitted(f"address {subject.hex()}", ip):
                return TooMany()
            if person is not None and not self._per_person.admit(f"person {person.no}", self._clock.now()):
                person = None  # the person has had enough mails, by whatever way they were asked for
            return self._ask(person, subject, goal)

    def _admitted(self, who: str, ip: str) -> bool:
        now = self._clock.now()
        return self._per_visitor.admit(network(ip), now) and self._per_person.admit(who, now)

    def _ask(self, person: Person | None, subject: bytes, goal: Goal) -> Asked | Locked:
        now = self._clock.now()
        if until := self._sessions.locked_until(subject, now):
            return Locked(until)
        new = row_id(now, self._entropy.octets(3))
        thread = None if goal == "held" else goal
        no = None if person is None else person.no
        owed = [] if no is None else [Notification(id=new, to=no, thread=thread, why="sign-in", due_at=now)]
        self._sessions.challenge(Challenge(id=new, subject=subject, person=no, opened_at=now), owed)
        return Asked(self._signer.sign(f"{shown(new)}-{goal or 0}").decode())

    # -- proving it ----------------------------------------------------------------------------------------------------

    def holds(self, ticket: str) -> bool:
        """Tell whether the ticket is one of ours: whether it makes sense to show the page for the code."""
        return self._read_ticket(ticket) is not None

    def prove(self, ticket: str, code: str) -> SignedIn | WrongCode | Locked | Expired:
        """Judge the code that was typed; the right one opens a session."""
        found = self._read_ticket(ticket)
        if found is None:
            return Expired()
        with self._one_by_one:
            return self._judge(*found, code)

    def _judge(self, id: RowId, goal: Goal, code: str) -> SignedIn | WrongCode | Locked | Expired:
        now = self._clock.now()
        challenge = self._sessions.find(id)
        if challenge is None or now - challenge.opened_at >= CODE_LIVES:
            return Expired()
        if until := self._sessions.locked_until(challenge.subject, now):
            return Locked(until)
        right = hmac.compare_digest(one_time_code(self._code_key, id).encode(), _digits(code).encode())
        if not right or challenge.person is None:
            return self._wrong(challenge, now)
        return self._open(id, challenge.person, goal, now)

    def _wrong(self, challenge: Challenge, now: datetime) -> WrongCode | Locked:
        until = self._sessions.wrong_code(challenge.subject, now)
        if until is None:
            return WrongCode()
        if challenge.person is not None:
            self._log.say(Event.SIGN_IN_LOCKED, person=challenge.person)
        return Locked(until)

    def _open(self, id: RowId, no: PersonNo, goal: Goal, now: datetime) -> SignedIn | Expired:
        person = self._people.person(no)
        if person is None:
            return Expired()
        token = self._entropy.octets(SESSION_OCTETS)
        audit = AuditLine(at=now, actor=person.id, action="signed-in")
        if not self._sessions.open(id, _digest(token), no, now, audit):
            return Expired()
        self._log.say(Event.SIGNED_IN, person=no)
        return SignedIn(base64.urlsafe_b64encode(token).decode().rstrip("="), goal)

    def _read_ticket(self, ticket: str) -> tuple[RowId, Goal] | None:
        try:
            challenge, _, goal = self._signer.unsign(ticket).decode().partition("-")
        except BadSignature:
            return None
        return RowId(int(challenge, 16)), read_goal(goal)

    # -- staying and leaving -------------------------------------------------------------------------------------------

    def visitor(self, token: str | None) -> Visitor | None:
        """Give who is signed in with that cookie, and count it as a sign of life; None where nobody is."""
        octets = _token_octets(token)
        if octets is None:
            return None
        session, now = _digest(octets), self._clock.now()
        no = self._sessions.touch(session, now, now - self._idle_timeout)
        person = self._people.person(no) if no is not None else None
        if person is None:
            return None
        return Visitor(person, session, hmac.digest(self._form_key, session, "sha256").hex())

    def leave(self, token: str | None, *, told: bool = True) -> None:
        """End the session of that cookie, if there is one. `told` logs it as signing out."""
        octets = _token_octets(token)
        if octets is None:
            return
        visitor = self.visitor(token)
        self._sessions.close(_digest(octets))
        if visitor is not None and told:
            self._log.say(Event.SIGNED_OUT, person=visitor.person.no)

    def expire(self) -> None:
        """Erase sessions that have idled out, sign-ins whose code is too old, and old counts. Never raises."""
        now = self._clock.now()
        try:
            self._sessions.sweep(
                idle_since=now - self._idle_timeout, opened_before=now - CODE_LIVES, wrong_before=now - WRONG_REMEMBERED
            )
        except Exception as error:  # noqa: BLE001 - an hour later it is tried again
            self._log.trouble("expire", error)

    def once(self) -> str:
        """Draw the mark of one form: a form that is sent twice is kept once."""
        return self._entropy.octets(16).hex()


def read_goal(text: str) -> Goal:
    """Read a goal as a form or a ticket spells it; None for anything else."""
    if text == "held":
        return "held"
    return ThreadNo(int(text)) if NUMBER.match(text) else None


def _digits(code: str) -> str:
    """Give the digits of what was typed; people put spaces and dashes between them."""
    return "".join(sign for sign in code[:32] if sign in "0123456789")


def _token_octets(token: str | None) -> bytes | None:
    try:
        octets = base64.urlsafe_b64decode((token or "") + "=")
    except (binascii.Error, ValueError):
        return None
    return octets if len(octets) == SESSION_OCTETS else None


def _digest(token: bytes) -> bytes:
    return hashlib.sha256(token).digest()
