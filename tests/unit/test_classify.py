"""A person or a machine? One table of mails, each as its program writes it."""

from __future__ import annotations

import pytest

from relay.classify import RULES, classify
from relay.domain import Body, Kind, Parsed
from relay.refusal import Refusal, Refused
from tests.effort import takes_at_most

OURS = {"<notice-1@reply.example.org>", "relay@example.org"}
ANSWER = ("<notice-1@reply.example.org>",)


def mail(
    *headers: tuple[str, str],
    subject: str = "Re: hello",
    sender: str = "ana@example.net",
    message_id: str = "<a@example.net>",
    references: tuple[str, ...] = (),
    content_type: str = "text/plain",
    parts: tuple[str, ...] = ("text/plain",),
) -> Parsed:
    return Parsed(
        headers=headers, senders=(sender,), subject=subject, message_id=message_id, references=references,
        content_type=content_type, body=Body(plain="hello"), parts=parts,
    )  # fmt: skip


def kind_of(read: Parsed, mail_from: str = "ana@example.net") -> Kind | None:
    return classify(read, mail_from, own=OURS.__contains__)


SUPPRESS = ("x-auto-response-suppress", "All")
AWAY = Kind.OUT_OF_OFFICE
MACHINES = {
    "Exchange out of office": (
        mail(("auto-submitted", "auto-generated"), SUPPRESS, subject="Automatic reply: You have a message"), AWAY,
    ),
    "Exchange, header lost on the way": (mail(SUPPRESS, subject="Automatic reply: You have a secure message"), AWAY),
    "Exchange in German": (mail(SUPPRESS, subject="Automatische Antwort: Nachricht"), AWAY),
    "Exchange in French": (mail(SUPPRESS, subject="Réponse automatique : message"), AWAY),
    "Exchange in Polish": (mail(SUPPRESS, subject="Odpowiedź automatyczna: wiadomość"), AWAY),
    "Exchange in Ukrainian": (mail(SUPPRESS, subject="Автоматична відповідь: лист"), AWAY),
    "Exchange in Japanese": (mail(SUPPRESS, subject="自動返信: 件名"), AWAY),
    "Exchange in Chinese": (mail(SUPPRESS, subject="自动答复: 主题"), AWAY),
    "Exchange in Hebrew": (mail(SUPPRESS, subject="תשובה אוטומטית: נושא"), AWAY),
    "Exchange in Turkish": (mail(SUPPRESS, subject="Otomatik Yan\u0131t: konu"), AWAY),
    "Exchange by its agent": (mail(("x-ms-exchange-generated-message-source", "Mailbox Rules Agent")), Kind.AUTOMATIC),
    "rule that answers": (mail(("x-ms-exchange-inbox-rules-loop", "a@b"), subject="Abwesenheitsnotiz: x"), AWAY),
    "Gmail vacation": (mail(("precedence", "bulk"), ("x-autoreply", "yes"), ("auto-submitted", "auto-replied")), AWAY),
    "Zimbra": (mail(("auto-submitted", "auto-replied (zimbra; vacation)"), ("precedence", "bulk")), AWAY),
    "cPanel": (mail(("x-autorespond", "Re: x"), ("precedence", "auto_reply")), AWAY),
    "X-Autorespond alone": (mail(("x-autorespond", "Re: x")), AWAY),
    "vacation(1)": (mail(("precedence", "bulk"), subject="away from my mail"), Kind.AUTOMATIC),
    "precedence alone": (mail(("precedence", "auto_reply")), AWAY),
    "Auto-Submitted in capitals": (mail(("auto-submitted", "Auto-Replied; owner-email=x")), AWAY),
    "cron": (mail(("x-cron-env", "<SHELL=/bin/sh>")), Kind.AUTOMATIC),
    "notified": (mail(("auto-submitted", "auto-notified; owner-token=x")), Kind.AUTOMATIC),
    "Lotus": (mail(("delivered-to", "Autoresponder")), AWAY),
    "message class": (mail(("x-post-messageclass", "9; Autoresponder")), AWAY),
    "junk": (mail(("precedence", "junk")), Kind.AUTOMATIC),
    "delivery report": (
        mail(("auto-submitted", "auto-replied"), content_type="multipart/report; report-type=delivery-status"),
        Kind.DELIVERY_REPORT,
    ),
    "delivery report without its parameter": (
        mail(content_type="multipart/report", parts=("multipart/report", "message/delivery-status")),
        Kind.DELIVERY_REPORT,
    ),
    "Exim's report": (mail(("x-failed-recipients", "x@example.net")), Kind.DELIVERY_REPORT),
    "read receipt": (mail(content_type="multipart/report; report-type=disposition-notification"), Kind.READ_RECEIPT),
    "abuse report": (mail(content_type="multipart/report; report-type=feedback-report"), Kind.ABUSE_REPORT),
    "some other report": (mail(content_type="multipart/report; report-type=tlsrpt"), Kind.AUTOMATIC),
    "calendar reply": (mail(parts=("multipart/alternative", "text/calendar; method=reply")), Kind.CALENDAR),
    "list": (mail(("list-id", "<x.example.net>"), ("precedence", "list")), Kind.LIST),
    "newsletter": (mail(("list-unsubscribe", "<mailto:x@example.net>")), Kind.LIST),
    "list without an id": (mail(("precedence", "list")), Kind.LIST),
    "Boxbe": (mail(("x-boxbe-id", "1")), Kind.CHALLENGE),
    "SpamArrest": (mail(sender="verify@spamarrest.com"), Kind.CHALLENGE),
    "TMDA": (mail(("x-delivery-agent", "TMDA/1.1"), ("precedence", "bulk")), Kind.CHALLENGE),
}  # fmt: skip
PEOPLE = {
    "nothing special": mail(),
    "iPhone": mail(("x-mailer", "iPhone Mail (21A329)"), ("auto-submitted", "no")),
    "Outlook that suppresses answers": mail(SUPPRESS, ("x-ms-has-attach", ""), ("x-originating-ip", "[192.0.2.1]")),
    "writes that she is out of office": mail(subject="Out of office next week, can we move?"),
    "writes so in German": mail(subject="Abwesenheit am Montag"),
    "answers an automatic reply": mail(SUPPRESS, subject="Re: Automatic reply: your appointment"),
    "speaks of vacation": mail(SUPPRESS, subject="My vacation plans"),
    "is out of office, by Outlook": mail(SUPPRESS, subject="Out of office next week, can we move?"),
    "speaks of vacations": mail(SUPPRESS, subject="vacationing until June"),
    "says no": mail(("auto-submitted", "No"), ("x-autoreply", "no"), ("x-auto-reply", " False ")),
    "empty header": mail(("auto-submitted", ""), ("x-autorespond", "")),
    "first class": mail(("precedence", "first-class")),
    "user of TMDA": mail(("x-delivery-agent", "TMDA/1.1"), ("x-primary-address", "ana@example.net")),
    "answers us with a sales program": mail(("list-unsubscribe", "<mailto:x>"), references=ANSWER),
    "answers us": mail(references=ANSWER),
    "sends an invitation": mail(parts=("multipart/mixed", "text/plain", "text/calendar; method=request")),
    "forwards a report": mail(content_type="multipart/mixed", parts=("multipart/mixed", "message/rfc822")),
    "fifty hops": mail(*[("received", "x")] * 50),
}
LOOPS = {
    "51 hops": mail(*[("received", "x")] * 51),
    "our notification": mail(message_id="<notice-1@reply.example.org>"),
    "our sender, automatic": mail(("auto-submitted", "auto-generated"), sender="relay@example.org"),
    "our notification as list mail": mail(("list-id", "x"), message_id="<notice-1@reply.example.org>"),
}


