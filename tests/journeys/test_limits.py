"""Who sends too much hears 451, and everybody else goes on: limits by address, person, thread (issue: doors, 2)."""

from __future__ import annotations

import smtplib
from pathlib import Path

import pytest

from tests.live import Captive, Practice, a_reply, practice

Mail = tuple[str, str, str]  #: writer, client, provider
TO_LEE, TO_KIM, OF_LEE = ("ana", "ana", "lee"), ("ana", "ana", "kim"), ("lee", "ana", "lee")
HERE, ELSEWHERE = "127.0.0.1", "127.0.0.2"

#: key → two that pass, the third that does not, and one that passes all the same
STORIES: dict[str, tuple[tuple[Mail, Mail], Mail, tuple[Mail, str]]] = {
    "PER_IP": ((TO_LEE, OF_LEE), TO_KIM, (TO_KIM, ELSEWHERE)),
    "PER_PERSON": ((TO_LEE, TO_KIM), TO_LEE, (OF_LEE, HERE)),
    "PER_THREAD": ((TO_LEE, OF_LEE), TO_LEE, (TO_KIM, HERE)),
}


def send(made: Practice, mail: Mail, text: str, *, ip: str = HERE) -> tuple[int, str]:
    """Send it from that address of this machine; give what decided."""
    writer, client, provider = mail
    sender = {"ana": "ana@client.test", "lee": "lee@practice.test"}[writer]
    to = made.address(client, provider, writer)
    with smtplib.SMTP(HERE, made.smtp_port, timeout=60, source_address=(ip, 0)) as session:
        session.ehlo()
        for code, line in (session.mail(sender), session.rcpt(to)):
            if code >= 400:
                return code, line.decode()
        code, line = session.data(a_reply(to, text, sender))
        return code, line.decode()


@pytest.mark.parametrize("key", STORIES)
def test_the_third_of_two_comes_too_fast_and_others_pass(key: str, tmp_path: Path) -> None:
    passing, third, (other, ip) = STORIES[key]
    off = dict.fromkeys(("RELAY_LIMITS__PER_IP", "RELAY_LIMITS__PER_PERSON", "RELAY_LIMITS__PER_THREAD"), "")
    with Captive() as smarthost, practice(tmp_path, smarthost.port, **{**off, f"RELAY_LIMITS__{key}": "2/60m"}) as made:
        made.start()
        for number, mail in enumerate(passing):
            assert send(made, mail, f"Passes {number}")[0] == 250
        code, line = send(made, third, "Comes too fast")
        assert (code, line[:5]) == (451, "4.7.1")
        assert send(made, other, "Passes all the same", ip=ip)[0] == 250
        outcomes = [(row["outcome"], row["reason"]) for row in made.json("journal")]
        assert sorted(outcomes, key=str) == [("deferred", "too-fast"), *[("stored", None)] * 3]
        assert made.run("journal", "--balance")[0] == 0
