"""relay explain as whole texts (tests/golden/explain), and that it ends as the real journey does, without a trace."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from relay.domain import Consumed, Held, PersonId, RawMail, Stored, Turned
from relay.explained.journey import Explainer
from relay.explained.machine import A_PERSON
from relay.explained.sender import session_of
from relay.loading import load
from relay.ports import AuditLine
from relay.roster import PersonRow, Plan, RelationRow
from relay.settings import read
from relay.wiring import House, open_house
from tests import files
from tests.dns_stub import StubDns, txt
from tests.fakes import NOON, FakeClock, FakeEntropy

GOLDEN = Path(__file__).parents[1] / "golden" / "explain"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PRIVATE = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
)
PUBLIC = base64.b64encode(
    KEY.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
).decode()
ZONE = {
    "s._domainkey.client.test": {"TXT": txt(f"v=DKIM1; k=rsa; p={PUBLIC}")},
    "s._domainkey.list.test": {"TXT": txt(f"v=DKIM1; k=rsa; p={PUBLIC}")},
    "_dmarc.client.test": {"TXT": txt("v=DMARC1; p=reject; aspf=s")},
    "client.test": {"TXT": txt("v=spf1 ip4:192.0.2.7 -all")},
    "mail.test": {"TXT": txt("v=spf1 ip4:192.0.2.9 -all")},
}
PLAN = Plan(
    add_people=tuple(
        PersonRow(id=PersonId(who), role=role, name=who.title(), addresses=(address,))
        for who, role, address in (
            ("ana", "client", "ana@client.test"), ("bo", "client", "bo@client.test"),
            ("lee", "provider", "lee@practice.test"), ("sue", "support", "sue@practice.test"),
        )
    ),
    add_relations=(
        RelationRow(client=PersonId("ana"), provider=PersonId("lee"), state="active"),
        RelationRow(client=PersonId("bo"), provider=PersonId("lee"), state="ended"),
    ),
)  # fmt: skip
TOML = """\
[organisation]
name = "Elm Street Practice"
support_contact = "help@practice.test"
[address]
pattern = "r.{token}@reply.practice.test"
[inbound.smtp]
trusted_fronts = ["127.0.0.1"]
[inbound.trust]
resolver = "127.0.0.1:%d"
%s
[outbound]
dkim_selectors = []

