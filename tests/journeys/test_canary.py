"""No content leaks: unique words are found in `relay thread` and nowhere else, in any encoding (R3, DESIGN: 5)."""

from __future__ import annotations

import base64
import gzip
import quopri
import urllib.parse
import zlib
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from tests.live import Captive, Practice, fill, practice, relay

CANARIES = {
    "text": "wombatquux",
    "subject": "lemurquux",
    "display name": "tapirquux",
    "file name": "ocelotquux",
    "file content": "bongoquux",
    "quoted text": "dingoquux",
    "roster name": "kudzuquux",
    "unknown address": "geckoquux",
}
PEOPLE = f"""\
id,role,name,email
ana,client,Ana {CANARIES["roster name"]},ana@client.test
lee,provider,Lee,lee@practice.test
"""
RELATIONSHIPS = "client,provider,state\nana,lee,active\n"


def a_mail_full_of_content(to: str) -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = f"{CANARIES['display name']} <ana@client.test>"
    mail["To"] = to
    mail["Subject"] = f"About the {CANARIES['subject']}"
    mail["Message-ID"] = "<canary@client.test>"
    mail.set_content(
        f"I saw a {CANARIES['text']} today\n\nOn Monday Lee <lee@practice.test> wrote:\n> {CANARIES['quoted text']}\n"
    )
    table = f"day,animal\nmonday,{CANARIES['file content']}\n"
    mail.add_attachment(table, subtype="csv", filename=f"{CANARIES['file name']}.csv")
    return mail.as_bytes()


def encodings(word: str) -> Iterator[bytes]:
    """Every way in which a word could stand in a file or a mail."""
    for spelled in (word, word.upper(), word.title()):
        plain = spelled.encode()
        yield from (plain, spelled.encode("utf-16-le"), spelled.encode("utf-16-be"), plain.hex().encode())
        yield urllib.parse.quote(spelled).encode()
        yield quopri.encodestring(plain)
        for before in (b"", b"x", b"xy"):  # base64 of the word at each of the three offsets, without its ragged ends
            whole = base64.b64encode(before + plain)
            yield whole[4:-4]
            yield base64.b32encode(before + plain)[8:-8]


def hits(octets: bytes) -> list[str]:
    found = [
        name for name, word in CANARIES.items() if any(form in octets for form in encodings(word) if len(form) > 5)
    ]
    for packed in (gzip.decompress, zlib.decompress):
        try:
            unpacked = packed(octets)
        except (OSError, EOFError, zlib.error):
            continue
        found += hits(unpacked) if unpacked else []
    return found


@pytest.fixture(scope="module")
def smarthost() -> Iterator[Captive]:
    with Captive() as captive:
        yield captive


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory, smarthost: Captive) -> Iterator[Practice]:
    hold = {"RELAY_INBOUND__TRUST__UNKNOWN_SENDER": "hold"}
    with practice(tmp_path_factory.mktemp("canary"), smarthost.port, PEOPLE, RELATIONSHIPS, **hold) as made:
        made.start()
        to = made.address("ana", "lee", "ana")
        octets = a_mail_full_of_content(to)
        assert made.send(octets, to)[0] == 250
        assert made.send(octets, to)[0] == 250  # a second copy
        sender = f"{CANARIES['unknown address']}@stranger.test>".encode()
        for name in (b"confirmed", b"discarded", b"waits"):
            unknown = octets.replace(b"ana@client.test>", sender).replace(b"<canary@", b"<%b@" % name)
            assert made.send(unknown, to)[0] == 250
        held = [row["receipt"] for row in made.json("journal") if row["outcome"] == "held"]
        with made.sign_in(smarthost, "ana@client.test") as ana:
            fill(ana, "/held", action=f"/held/{held[0]}", do="confirm", remember="1")
            fill(ana, "/held", action=f"/held/{held[1]}", do="discard", not_mine="1")
        assert made.send(unknown.replace(b"<waits@", b"<fourth@"), to)[0] == 250  # it is remembered
        damaged = unknown.replace(b"From: ", b"From: x@client.test, ").replace(b"<waits@", b"<fifth@")
        assert made.send(damaged, to)[0] == 550
        assert made.send(octets, "relay@reply.practice.test")[0] == 250
        made.ok("post", "--from", "lee", "--to", "ana", f"and a {CANARIES['text']} back")
        smarthost.wait(3)
        yield made


def test_what_was_held_is_where_it_belongs(used: Practice) -> None:
    assert [row["outcome"] for row in used.json("journal")].count("held") == 1
    assert [row["remembered"] for row in used.json("people")] == [1, 0]
    assert len(used.thread()) == 4


def test_the_words_are_in_the_thread(used: Practice) -> None:
    message = used.thread()[0]
    assert message["text"] == f"I saw a {CANARIES['text']} today"
    assert message["subject"] == f"About the {CANARIES['subject']}"
    assert message["attachments"][0]["name"] == f"{CANARIES['file name']}.csv"


def test_the_search_finds_a_word_in_every_encoding() -> None:
    octets = f"abc {CANARIES['text']} def".encode()
    for form in (
        octets,
        base64.b64encode(octets),
        octets.hex().encode(),
        octets.decode().encode("utf-16"),
        gzip.compress(octets),
    ):
        assert hits(form) == ["text"]


def test_no_mail_that_went_out_holds_a_word(used: Practice, smarthost: Captive) -> None:
    for _, to, octets in smarthost.mails:
        assert hits(octets) == [], to


def test_no_log_and_no_page_of_the_operator_holds_a_word(used: Practice) -> None:
    assert hits(used.log.read_bytes()) == []
    for page in ("healthz", "readyz", "metrics"):
        assert hits(used.get(page)[1].encode()) == []


@pytest.mark.parametrize("words", ["people", "threads", "status", "outbox", "journal", "audit show"])
def test_no_list_holds_a_word(words: str, used: Practice) -> None:
    for more in ([], ["--json"]):
        assert hits(used.ok(*words.split(), *more).encode()) == []


def test_no_file_of_the_data_folder_holds_a_word(used: Practice) -> None:
    """The database, its write-ahead log, the key ring: all of them, while the relay runs."""
    looked_at = [path for path in used.folder.rglob("*") if path.is_file() and path.name != "people.csv"]
    assert {"relay.db", "relay.db-wal", "ring.db"} <= {path.name for path in looked_at}
    for path in looked_at:
        assert hits(path.read_bytes()) == [], path.name


def test_an_error_holds_no_word(used: Practice, tmp_path: Path) -> None:
    broken = tmp_path / "mail.eml"
    broken.write_bytes(a_mail_full_of_content("x@y.test")[:300])
    code, out, err = relay(used.folder, "post", "--from", "lee", "--to", CANARIES["text"], "x", env=used.env)
    assert code == 1
    assert hits(out.encode()) == []
    assert "no such person" in err
