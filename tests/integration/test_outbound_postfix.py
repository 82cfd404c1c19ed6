"""Debian's Postfix as the smarthost: what we compose is what arrives beyond it, and its refusals are told in codes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from outbound.results import Failed, Sent
from outbound.send import Smarthost
from relay.domain import Notification
from tests.outbound_world import ANA, LUZ, WITH_LEE, WITH_PAZ, World, owed
from tests.postfix import Postfix, postfix
from tests.smarthosts import Inbox, Sending, run, section, serving, until

FORWARDED = "From: someone@there.example\r\nSubject: x\r\n\r\nGrüße\r\n.\r\n..\r\n".encode()
MAILS: dict[str, Notification] = {
    "english": owed(ANA, "message", WITH_LEE),
    "spanish": owed(LUZ, "message", WITH_PAZ),
    "sign_in": owed(ANA, "sign-in"),
    "forwarded_eight_bit": owed(None, "postmaster", enclosure=FORWARDED),
    "forwarded_damaged": owed(None, "postmaster", enclosure=FORWARDED + b"a\nb\rc\0" + b"x" * 2000),
}
pytestmark = pytest.mark.root


@asynccontextmanager
async def smarthost(settings: Mapping[str, str]) -> AsyncIterator[Postfix]:
    started = postfix(settings)
    server = await asyncio.to_thread(started.__enter__)
    try:
        yield server
    finally:
        await asyncio.to_thread(started.__exit__, None, None, None)


def test_mails_arrive_beyond_postfix_octet_for_octet() -> None:
    beyond = Inbox()
    letters = {name: World().letter(notification) for name, notification in MAILS.items()}

    async def story() -> None:
        async with serving(beyond) as port, smarthost({"relayhost": f"[127.0.0.1]:{port}"}) as server:
            client = Smarthost(section(server.port))
            for letter in letters.values():
                assert await client.send(letter) == Sent()
            await client.close()
            await until(lambda: len(beyond.got) == len(letters))

    run(story)
    for name, letter in letters.items():
        # Postfix puts its Received line on top and changes nothing else.
        assert any(envelope.original_content.endswith(letter.message) for envelope in beyond.got), name
    assert {envelope.mail_from for envelope in beyond.got} == {letter.envelope_from for letter in letters.values()}


def test_a_hundred_mails_go_through_postfix_over_few_connections() -> None:
    beyond = Inbox()

    async def story() -> None:
        async with serving(beyond) as port, smarthost({"relayhost": f"[127.0.0.1]:{port}"}) as server:
            sending = Sending(server.port)
            sending.owe(100)
            async with sending.running():
                await until(lambda: all(row.state == "sent" for row in sending.rows()))
            await until(lambda: len(beyond.got) == 100)
            assert server.log().count("postfix/smtpd") > 0
            assert 1 <= server.log().count(": connect from localhost") - 1 <= 8  # one is the test's own look

    run(story)
    assert len({envelope.mail_from for envelope in beyond.got}) == 100


def test_refusal_of_postfix_is_told_in_codes() -> None:
    settings = {"relayhost": "[127.0.0.1]:9", "smtpd_recipient_restrictions": "reject"}

    async def story() -> None:
        async with smarthost(settings) as server:
            client = Smarthost(section(server.port))
            letter = World().letter(MAILS["english"])
            assert await client.send(letter) == Failed("554 5.7.1 smarthost refused the mail")
            big = replace(letter, message=letter.message + b"x" * 41_000_000)
            assert await client.send(big) == Failed("552 5.3.4 smarthost refused the mail")  # by SIZE, not a byte sent
            await client.close()

    run(story)