[keys]
source = "env:KEK"
"""


@dataclass
class Desk:
    """A practice with a store of its own."""

    house: House

    def address(self, client: str, holder: str) -> str:
        people = self.house.people
        thread = people.thread_between(people.by_id(PersonId(client)).no, people.by_id(PersonId("lee")).no)
        who = people.by_id(PersonId(holder)).no
        return self.house.addresses.reply(thread.no, who, people.epoch(thread.no, who))

    def raw(self, octets: bytes) -> RawMail:
        mail = self.house.intake._rooms.parse(octets)
        helo, ip = session_of(mail)
        path = mail.header("return-path")
        return RawMail(
            octets=octets, via="smtp", arrived_at=NOON, recipient="",
            mail_from=A_PERSON if path is None else path.strip("<>"), helo=helo, client_ip=ip, trusted_front=True,
        )  # fmt: skip

    def explain(self, octets: bytes) -> str:
        told = "\n".join(Explainer(self.house.settings, self.house).explain(self.raw(octets))) + "\n"
        return re.sub(r"\bc[a-z2-7]{39}\b", "TOKEN", told)


@pytest.fixture(scope="module")
def dns() -> Iterator[StubDns]:
    with StubDns(ZONE) as stub:
        yield stub


@pytest.fixture
def open_desk(tmp_path: Path, dns: StubDns) -> Iterator[Callable[..., Desk]]:
    opened: list[House] = []

    def open_it(trust: str = "") -> Desk:
        (tmp_path / "relay.toml").write_text(TOML % (dns.port, trust))
        for name in ("people", "relationships"):
            (tmp_path / f"{name}.csv").touch()
        (tmp_path / "keys").mkdir(mode=0o700)
        env = {"KEK": "1f" * 32}
        clock = FakeClock()
        house = open_house(read_folder(tmp_path, env), env, clock=clock, entropy=FakeEntropy())
        opened.append(house)
        house.people.apply(PLAN, AuditLine(at=NOON, actor="operator", action="applied"))
        return Desk(house)

    yield open_it
    for house in opened:
        house.close()


def read_folder(folder: Path, env: dict[str, str]):  # type: ignore[no-untyped-def]
    (folder / "people.csv").write_text("id,role,name,email\n")
    (folder / "relationships.csv").write_text("client,provider,state\n")
    return load(folder, env)


def a_mail(to: str, text: str, sender: str = "Ana <ana@client.test>", **headers: str) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    for name, value in headers.items():
        if name in ("Return_Path", "Received"):
            mail[name.replace("_", "-")] = value
    mail["From"], mail["To"], mail["Subject"] = sender, to, "Re: New secure message"
    mail["Message-ID"] = "<1@client.test>"
    for name, value in headers.items():
        if name not in ("Return_Path", "Received"):
            mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail


def signed(mail: EmailMessage, domain: str = "client.test") -> bytes:
    octets = bytes(mail)
    header = dkim.sign(octets, b"s", domain.encode(), PRIVATE, include_headers=[b"from", b"to", b"subject"])
    return bytes(header) + octets


QUOTING = (
    "Thank you, Monday is fine.\n\nAna\n\nOn Sat, Jan 31, 2026 at 7:00 AM Elm Street Practice wrote:\n\n"
    "> Sign in to read it:\n> https://portal.example/t/x\n>\n> -- \n> Elm Street Practice\n"
)
RECEIVED = "from mx.client.test (mx.client.test [192.0.2.7]) by in.practice.test with ESMTP"
ELSEWHERE = "from mail.test (mail.test [192.0.2.9]) by in.practice.test with ESMTP"


def good_reply(desk: Desk) -> bytes:
    return signed(
        a_mail(desk.address("ana", "ana"), QUOTING, Return_Path="<ana@client.test>", Received=RECEIVED)
    )  # fmt: skip


def html_reply(desk: Desk) -> bytes:
    mail = a_mail(desk.address("ana", "ana"), "Fine.\n\nSent from my iPhone", Received=RECEIVED)
    mail.add_alternative(
        "<div>Fine.</div><br><div>Sent from my iPhone</div><blockquote type=cite>Old words</blockquote>", subtype="html"
    )
    mail.replace_header("Subject", "My new number")
    return signed(mail)


def with_files(desk: Desk) -> bytes:
    mail = a_mail(desk.address("ana", "ana"), "Here they are.", Received=RECEIVED)
    script = files.pdf(root="/OpenAction << /S /JavaScript /JS (app.alert) >>")
    for name, content, kind in (
        ("IMG_1.HEIC", files.heic(), "image/heic"), ("plan.pdf", files.pdf(), "application/pdf"),
        ("form.pdf", script, "application/pdf"), ("report.pdf", b"MZ" + bytes(300), "application/pdf"),
    ):  # fmt: skip
        main, _, sub = kind.partition("/")
        mail.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return signed(mail)


def only_bad_files(desk: Desk) -> bytes:
    mail = a_mail(desk.address("ana", "ana"), "\n", Received=RECEIVED)
    mail.add_attachment(b"MZ" + bytes(300), maintype="application", subtype="pdf", filename="report.pdf")
    return signed(mail)


def out_of_office(desk: Desk) -> bytes:
    headers = {"Auto_Submitted": "auto-replied", "X_Auto_Response_Suppress": "All", "Return_Path": "<>"}
    return bytes(a_mail(desk.address("ana", "ana"), "I am away until Monday.", Received=RECEIVED, **headers))


def bounce(desk: Desk) -> bytes:
    to = desk.house.addresses.bounce(desk.house.intake._outcomes.new_id())
    report = (
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.test\r\nTo: {to}\r\nSubject: Undelivered\r\n"
        "Message-ID: <2@mx.test>\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nNo such user.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.test\r\n\r\nFinal-Recipient: rfc822; ana@client.test\r\nAction: failed\r\n"
        "Status: 5.1.1\r\n--b--\r\n"
    )
    return report.format(to=to).encode()


def forged(desk: Desk) -> bytes:
    return bytes(a_mail(desk.address("ana", "ana"), "Give me a refill.", Received=ELSEWHERE))


def stranger(desk: Desk) -> bytes:
    headers = {"Return_Path": "<ana@mail.test>", "Received": ELSEWHERE}
    return bytes(a_mail(desk.address("ana", "ana"), "From my new address.", "ana@mail.test", **headers))


def ended(desk: Desk) -> bytes:
    return signed(a_mail(desk.address("bo", "bo"), "Hello?", "bo@client.test", Received=RECEIVED))


def loop(desk: Desk) -> bytes:
    people, addresses = desk.house.people, desk.house.addresses
    ana = people.by_id(PersonId("ana")).no
    thread = people.threads(ana)[0].no
    mail = a_mail(desk.address("ana", "ana"), "There is a new message.", "relay@reply.practice.test")
    mail.replace_header("Message-ID", addresses.message_id(desk.house.intake._outcomes.new_id(), thread, ana, 0))
    return bytes(mail)


def revoked(desk: Desk) -> bytes:
    old = desk.address("ana", "ana")
    people = desk.house.people
    ana = people.by_id(PersonId("ana")).no
    people.revoke(people.threads(ana)[0].no, ana, NOON)
    return bytes(a_mail(f"{old}, somebody@client.test", "Hello", Delivered_To=old))


def nothing_new(desk: Desk) -> bytes:
    return signed(a_mail(desk.address("ana", "ana"), "> only\n> quoted\n", Received=RECEIVED))


def second_copy(desk: Desk) -> bytes:
    octets = good_reply(desk)
    assert isinstance(desk.house.intake.take(envelope_of(desk, octets)), Stored)
    return octets


def to_us(desk: Desk) -> bytes:
    return signed(a_mail("relay@reply.practice.test", "Is anybody there?", Received=RECEIVED))


def two_signatures(desk: Desk) -> bytes:
    octets = signed(a_mail(desk.address("ana", "ana"), "Hello.", Received=ELSEWHERE, Return_Path="<x@list.test>"))
    listed = dkim.sign(octets, b"s", b"list.test", PRIVATE, include_headers=[b"from"], length=True)
    return bytes(listed) + octets.replace(b"Hello.", b"Changed.")


RESULTS = "in.practice.test; dkim=pass header.d=client.test; dmarc=pass header.from=client.test"
HOLD = 'unknown_sender = "hold"'
UPSTREAM = 'policy = "upstream"\nauthserv_ids = ["in.practice.test"]'
#: name: the mail, what [inbound.trust] says, and the outcome of the real journey with its reason or kind
MAILS: dict[str, tuple[Callable[[Desk], bytes], str, tuple[str, str | None]]] = {
    "good_reply": (good_reply, "", ("stored", None)),
    "html_reply": (html_reply, "", ("stored", None)),
    "files": (with_files, "", ("stored", None)),
    "only_bad_files": (only_bad_files, "", ("refused", "file-not-allowed")),
    "out_of_office": (out_of_office, "", ("consumed", "out-of-office")),
    "delivery_report": (bounce, "", ("consumed", "delivery-report")),
    "forged": (forged, "", ("refused", "not-authenticated")),
    "stranger": (stranger, "", ("refused", "other-sender")),
    "stranger_held": (stranger, HOLD, ("held", None)),
    "ended": (ended, "", ("refused", "has-ended")),
    "loop": (loop, "", ("refused", "loop")),
    "revoked": (revoked, "", ("refused", "unknown-address")),
    "nothing_new": (nothing_new, "", ("refused", "nothing-new")),
    "second_copy": (second_copy, "", ("consumed", "duplicate")),
    "to_our_from_address": (to_us, "", ("consumed", "explained")),
    "to_our_from_address_by_a_stranger": (
        lambda desk: bytes(a_mail("relay@reply.practice.test", "Buy this", "x@mail.test")), "",
        ("refused", "other-sender"),
    ),
    "postmaster": (
        lambda desk: bytes(a_mail("postmaster@reply.practice.test", "Your server", "x@mail.test")), "",
        ("consumed", "postmaster"),
    ),
    "broken_signatures": (two_signatures, "", ("refused", "not-authenticated")),
    "address_only": (forged, 'policy = "address-only"', ("stored", None)),
    "upstream": (
        lambda desk: bytes(a_mail(desk.address("ana", "ana"), "Hello.", Authentication_Results=RESULTS)),
        UPSTREAM,
        ("stored", None),
    ),
}  # fmt: skip


def envelope_of(desk: Desk, octets: bytes) -> RawMail:
    """What a session would bring: the recipient that the mail names."""
    raw = desk.raw(octets)
    mail = desk.house.intake._rooms.parse(octets)
    to = mail.header("delivered-to") or mail.header("to") or ""
    return RawMail(
        octets=octets, via="smtp", arrived_at=NOON, recipient=to.split(",")[0].strip(), mail_from=raw.mail_from,
        client_ip=raw.client_ip, helo=raw.helo, trusted_front=True,
    )  # fmt: skip


def rows(desk: Desk) -> list[object]:
    """Everything that a side effect would change."""
    books = desk.house.books
    return [
        list(books.ledger.receipts()), [row.line for row in books.ledger.audited()], list(books.outbox.rows()),
        [books.messages.count(thread.no) for thread in desk.house.people.threads()], len(desk.house.people.threads()),
        [books.held.waiting(person.no) for person in desk.house.people.everyone()],
    ]  # fmt: skip


@pytest.mark.parametrize("name", MAILS)
def test_explain_tells_as_the_golden_text_and_ends_as_the_journey_does(
    name: str, open_desk: Callable[..., Desk]
) -> None:
    make, trust, end = MAILS[name]
    desk = open_desk(trust)
    octets = make(desk)
    before = rows(desk)
    told = desk.explain(octets)
    assert rows(desk) == before
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("RELAY_GOLDEN") == "write":
        path.write_text(told, encoding="utf-8")
    assert told == path.read_text(encoding="utf-8")
    assert max(map(len, told.splitlines()[:-1])) <= 102
    desk.house.clock.advance(timedelta(seconds=1))  # type: ignore[attr-defined]
    outcome = desk.house.intake.take(envelope_of(desk, octets))
    receipt = max(desk.house.books.ledger.receipts(), key=lambda one: one.id)
    decided = told.rstrip("\n").rpartition("\n")[2]
    stage = {"door": "parse"}.get(receipt.trace[-1], receipt.trace[-1])
    assert (receipt.outcome, receipt.reason or receipt.kind) == end
    assert decided.startswith(f"decided by {stage}: ")
    match outcome:
        case Turned():
            assert f": refused, {outcome.reason.code} {outcome.reason.enhanced} " in decided
        case Consumed():
            assert f": consumed as {outcome.kind.value}" in decided
        case Stored():
            assert decided.endswith(": stored")
        case Held():
            assert decided.endswith(": held")


def test_golden_texts_are_all_written() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == set(MAILS)


def test_explain_makes_no_key(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk()
    octets = good_reply(desk)

    def refuse(thread: object) -> bytes:
        raise AssertionError("a key was made")

    desk.house.keys.thread_key = refuse  # type: ignore[method-assign,assignment]
    assert "decided by store: stored" in desk.explain(octets)


def test_explain_without_a_config_folder_tells_what_it_can(tmp_path: Path) -> None:
    mail = bytes(a_mail("r.x@reply.example.org", QUOTING))
    raw = RawMail(octets=mail, via="smtp", arrived_at=NOON, recipient="", mail_from=A_PERSON)
    told = "\n".join(Explainer(read({}, tmp_path), None).explain(raw))
    assert "Not judged: there is no config folder." in told
    assert "| Thank you, Monday is fine." in told
    assert told.endswith("nothing else is against the mail")


ANYTHING = [b"", b"\0" * 300, b"From: x\r\n" * 9000, b"\xff\xfe", b"\x1b[2J: \x1b[31m\n\n\x1b[0m"]


@pytest.mark.parametrize("octets", ANYTHING, ids=range(len(ANYTHING)))
def test_explain_bears_anything(octets: bytes, open_desk: Callable[..., Desk]) -> None:
    desk = open_desk()
    raw = RawMail(octets=octets, via="smtp", arrived_at=NOON, recipient="", mail_from="")
    told = "\n".join(Explainer(desk.house.settings, desk.house).explain(raw))
    assert "decided by " in told
    assert "\x1b" not in told


def test_a_mail_that_is_too_large_ends_at_the_door(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk()
    settings = desk.house.settings
    smtp = settings.inbound.smtp.model_copy(update={"max_message": 500})
    small = settings.model_copy(update={"inbound": settings.inbound.model_copy(update={"smtp": smtp})})
    told = "\n".join(Explainer(small, desk.house).explain(desk.raw(good_reply(desk))))
    assert "octets; inbound.smtp.max_message is 500." in told
    assert "decided by door: refused, 552 5.3.4" in told
    assert "\nidentify (not reached)\n" in told
