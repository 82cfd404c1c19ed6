"""The peers of `make bench-replies`, each as f(mail) -> new text: the plain part if there is one, else the HTML part.

A peer that reads HTML is handed HTML; the others get the lines that Relay makes of it, which serves them better than
inscriptis does. Development only: unquotemail brings html2text, which is GPL.
"""

from __future__ import annotations

import email
import email.policy
from collections.abc import Callable
from email.message import EmailMessage

import quotequail
from email_reply_parser import EmailReplyParser
from mailparser_reply import EmailReplyParser as MailParserReply
from mailparser_reply.constants import MAIL_LANGUAGES
from unquotemail import Unquote

from relay.html_text import html_lines

MANY_LANGUAGES = MailParserReply(languages=[name for name in MAIL_LANGUAGES if len(name) == 2])


def _bodies(octets: bytes) -> tuple[str, str]:
    mail = email.message_from_bytes(octets, policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    found = {"plain": "", "html": ""}
    for kind in found:
        part = mail.get_body((kind,))
        if isinstance(part, EmailMessage):
            found[kind] = str(part.get_content()).replace("\r\n", "\n")
    plain = found["plain"]
    return (plain, "") if plain.strip() else ("", found["html"])


def _rendered(markup: str) -> str:
    return "\n".join(html_lines(markup).texts)


def _by_text(parse: Callable[[str], str | None], octets: bytes) -> str:
    plain, markup = _bodies(octets)
    return parse(plain or _rendered(markup)) or ""


def mail_parser_reply(octets: bytes) -> str:
    """Ask for the latest reply, in every language that it knows."""
    return _by_text(MANY_LANGUAGES.parse_reply, octets)


def email_reply_parser(octets: bytes) -> str:
    """Ask for the reply."""
    return _by_text(EmailReplyParser.parse_reply, octets)


def quotequail_unwrap(octets: bytes) -> str:
    """Take what stands above and below the wrapped mail."""
    plain, markup = _bodies(octets)
    if plain:
        found = quotequail.unwrap(plain)
        return "\n".join(found.get(place, "") for place in ("text_top", "text_bottom")) if found else plain
    found = quotequail.unwrap_html(markup) if markup else None
    return _rendered("".join(found.get(place, "") for place in ("html_top", "html_bottom")) if found else markup)


def unquotemail(octets: bytes) -> str:
    """Ask for the text."""
    plain, markup = _bodies(octets)
    return Unquote(markup or None, plain or None).get_text() or "" if plain or markup else ""
