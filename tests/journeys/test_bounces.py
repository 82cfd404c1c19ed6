"""Mail that comes back, with a relay of its own: the report (RFC 3464) stops the mails, Support is told, once."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.live import Captive, Practice, practice

PATIENCE = 30.0
CLIENTS = ("ana", "bea", "cy", "dot", "eli")  #: one for each story
PEOPLE = "id,role,name,email\nlee,provider,Dr. Lee,lee@practice.test\nsue,support,Sue,sue@practice.test\n" + "".join(
    f"{each},client,Canary Name,{each}@client.test\n" for each in CLIENTS
)
RELATIONSHIPS = "client,provider,state\n" + "".join(f"{each},lee,active\n" for each in CLIENTS)
REPORT = """\
From: Mail Delivery System <MAILER-DAEMON@mx.there.test>
To: {to}
Subject: Undelivered Mail Returned to Sender
Message-ID: <{id}@mx.there.test>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.there.test

Final-Recipient: rfc822; somebody-else@there.test
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} canary: no such user

--b
Content-Type: text/rfc822-headers

Subject: New secure message

--b--
"""


@dataclass
class Story:
    """A client of a running relay, and the smarthost that got her mails."""

    running: Practice
    smarthost: Captive
    client: str = "ana"

    def of(self, client: str) -> Story:
        return Story(self.running, self.smarthost, client)

    @property
    def address(self) -> str:
        return f"{self.client}@client.test"

    def post(self) -> str:
        """Write something new to the client; give the id of the mail that is owed for it."""
        words = f"Canary words, {time.monotonic_ns()}"
        self.running.ok("post", "--from", "lee", "--to", self.client, words)
        return f"{self._ask('SELECT max(id) FROM notification WHERE why = ?', 'message')[0]:016x}"

    def until(self, about: str, state: str) -> str:
        """Wait for that state; give the row's last_error. (A command a glance would take minutes.)"""
        end, query = time.monotonic() + PATIENCE, "SELECT state, last_error FROM notification WHERE id = ?"
        while (found := self._ask(query, int(about, 16)))[0] != state:
            assert time.monotonic() < end, found
            time.sleep(0.1)
        return str(found[1])

    def _ask(self, query: str, value: object) -> Any:
        with contextlib.closing(sqlite3.connect(self.running.folder / "relay.db")) as database:
            return database.execute(query, (value,)).fetchone()

    def rows(self) -> list[tuple[str, str]]:
        """List what was owed to the client, and the items for Support."""
        found = [(row["kind"], row["to"]) for row in self.running.json("outbox")]
        return [(kind, to) for kind, to in found if to == self.client or kind == "unreachable"]

    def sent(self) -> tuple[str, str]:
        """Post, and wait for the mail; give its id and its envelope sender."""
        about = self.post()
        self.until(about, "sent")
        mark = f"Message-ID: <n{about}.".encode()
        return about, next(sender for sender, _, octets in self.smarthost.mails if mark in octets)

    def report(self, to: str, *, action: str = "failed", status: str = "5.1.1") -> None:
        """Mail a report as another server does: from nobody, to the envelope sender of what came back."""
        mail = REPORT.format(to=to, id=time.monotonic_ns(), action=action, status=status)
        assert self.running.send(mail.replace("\n", "\r\n").encode(), to, sender="")[0] == 250

    def die(self) -> tuple[str, str]:
        about, sender = self.sent()
        self.report(sender)
        return about, sender

    def listed(self) -> tuple[bool, int, int]:
        row = next(row for row in self.running.json("people") if row["id"] == self.client)
        return row["unreachable"], row["dead_addresses"], row["soft_bounces"]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    folder = tmp_path_factory.mktemp("bounces")
    with Captive() as smarthost, practice(folder, smarthost.port, PEOPLE, RELATIONSHIPS) as running:
        running.start()
        yield Story(running, smarthost)
        assert "canary" not in running.log.read_text().lower()


def test_a_hard_report_stops_the_mails_and_support_is_told_once(story: Story) -> None:
    ana = story.of("ana")
    before = len(ana.rows())
    heard = sum(row["to"] == "sue" for row in story.running.json("outbox"))
    about, sender = ana.die()
    assert ana.until(about, "failed") == "bounced 5.1.1"
    mails = story.smarthost.wait(heard + 1, "sue@practice.test", PATIENCE)
    told = [mail for mail in mails if "ana" in mail["Subject"]]
    assert [mail["Subject"] for mail in told] == ["Mail to client ana comes back"]
    for content in ("canary", "somebody-else", ana.address):
        assert content not in told[0].as_string().lower()
    assert story.running.json("journal")[-1]["kind"] == "delivery-report"
    assert ana.listed() == (True, 1, 0)
    assert story.running.json("status")["unreachable"] >= 1

    assert ana.until(ana.post(), "cancelled") == "address marked as dead"
    ana.report(sender)  # the same again
    assert ana.rows()[before:] == [("message", "ana"), ("unreachable", "sue"), ("message", "ana")]
    assert [to for _, to, _ in story.smarthost.mails].count(ana.address) == 1


def test_reviving_sends_again_and_tells_what_waits(story: Story) -> None:
    bea = story.of("bea")
    _, sender = bea.die()
    bea.until(bea.post(), "cancelled")
    assert "yes" not in story.running.ok("people", "--revive", "bea")
    story.smarthost.wait(2, bea.address, PATIENCE)  # one mail for all that waits
    assert bea.rows().count(("message", "bea")) == 3
    last = story.running.json("audit", "show")[-1]
    assert (last["actor"], last["action"], last["subject"]) == ("operator", "revived", "addresses of bea")
    bea.report(sender)  # about a mail of before
    assert bea.listed() == (False, 0, 0)
    code, _, err = story.running.run("people", "--revive", "bea")
    assert (code, err) == (0, "bea: none is dead\n")
    code, _, err = story.running.run("people", "--revive", "zoe")
    assert (code, err) == (1, "zoe: no such person; `relay people` lists them\n")


def test_a_new_address_in_the_roster_begins_anew(story: Story) -> None:
    cy = story.of("cy")
    cy.die()
    cy.until(cy.post(), "cancelled")
    story.running.ok("apply")
    assert cy.listed() == (True, 1, 0)
    (story.running.folder / "people.csv").write_text(PEOPLE.replace(cy.address, "cy@new.test"))
    story.running.ok("apply")
    assert cy.listed() == (False, 0, 0)
    (mail,) = story.smarthost.wait(1, "cy@new.test", PATIENCE)
    assert mail["Subject"] == "New secure message from Riverside Practice"


def test_a_soft_report_stops_nothing_and_is_counted(story: Story) -> None:
    dot = story.of("dot")
    about, sender = dot.sent()
    dot.report(sender, action="delayed", status="4.4.1")
    dot.report(sender, status="5.7.26")
    assert dot.until(about, "failed") == "bounced 5.7.26"
    assert dot.listed() == (False, 0, 2)
    dot.sent()


def test_the_smarthosts_own_no_about_the_address_stops_the_mails(story: Story) -> None:
    eli, answers = story.of("eli"), story.smarthost.answers
    answers[eli.address] = "550 5.7.1 relaying denied"
    assert eli.until(eli.post(), "failed") == "550 5.7.1 smarthost refused the mail"
    assert eli.listed() == (False, 0, 0)
    answers[eli.address] = "550 5.1.1 canary: no such user"
    assert eli.until(eli.post(), "failed") == "550 5.1.1 smarthost refused the mail"
    del answers[eli.address]
    assert eli.listed() == (True, 1, 0)
    assert eli.until(eli.post(), "cancelled") == "address marked as dead"
