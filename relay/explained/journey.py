"""What would happen to a mail in a file, stage by stage, each with its evidence, and which stage decides.

The same rooms in the same order as relay/intake.py, asked for their reasons; nothing is counted, kept or sent. A test
sends each golden mail as well and compares the two ends. All stages are told, those behind the deciding one too.
Without a config folder only what needs none is told. Gives lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field, replace

from inbound.mime import parse
from inbound.scanner import Scanner
from outbound.compose import own_words
from relay.authorise import RULES, others
from relay.domain import Extracted, Identified, Kind, Parsed, Person, RawMail, Screened, Thread
from relay.explained import address, cuts, files, machine, sender, structure
from relay.explained.telling import Told, brief, paragraph
from relay.extract import own_text
from relay.holding import LIVES
from relay.looks import look as look_here
from relay.poison import identity
from relay.refusal import Refusal, Refused, smtp_reply
from relay.reply_address import Bounced
from relay.routes import Route
from relay.sealing import fingerprint
from relay.settings import Settings
from relay.subject import written_subject
from relay.wiring import House, pointers_of


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mail:
    """A mail on its way, as far as it was told."""

    raw: RawMail
    parsed: Parsed
    route: Route = None
    kind: Kind | Refusal | None = None
    written: Extracted = field(default_factory=lambda: Extracted(text="", cut=""))
    subject: str = ""

    @property
    def has_text(self) -> bool:
        return bool(self.written.text or self.subject)


def deciding(stages: Iterable[tuple[Told, bool]]) -> Told | None:
    """Give the stage where the journey ends, None where no stage is reached that could tell."""
    return next((each for each, reached in stages if reached and each.ends), None)


class Explainer:
    """Tells one mail after the other."""

    def __init__(self, settings: Settings, house: House | None) -> None:
        """Take the config (the defaults, where there is none) and the store, if there is one."""
        self._settings = settings
        self._house = house
        self._pointers = pointers_of(settings)

    def explain(self, raw: RawMail) -> Iterator[str]:
        """Tell the mail. `raw.recipient` is "" where its headers are to tell it."""
        stages = self.stages(raw)
        for each, reached in stages:
            yield from paragraph(each, reached=reached)
            yield ""
        decided = deciding(stages)
        if decided is not None:
            yield f"decided by {decided.stage}: {decided.ends}"
        else:
            yield "undecided: address, sender and relationship need a config folder; nothing else is against the mail"

    def stages(self, raw: RawMail) -> list[tuple[Told, bool]]:
        """Give what each stage found, and whether the mail reaches it; `raw` as in explain()."""
        found: list[tuple[Told, bool]] = []
        reached = True
        for each in self._stages(raw):
            if reached or each.stage not in ("hold", "store"):
                found.append((each, reached))
            reached = reached and not each.ends
        return found

    def _refused(self, no: Refused) -> str:
        what = "deferred" if no.reason.temporary else "refused"
        return f"{what}, {smtp_reply(no.reason, no.details, self._pointers)}"

    # -- the stages ----------------------------------------------------------------------------------------------------

    def _stages(self, raw: RawMail) -> Iterator[Told]:
        yield from self._door(raw)
        try:
            mail = _Mail(raw=raw, parsed=parse(raw.octets))
        except Refused as no:
            yield Told("parse", ("It is built in a way that we do not read, or is over a limit.",), self._refused(no))
            return
        mail, told = self._identify(mail)
        yield told
        yield self._pace(mail)
        yield Told("parse", tuple(structure.told(raw.octets, mail.parsed, self._settings.inbound.smtp.max_message)))
        mail, told = self._classify(mail)
        yield told
        if self._house is not None and mail.route is None and not told.ends:
            yield self._to_us(self._house, mail)
        mail, told = self._extract(mail)
        yield told
        if self._house is not None and isinstance(mail.route, Identified):
            yield from self._judged(self._house, mail, mail.route)
        else:
            _, lines = self._screened(mail)
            yield Told("screen", tuple(lines))

    def _door(self, raw: RawMail) -> Iterator[Told]:
        if len(raw.octets) > self._settings.inbound.smtp.max_message:
            size = (
                f"{len(raw.octets):,} octets; inbound.smtp.max_message is {self._settings.inbound.smtp.max_message:,}."
            )
            yield Told("door", (size,), self._refused(Refused(Refusal.TOO_LARGE)))

    def _identify(self, mail: _Mail) -> tuple[_Mail, Told]:
        if self._house is None:
            return mail, Told("identify", ("Not judged: there is no config folder.",))
        raw, route, lines = address.told(self._house, mail.raw, mail.parsed)
        if isinstance(route, Refused):
            return replace(mail, raw=raw), Told("identify", tuple(lines), self._refused(route))
        if route is None and not raw.recipient:
            return mail, Told("identify", tuple(lines), self._refused(Refused(Refusal.UNKNOWN_ADDRESS)))
        if route is None:
            lines.append(f"It is for {raw.recipient}, an address of our own.")
        return replace(mail, raw=raw, route=route), Told("identify", tuple(lines))

    def _pace(self, mail: _Mail) -> Told:
        limits = self._settings.limits
        named = {
            "client address": limits.per_ip, "person": limits.per_person, "thread": limits.per_thread,
            "text of a person": limits.same_text,
        }  # fmt: skip
        spelled = ", ".join(f"{rate or 'any number'} by {what}" for what, rate in named.items())
        client = f" The client is {mail.raw.client_ip}." if mail.raw.client_ip else ""
        return Told("pace", (f"Counted by relay serve, not here: {spelled}.{client}",))

    def _classify(self, mail: _Mail) -> tuple[_Mail, Told]:
        kind, lines = machine.told(mail.parsed, mail.raw.mail_from, self._is_own)
        mail = replace(mail, kind=kind)
        return mail, Told("classify", tuple(lines), self._end_of_machines(mail) or self._end_of_ours(mail))

    def _is_own(self, word: str) -> bool:
        house = self._house
        return house is not None and (
            word.lower() == house.desk.sender or house.addresses.read_message_id(word) is not None
        )

    def _end_of_machines(self, mail: _Mail) -> str:
        if isinstance(mail.kind, Refusal):
            return self._refused(Refused(mail.kind))
        if isinstance(mail.route, Bounced) and (mail.kind is not None or not mail.raw.mail_from):
            kind = mail.kind or Kind.AUTOMATIC
            return f"consumed as {kind.value}; what it says of the notification it came back for is noted"
        return f"consumed as {mail.kind.value}, never shown as a message" if mail.kind is not None else ""

    def _end_of_ours(self, mail: _Mail) -> str:
        """A person's mail to an address of our own that proves no thread."""
        house = self._house
        if house is None or mail.route is not None or not mail.raw.recipient:
            return self._refused(Refused(Refusal.UNKNOWN_ADDRESS)) if isinstance(mail.route, Bounced) else ""
        if mail.raw.recipient.lower() in house.desk.postmasters:
            return "consumed as postmaster, forwarded to the support contact"
        return ""

    def _to_us(self, house: House, mail: _Mail) -> Told:
        """To our From address, without a proof of a thread: only who is registered and proven gets an answer."""
        no, lines = sender.to_us(house, mail.raw, mail.parsed)
        end = "consumed as explained, and answered with the link" if no is None else self._refused(no)
        return Told("authenticate", tuple(lines), end)

    def _extract(self, mail: _Mail) -> tuple[_Mail, Told]:
        templates = self._settings.folder / "templates"
        ours = own_words(self._settings.organisation, self._settings.guide, templates)
        written, lines = cuts.told(mail.parsed.body, own_text(ours.texts))
        subject = written_subject(mail.parsed.subject, ours.subjects)
        if mail.parsed.subject:
            kept = "kept, the person wrote it" if subject else "not kept: ours, or a mere reply or forward form"
            lines.append(f"Subject {brief(mail.parsed.subject)}: {kept}.")
        return replace(mail, written=written, subject=subject), Told("extract", tuple(lines))

    # -- what needs the store ------------------------------------------------------------------------------------------

    def _judged(self, house: House, mail: _Mail, known: Identified) -> Iterator[Told]:
        author, lines = sender.told(house, mail.raw, mail.parsed, known)
        copy = self._copy(house, mail, known)
        yield Told("authenticate", tuple(lines), self._refused_or_copy(author, copy))
        thread, holder = house.people.thread(known.thread), house.people.person(known.holder)
        yield self._authorised(mail, thread, holder, copy)
        screened, lines = self._screened(mail)
        end = self._refused_or_copy(screened, copy)
        if isinstance(screened, Screened) and not (end or mail.has_text or screened.kept):
            end = self._refused(Refused(Refusal.NOTHING_NEW))
        yield Told("screen", tuple(lines), end)
        if author == "unknown":
            yield Told("hold", (f"Kept sealed; {house.id_of(known.holder)} gets one mail with a link.",), "held")
        elif thread is not None and holder is not None:
            yield self._stored(house, thread, holder, copy)

    def _refused_or_copy(self, verdict: object, copy: str) -> str:
        if not isinstance(verdict, Refused):
            return ""
        return copy or self._refused(verdict)

    def _authorised(self, mail: _Mail, thread: Thread | None, holder: Person | None, copy: str) -> Told:
        for rule, reason in RULES:
            if rule(thread, holder):
                what = f"The rule {rule.__name__.replace('_', ' ')} hits: {(rule.__doc__ or '').strip()}"
                return Told("authorise", (what,), copy or self._refused(Refused(reason)))
        state = thread.state if thread is not None else ""
        who = holder.id if holder is not None else ""
        lines = (f"No rule hits: {who} takes part in the thread, and the relationship is {state}.",)
        if not (mail.has_text or mail.parsed.files):
            nothing = self._refused(Refused(Refusal.NOTHING_NEW))
            return Told("authorise", (*lines, "But there is no new text, no subject and no file."), copy or nothing)
        return Told("authorise", lines)

    def _screened(self, mail: _Mail) -> tuple[Screened | Refused, list[str]]:
        section = self._settings.attachments
        scan = Scanner(section.scanner).scan if section.scanner else None
        # As in `relay serve`: what strangers send is not opened where the keys are.
        with nullcontext(look_here) if self._house is None else self._house.workbench.turn() as look:
            return files.told(mail.parsed.files, section, has_text=mail.has_text, scan=scan, look=look)

    def _copy(self, house: House, mail: _Mail, known: Identified) -> str:
        """Tell a second copy; a thread that holds nothing has no key yet, and none is made here."""
        ever = mail.raw.arrived_at - LIVES
        if not (house.books.messages.count(known.thread) or house.books.held.is_full(known.thread, ever, 1)):
            return ""
        message_id = identity(mail.parsed.message_id, mail.raw.octets)
        mark = fingerprint(house.keys.thread_key(known.thread), known.holder, message_id, mail.written.text)
        if house.books.messages.has(known.thread, mark) or house.books.held.has(known.thread, mark):
            return "consumed as duplicate: the thread has had this mail"
        return ""

    def _stored(self, house: House, thread: Thread, holder: Person, copy: str) -> Told:
        if copy:
            return Told("store", ("The same writer, thread, Message-ID and text as a mail that is there.",), copy)
        told = others(thread, holder, house.people.support() if thread.provider is None else ())
        names = ", ".join(house.id_of(each) for each in told) or "nobody"
        return Told(
            "store", (f"A message of {holder.id} in thread {thread.no}; {names} gets a notification.",), "stored"
        )
