"""From a mailbox's section to a connection that is signed in: TCP, TLS, then a password or a token.

The password's file is read anew each time, so a new one needs no restart. Certificates are checked against the system's
authorities and the host's name, always; without TLS only where the section says so (relay/checks.py asks for loopback).
Nothing is sent before TLS is up, and what a server said before is forgotten (RFC 3501 §6.2.1, by imaplib). Raises
Trouble. Sources: RFC 8314 §3.2 (TLS), RFC 4616 (PLAIN), XOAUTH2 as Google and Microsoft describe it.
"""

from __future__ import annotations

import logging
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from imapclient import IMAPClient, SocketTimeout

from inbound.imap_talk import Talk, Trouble, translated
from inbound.imap_tokens import Tokens
from relay.settings import InboundImap


@dataclass(frozen=True, slots=True)
class Patience:
    """How many seconds the network gets."""

    connect: float = 10.0
    answer: float = 30.0


def sign_in(section: InboundImap, tokens: Tokens | None, patience: Patience, most: int) -> Talk:
    """Open a connection and sign in. `most` octets may a mail have. Raises Trouble."""
    logging.getLogger("imapclient").setLevel(logging.CRITICAL)  # its words hold the server's, and ours
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2  # RFC 8996
    timeout = SocketTimeout(connect=patience.connect, read=patience.answer)
    with translated(lost="unreachable"):
        client = IMAPClient(
            section.host, section.port, ssl=section.security == "tls", ssl_context=context, timeout=timeout
        )  # fmt: skip
    client._imap.debug = 0  # imapclient has every line and every literal spelled out for a log that nobody keeps
    try:
        if section.security == "starttls":
            with translated(lost="unreachable", no="tls-failed"):
                client.starttls(context)
        if tokens is not None:
            _by_token(client, section.user, tokens)
        else:
            _by_password(client, section)
        return Talk(client, patience.answer, most)
    except Exception:
        with suppress(Trouble), translated():
            client.shutdown()
        raise


def _by_password(client: IMAPClient, section: InboundImap) -> None:
    word = password(section)
    with translated(no="login-refused"):
        if client.has_capability("AUTH=PLAIN"):
            client.plain_login(section.user, word)
        else:
            client.login(section.user, word)


def password(section: InboundImap) -> str:
    """Give the password, from its file where there is one. Raises Trouble."""
    word = section.password.get_secret_value() if section.password is not None else ""
    if section.password_file is not None:
        try:
            word = section.password_file.read_text().strip("\r\n")
        except (OSError, UnicodeDecodeError):
            raise Trouble("no-password") from None
    return word


def _by_token(client: IMAPClient, user: str, tokens: Tokens) -> None:
    """Sign in by XOAUTH2; a token that was kept and is refused is exchanged for a fresh one, once."""
    token, kept = tokens.get()
    try:
        with translated(no="login-refused"):
            client.sasl_login("XOAUTH2", _say_once(f"user={user}\1auth=Bearer {token}\1\1"))
    except Trouble as trouble:
        if trouble.code != "login-refused":
            raise
        tokens.forget()
        if not kept:
            raise
        token, _ = tokens.get()
        with translated(no="login-refused"):
            client.sasl_login("XOAUTH2", _say_once(f"user={user}\1auth=Bearer {token}\1\1"))


def _say_once(words: str) -> Callable[[bytes], bytes]:
    """Say it at the first challenge; a second one is the server's complaint, which wants an empty answer."""
    answers = iter((words.encode(),))
    return lambda _challenge: next(answers, b"")
