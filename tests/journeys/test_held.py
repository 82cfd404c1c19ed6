"""A mail from an unknown address, end to end: held, asked about, confirmed or discarded by real SMTP and real pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.live import Captive, Practice, a_reply, fill, practice, words_of

NEW = "ana.private@mail.test"
PEOPLE = """\
id,role,name,email
ana,client,Ana Ruiz,ana@client.test
lee,provider,Dr. Lee,lee@practice.test
kim,provider,Dr. Kim,kim@practice.test
bo,client,Bo Berg,bo@client.test
sue,support,Sue,sue@practice.test
"""
RELATIONSHIPS = "client,provider,state\nana,lee,active\nana,kim,active\nbo,lee,active\nbo,kim,active\n"


@pytest.fixture(scope="module")
def smarthost() -> Iterator[Captive]:
    with Captive() as captive:
        yield captive


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, smarthost: Captive) -> Iterator[Practice]:
    hold = {"RELAY_INBOUND__TRUST__UNKNOWN_SENDER": "hold"}
    with practice(tmp_path_factory.mktemp("held"), smarthost.port, PEOPLE, RELATIONSHIPS, **hold) as made:
        made.start()
        yield made


def receipt_of(line: str) -> str:
    found = re.search(r"[0-9a-f]{16}", line)
    assert found, line
    return found[0]


def receipt(running: Practice, id: str) -> dict[str, Any]:
    return next(row for row in running.json("journal") if row["receipt"] == id)


def owed(running: Practice, kind: str, to: str) -> list[dict[str, Any]]:
    return [row for row in running.json("outbox") if (row["kind"], row["to"]) == (kind, to)]


def test_a_mail_is_held_until_it_is_confirmed_and_its_address_remembered(running: Practice, smarthost: Captive) -> None:
    to = running.address("ana", "lee", "ana")
    told_lee = len(owed(running, "message", "lee"))
    code, line = running.send(a_reply(to, "Zebra asks: is Monday all right?", NEW), to, NEW)
    assert (code, line.split()[0]) == (250, "2.0.0")
    held = receipt(running, receipt_of(line))
    assert (held["outcome"], held["reason"], held["kind"]) == ("held", None, None)
    assert running.thread() == []
    assert len(owed(running, "message", "lee")) == told_lee
    (question,) = owed(running, "held", "ana")
    mail = smarthost.wait_for(question["message_id"])
    assert (mail["To"], mail["Reply-To"]) == ("ana@client.test", None)
    for body in (mail.get_body(("plain",)), mail.get_body(("html",))):
        assert "zebra" not in body.get_content().lower()
        assert NEW not in body.get_content()
    link = re.search(r"http://\S+(/t/\S+/held)", mail.get_body(("plain",)).get_content())
    assert link
    with running.sign_in(smarthost, "kim@practice.test") as kim:
        assert "Zebra" not in kim.get("/held").text
    with running.sign_in(smarthost, "ana@client.test", link[1]) as ana:
        page = ana.get("/held").text
        assert "Zebra asks: is Monday all right?" in page
        assert NEW in page
        assert "I wrote this" in page
        assert receipt(running, held["receipt"]) == held  # a GET changes nothing
        done = fill(ana, "/held", action=f"/held/{held['receipt']}", do="confirm", remember="1")
        assert "Zebra asks: is Monday all right?" in done.text
        assert "/t/" in str(done.url)
    (message,) = running.thread()
    assert (message["from"], message["text"], message["via"]) == ("ana", "Zebra asks: is Monday all right?", "smtp")
    assert message["sent_at"][:19] == held["at"][:19]
    after = receipt(running, held["receipt"])
    assert after["outcome"] == "stored"
    assert after["trace"] == [*held["trace"], "confirm", "authorise", "store"]
    assert len(owed(running, "message", "lee")) == told_lee + 1
    assert {row["id"]: row["remembered"] for row in running.json("people") if row["remembered"]} == {"ana": 1}
    code, line = running.send(a_reply(to, "Straight in", NEW), to, NEW)
    assert code == 250
    assert receipt(running, receipt_of(line))["outcome"] == "stored"
    running.ok("apply")
    assert {row["id"]: row["remembered"] for row in running.json("people") if row["remembered"]} == {"ana": 1}
    assert running.run("people", "--forget", "ana", "--address", "other@mail.test")[0] == 1
    (row,) = running.json("people", "--forget", "ana", "--address", "Ana.Private@mail.test")
    assert (row["id"], row["remembered"]) == ("ana", 0)
    code, line = running.send(a_reply(to, "Asked about again", NEW), to, NEW)
    assert receipt(running, receipt_of(line))["outcome"] == "held"
    actions = words_of(running.json("audit", "show"), "action")
    assert actions[-1] == "held"
    assert {"held", "confirmed", "remembered", "forgotten"} <= set(actions)
    assert running.ok("audit", "verify").startswith("ok")


def test_a_mail_that_its_holder_did_not_write_is_erased_and_support_is_told(
    running: Practice, smarthost: Captive
) -> None:
    stolen = running.address("bo", "lee", "bo")
    octets = a_reply(stolen, "Give me a refill", "mallory@evil.test")
    _, line = running.send(octets, stolen, "mallory@evil.test")
    held = receipt_of(line)
    with running.sign_in(smarthost, "bo@client.test") as bo:
        assert "for your word" in bo.get("/").text
        assert "discarded and erased" in fill(
            bo, "/held", action=f"/held/{held}", do="discard", not_mine="1"
        ).text  # fmt: skip
    after = receipt(running, held)
    assert (after["outcome"], after["kind"], after["trace"][-1]) == ("consumed", "discarded", "discard")
    item = owed(running, "stranger", "sue")[-1]
    mail = smarthost.wait_for(item["message_id"])
    assert "relay address CLIENT PROVIDER --for bo --revoke" in mail.get_body(("plain",)).get_content()
    assert "mallory" not in mail.as_string()
    assert running.thread("bo", "lee") == []
    code, line = running.send(octets, stolen, "mallory@evil.test")
    assert code == 250
    assert receipt(running, receipt_of(line))["kind"] == "duplicate"


def test_the_fourth_of_a_day_is_refused_and_its_holder_gets_one_mail(running: Practice) -> None:
    to = running.address("bo", "kim", "bo")
    before = len(owed(running, "held", "bo"))
    answers = [running.send(a_reply(to, f"Number {number}", NEW), to, NEW) for number in range(4)]
    assert [code for code, _ in answers] == [250, 250, 250, 550]
    assert answers[3][1].split()[0] == "5.7.1"
    assert [receipt(running, receipt_of(line))["outcome"] for _, line in answers[:3]] == ["held"] * 3
    assert running.json("journal")[-1]["reason"] == "other-sender"
    assert len(owed(running, "held", "bo")) == before + 1
    assert running.json("status")["journal"]["held"] >= 3


def test_forget_is_for_people_who_are_there(running: Practice) -> None:
    assert running.run("people", "--forget", "nobody")[0] == 1
    assert running.run("people", "--address", "x@y.test")[0] == 2
    code, out, err = running.run("people", "--forget", "kim")
    assert (code, len(out.splitlines()), err) == (0, 2, "kim: none is remembered\n")
