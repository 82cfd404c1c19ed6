"""A reply as a mail program would write it: the new words, then the notification quoted in that program's own way.

From the octets of a mail that somebody got, who answers and what, into the octets of the answer. Pure: the Message-ID
and the time are handed in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from email.utils import format_datetime
from html import escape
from typing import Literal

Program = Literal["gmail", "outlook", "apple"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What somebody types into their mail program after hitting Reply."""

    writer: str = field(repr=False)  #: their mailbox address
    text: str = field(repr=False)
    program: Program
    at: datetime
    message_id: str


@dataclass(frozen=True, slots=True)
class _Original:
    sender: str
    to: str
    subject: str
    at: datetime
    text: str
    html: str


def reply_to(got: bytes, answer: Answer) -> bytes:
    """Write the reply to a notification: to its Reply-To, in its thread, quoting all of it."""
    mail = message_from_bytes(got, policy=default)
    original = _Original(
        sender=str(mail["From"]),
        to=str(mail["To"]),
        subject=str(mail["Subject"]),
        at=mail["Date"].datetime,
        text=_body(mail, "plain"),
        html=_body(mail, "html"),
    )
    text, html = QUOTE[answer.program](original, answer.text)
    reply = EmailMessage(policy=SMTP)
    reply["From"] = answer.writer
    reply["To"] = (mail["Reply-To"] or mail["From"]).addresses
    reply["Subject"] = f"Re: {original.subject}"
    reply["Date"] = format_datetime(answer.at)
    reply["Message-ID"] = answer.message_id
    reply["In-Reply-To"] = str(mail["Message-ID"])
    reply["References"] = " ".join(filter(None, [str(mail["References"] or ""), str(mail["Message-ID"])]))
    reply.set_content(text)
    reply.add_alternative(html, subtype="html")
    return reply.as_bytes()


def _body(mail: EmailMessage, kind: Literal["plain", "html"]) -> str:
    part = mail.get_body((kind,))
    return str(part.get_content()) if part is not None else ""


def _paragraphs(text: str) -> str:
    return "".join(f"<div>{escape(line) or '<br>'}</div>" for line in text.splitlines())


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def _gmail(original: _Original, text: str) -> tuple[str, str]:
    when = original.at.strftime("%a, %b %d, %Y at %I:%M %p")
    line = f"On {when} {original.sender} wrote:"
    html = (
        f'<div dir="ltr">{_paragraphs(text)}</div><br><div class="gmail_quote gmail_quote_container">'
        f'<div dir="ltr" class="gmail_attr">{escape(line)}<br></div>'
        f'<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex">{original.html}</blockquote></div>'
    )
    return f"{text}\n\n{line}\n\n{_quoted(original.text)}\n", html


def _apple(original: _Original, text: str) -> tuple[str, str]:
    line = f"On {original.at.strftime('%d %b %Y, at %H:%M')}, {original.sender} wrote:"
    html = (
        f'<html><body dir="auto">{_paragraphs(text)}<br><div dir="ltr"><blockquote type="cite">{escape(line)}<br><br>'
        f'</blockquote></div><blockquote type="cite"><div dir="ltr">{original.html}</div></blockquote></body></html>'
    )
    return f"{text}\n\n{_quoted(line)}\n> \n{_quoted(original.text)}\n", html


def _outlook(original: _Original, text: str) -> tuple[str, str]:
    head = [
        ("From", original.sender),
        ("Sent", original.at.strftime("%A, %B %d, %Y %I:%M %p")),
        ("To", original.to),
        ("Subject", original.subject),
    ]
    rows = "".join(f"<b>{name}:</b> {escape(value)}<br>" for name, value in head)
    html = (
        f'<html><body><div class="elementToProof">{_paragraphs(text)}</div><div id="appendonsend"></div><hr>'
        f'<div id="divRplyFwdMsg" dir="ltr"><font face="Calibri, sans-serif">'
        f"{rows}</font></div>{original.html}</body></html>"
    )
    lines = "\n".join(f"{name}: {value}" for name, value in head)
    return f"{text}\n\n________________________________\n{lines}\n\n{original.text}\n", html


QUOTE: dict[Program, Callable[[_Original, str], tuple[str, str]]] = {
    "gmail": _gmail,
    "outlook": _outlook,
    "apple": _apple,
}