@pytest.mark.parametrize(("read", "kind"), MACHINES.values(), ids=MACHINES)
def test_classify_names_the_machine(read: Parsed, kind: Kind) -> None:
    assert kind_of(read) is kind


@pytest.mark.parametrize("read", PEOPLE.values(), ids=PEOPLE)
def test_classify_lets_people_pass(read: Parsed) -> None:
    assert kind_of(read) is None


@pytest.mark.parametrize("read", LOOPS.values(), ids=LOOPS)
@pytest.mark.parametrize("mail_from", ["ana@example.net", ""])
def test_classify_refuses_loops_first(read: Parsed, mail_from: str) -> None:
    with pytest.raises(Refused) as no:
        kind_of(read, mail_from)
    assert no.value.reason is Refusal.LOOP


@pytest.mark.parametrize(
    ("read", "kind"),
    {
        "anything": (mail(), Kind.AUTOMATIC),
        "out of office": (mail(subject="Out of Office: back on Monday"), AWAY),
        "report": (mail(content_type="multipart/report; report-type=delivery-status"), Kind.DELIVERY_REPORT),
        "list": (mail(("list-id", "x")), Kind.LIST),
    }.values(),
)
def test_the_null_sender_is_a_machine(read: Parsed, kind: Kind) -> None:
    assert kind_of(read, "") is kind


def test_our_own_sender_without_a_sign_of_a_machine_is_no_loop() -> None:
    assert kind_of(mail(sender="relay@example.org")) is None


def test_every_rule_decides_something() -> None:
    read = [each for each, _ in MACHINES.values()]
    for rule in RULES:
        assert any(rule(each, "ana@example.net", OURS.__contains__) is not None for each in read), rule.__name__


def test_classify_is_linear_in_the_subject() -> None:
    read = mail(SUPPRESS, subject="auto " * 100_000)
    assert takes_at_most(0.2, lambda: kind_of(read)) is None
