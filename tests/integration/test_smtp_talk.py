"""What the SMTP door answers, command by command: the good, the odd and the hostile, as one table.

A step is what is sent (text gets its CRLF, bytes are sent as they are) and how the reply begins; "" means that the
server has closed. Every story but those marked otherwise begins after EHLO.
"""

from __future__ import annotations

import re

import pytest

from tests.smtp_world import OURS, smtp_world

MAIL = ("MAIL FROM:<ana@example.net>", "250 2.1.0")
RCPT = (f"RCPT TO:<{OURS}>", "250 2.1.5")
DATA = ("DATA", "354")
QUIT = ("QUIT", "221 2.0.0")
KEPT = "250 2.0.0 Kept as 0000000000000001"
GONE = (b"", "")
UNKNOWN = "550 5.1.1 "
Story = list[tuple[str | bytes, str]]

TALKS: dict[str, Story] = {
    # -- what is offered
    "a mail": [MAIL, RCPT, DATA, (b"Subject: x\r\n\r\nhi\r\n.\r\n", KEPT), QUIT, GONE],
    "verbs ignore case": [("mAiL fRoM:<ana@example.net>", "250"), (f"rcpt to:<{OURS}>", "250"), ("data", "354")],
    "blanks after a command": [("NOOP  ", "250"), ("QUIT \t", "221"), GONE],
    "a blank after the colon": [("MAIL FROM: <ana@example.net>", "250"), (f"RCPT TO: <{OURS}>", "250")],
    "the null sender": [("MAIL FROM:<>", "250"), RCPT, DATA],
    "postmaster": [MAIL, ("RCPT TO:<Postmaster>", "250"), DATA],
    "postmaster with a domain": [MAIL, ("RCPT TO:<POSTMASTER@reply.example.org>", "250"), DATA],
    "the address in capitals": [MAIL, (f"RCPT TO:<{OURS.upper()}>", "250"), DATA],
    "a quoted sender": [('MAIL FROM:<"ana\\"s @ box"@example.net>', "250"), RCPT],
    "a sender at an address literal": [("MAIL FROM:<ana@[192.0.2.1]>", "250"), RCPT],
    "a sender with two dots": [("MAIL FROM:<a..b.@example.net>", "250"), RCPT],
    "8BITMIME": [("MAIL FROM:<ana@example.net> BODY=8BITMIME", "250"), RCPT],
    "SMTPUTF8": [("MAIL FROM:<añá@exämple.net> SMTPUTF8", "250"), RCPT],
    "SIZE": [("MAIL FROM:<ana@example.net> size=2000 body=7bit", "250"), RCPT],
    "SIZE of nothing": [("MAIL FROM:<ana@example.net> SIZE=0", "250")],
    "RSET": [MAIL, RCPT, ("RSET", "250 2.0.0"), ("DATA", "503 5.5.1"), MAIL],
    "EHLO again forgets the mail": [MAIL, RCPT, ("EHLO again.example", "250-"), ("DATA", "503"), MAIL],
    "HELO again": [MAIL, ("HELO again.example", "250 mx.example.org"), MAIL],
    "VRFY": [("VRFY ana", "252 2.0.0"), ("VRFY", "501 5.5.4")],
    "EXPN": [("EXPN staff", "502 5.5.1")],
    "HELP": [("HELP", "214 2.0.0"), ("HELP MAIL", "214")],
    "NOOP": [("NOOP", "250 2.0.0"), ("NOOP whatever", "250")],
    "verbs of others": [(verb, "50") for verb in ("ETRN x", "TURN", "ATRN", "SEND FROM:<a@b.test>", "BURL x", "XUSR")],
    "AUTH": [("AUTH PLAIN AGEAYg==", "502 5.5.1"), ("AUTH LOGIN", "502")],
    "STARTTLS without a certificate": [("STARTTLS", "502 5.5.1")],
    "two mails": [MAIL, RCPT, DATA, (b".\r\n", KEPT), MAIL, RCPT, DATA, (b".\r\n", KEPT[:-1] + "2"), QUIT],
    # -- the order of things
    "RCPT before MAIL": [(f"RCPT TO:<{OURS}>", "503 5.5.1")],
    "DATA before MAIL": [("DATA", "503 5.5.1"), ("NOOP", "250")],
    "DATA before RCPT": [MAIL, ("DATA", "503 5.5.1"), RCPT],
    "DATA after refused recipients only": [MAIL, ("RCPT TO:<no@reply.example.org>", UNKNOWN), ("DATA", "503 5.5.1")],
    "MAIL twice": [MAIL, ("MAIL FROM:<bob@example.net>", "503 5.5.1"), RCPT],
    "DATA with words": [MAIL, RCPT, ("DATA now", "501 5.5.4"), DATA],
    "RSET with words": [("RSET now", "501 5.5.4")],
    "QUIT with words": [("QUIT now", "501 5.5.4"), QUIT],
    "EHLO without a name": [("EHLO", "501 5.5.4")],
    "EHLO with two names": [("EHLO a b", "501 5.5.4")],
    "EHLO with a name that is not ASCII": [("EHLO ñ.example", "501 5.5.4")],
    # -- whom mail is for
    "a second recipient": [MAIL, RCPT, ("RCPT TO:<two@reply.example.org>", "452 4.5.3"), DATA],
    "the same recipient twice": [MAIL, RCPT, (f"RCPT TO:<{OURS}>", "452 4.5.3"), DATA],
    "unknown here": [MAIL, ("RCPT TO:<nobody@reply.example.org>", UNKNOWN), RCPT],
    "somebody else's domain": [MAIL, ("RCPT TO:<ana@example.com>", "550 5.7.1 "), RCPT],
    "percent hack": [MAIL, ("RCPT TO:<ana%example.com@reply.example.org>", UNKNOWN)],
    "bang path": [MAIL, ("RCPT TO:<example.com!ana@reply.example.org>", UNKNOWN)],
    "an address in quotes": [MAIL, ('RCPT TO:<"ana@example.com"@reply.example.org>', UNKNOWN)],
    "a source route to elsewhere": [MAIL, ("RCPT TO:<@reply.example.org,@b.example:ana@example.com>", "550 5.7.1 ")],
    "a source route to us": [MAIL, (f"RCPT TO:<@a.example,@b.example:{OURS}>", "250"), DATA],
    "an address literal": [MAIL, ("RCPT TO:<ana@[127.0.0.1]>", "550 5.7.1 ")],
    "our address in quotes": [MAIL, (f'RCPT TO:<"r.token"@{OURS.partition("@")[2]}>', "250 2.1.5"), DATA],
    "percent hack through our name": [MAIL, ("RCPT TO:<ana%example.com@mx.example.org>", "550 5.7.1 ")],
    "bang path to elsewhere": [MAIL, ("RCPT TO:<mx.example.org!ana@example.com>", "550 5.7.1 ")],
    "bang path without a domain": [MAIL, ("RCPT TO:<example.com!ana>", "501 5.1.3")],
    "a source route through our name": [MAIL, ("RCPT TO:<@mx.example.org:ana@example.com>", "550 5.7.1 ")],
    "an address in quotes alone": [MAIL, ('RCPT TO:<"ana@example.com">', "501 5.1.3")],
    "an address within an address": [MAIL, ("RCPT TO:<ana@example.com@reply.example.org>", "501 5.1.3")],
    "our name in brackets": [MAIL, ("RCPT TO:<ana@[reply.example.org]>", "550 5.7.1 ")],
    "localhost": [MAIL, ("RCPT TO:<ana@localhost>", "550 5.7.1 "), ("RCPT TO:<ana@127.0.0.1>", "550 5.7.1 ")],
    "a domain that ends in a dot": [MAIL, (f"RCPT TO:<{OURS}.>", "501 5.1.3")],
    # -- what is no address
    "RCPT to nobody": [MAIL, ("RCPT TO:<>", "501 5.1.3")],
    "RCPT without an address": [MAIL, ("RCPT TO:", "501"), ("RCPT", "501 5.5.4"), ("RCPT TO", "501 5.5.4")],
    "MAIL without an address": [("MAIL FROM:", "501 5.1.7"), ("MAIL", "501 5.5.4"), ("MAIL TO:<a@b.example>", "501")],
    "no brackets": [("MAIL FROM:ana@example.net", "501 5.1.7"), MAIL, (f"RCPT TO:{OURS}", "501 5.1.3")],
    "an open bracket": [("MAIL FROM:<ana@example.net", "501 5.1.7"), MAIL, (f"RCPT TO:<{OURS}", "501 5.1.3")],
    "a lone closing bracket": [("MAIL FROM:ana@example.net>", "501 5.1.7"), MAIL, (f"RCPT TO:{OURS}>", "501 5.1.3")],
    "two brackets": [("MAIL FROM:<<ana@example.net>>", "501 5.1.7")],
    "no domain": [("MAIL FROM:<ana>", "501 5.1.7"), MAIL, ("RCPT TO:<ana>", "501 5.1.3")],
    "two at signs": [("MAIL FROM:<a@b@example.net>", "501 5.1.7")],
    "a blank within": [("MAIL FROM:<a b@example.net>", "501 5.1.7")],
    "an empty local part": [("MAIL FROM:<@example.net>", "501 5.1.7")],
    "a broken quote": [('MAIL FROM:<"ana@example.net>', "501 5.1.7")],
    "two addresses": [MAIL, (f"RCPT TO:<{OURS}>,<b@example.org>", "501 5.5.4")],
    "a domain of 256 octets": [(f"MAIL FROM:<a@{'d' * 256}>", "501 5.1.7")],
    "letters of elsewhere without SMTPUTF8": [("MAIL FROM:<añá@example.net>", "553 5.6.7")],
    "a recipient of elsewhere without SMTPUTF8": [MAIL, ("RCPT TO:<ñ@reply.example.org>", "553 5.6.7")],
    "octets that are not UTF-8": [(b"MAIL FROM:<a\xff\xfe@example.net> SMTPUTF8\r\n", "501 5.5.2")],
    # -- parameters
    "a parameter glued on": [("MAIL FROM:<ana@example.net>SIZE=3", "501 5.5.4")],
    "an unknown parameter": [("MAIL FROM:<ana@example.net> RET=HDRS", "555 5.5.4")],
    "AUTH as a parameter": [("MAIL FROM:<ana@example.net> AUTH=<>", "555 5.5.4")],
    "a parameter of RCPT": [MAIL, (f"RCPT TO:<{OURS}> NOTIFY=NEVER", "555 5.5.4")],
    "SIZE without a number": [("MAIL FROM:<ana@example.net> SIZE", "501 5.5.4")],
    "SIZE of letters": [("MAIL FROM:<ana@example.net> SIZE=big", "501 5.5.4")],
    "a negative SIZE": [("MAIL FROM:<ana@example.net> SIZE=-1", "501 5.5.4")],
    "SIZE beyond any": [("MAIL FROM:<ana@example.net> SIZE=99999999999999999999", "552 5.3.4 ")],
    "SIZE too large": [("MAIL FROM:<ana@example.net> SIZE=200001", "552 5.3.4 "), MAIL],
    "SIZE twice": [("MAIL FROM:<ana@example.net> SIZE=1 SIZE=1", "501 5.5.4")],
    "BINARYMIME": [("MAIL FROM:<ana@example.net> BODY=BINARYMIME", "501 5.5.4")],
    "SMTPUTF8 with a value": [("MAIL FROM:<ana@example.net> SMTPUTF8=1", "501 5.5.4")],
    "parameters of punctuation": [("MAIL FROM:<ana@example.net> =;=", "501 5.5.4")],
    # -- lines
    "an unknown command": [("XYZZY", "500 5.5.1"), ("NOOP", "250")],
    "an empty line": [("", "500 5.5.1"), ("NOOP", "250")],
    "a NUL": [(b"NO\0OP\r\n", "500 5.5.2")],
    "a NUL in an address": [MAIL, (b"RCPT TO:<a\0b@reply.example.org>\r\n", "500 5.5.2"), RCPT],
    "a bell and an escape": [(b"\x07\x1b[31mNOOP\r\n", "500 5.5.2"), ("NOOP", "250")],
    "blanks at the end of every command": [
        ("MAIL FROM:<ana@example.net> \t", "250"), (f"RCPT TO:<{OURS}>  ", "250"), ("DATA ", "354"),
    ],
    "a blank before a command": [(" NOOP", "500 5.5.1"), ("NOOP", "250")],
    "a TAB for a blank": [("MAIL\tFROM:<a@b.example>", "500 5.5.2"), MAIL],
    "no blank": [("MAILFROM:<a@b.example>", "500 5.5.1"), MAIL],
    "two blanks": [("MAIL  FROM:<a@b.example>", "250")],
    "CR CR LF": [(b"NOOP\r\r\n", "500 5.5.2"), ("NOOP", "250")],
    "LF CR": [(b"NOOP\n\rNOOP\r\n", "421 4.5.2"), GONE],
    "a bare LF in MAIL": [(b"MAIL FROM:<a@b.example>\nRCPT TO:<c@d.example>\r\n", "421 4.5.2"), GONE],
    "a bare CR in RCPT": [MAIL, (b"RCPT TO:<a@b.example>\rDATA\r\n", "500 5.5.2"), ("NOOP", "250")],
    "a bare LF after DATA": [MAIL, RCPT, (b"DATA\n", "421 4.5.2"), GONE],
    "a bare CR": [(b"NOOP\rRSET\r\n", "500 5.5.2"), ("NOOP", "250")],
    "a bare LF": [(b"NOOP\n", "421 4.5.2"), GONE],
    "a bare LF within": [(b"NOOP\nNOOP\r\n", "421 4.5.2"), GONE],
    "octets over 127": [(b"\xc3\xa9\xc3\xa9\r\n", "500 5.5.1"), ("NOOP", "250")],
    "512 octets": [("NOOP " + "x" * 505, "250"), ("NOOP " + "x" * 506, "500 5.5.2"), ("NOOP", "250")],
    "MAIL of 2048 octets": [("MAIL FROM:<a@b.example> X=" + "x" * 2020, "555"), ("MAIL " + "x" * 2042, "500 5.5.2")],
    "a line of 10,000 octets": [("NOOP " + "x" * 10_000, "500 5.5.2"), ("NOOP", "250")],
    "a line without an end": [(b"N" * 200_000, "421 4.7.0"), GONE],
    "GET": [(b"GET / HTTP/1.1\r\nHost: mx.example.org\r\n\r\n", "421 4.7.0"), GONE],
    "POST with a mail in it": [(b"POST / HTTP/1.1\r\n\r\nMAIL FROM:<a@b.example>\r\n", "421 4.7.0"), GONE],
    "CONNECT": [("CONNECT reply.example.org:25 HTTP/1.1", "421 4.7.0"), GONE],
    "a header of HTTP": [("Host: reply.example.org", "421 4.7.0"), GONE],
    "TLS without STARTTLS": [(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "421 4.7.0"), GONE],
    "BDAT": [MAIL, RCPT, (b"BDAT 20 LAST\r\nRSET\r\nMAIL FROM:<>\r\n", "421 4.7.0"), GONE],
    # -- pipelining
    "a group": [
        (f"MAIL FROM:<ana@example.net>\r\nRCPT TO:<{OURS}>\r\nDATA".encode() + b"\r\n", "250 2.1.0"),
        (b"", "250 2.1.5"),
        (b"", "354"),
        (b"hi\r\n.\r\nRSET\r\nNOOP\r\nQUIT\r\n", KEPT),
        (b"", "250 2.0.0"),
        (b"", "250 2.0.0"),
        (b"", "221"),
        GONE,
    ],
    "a mail that cannot wait for the 354": [
        MAIL, RCPT, (b"DATA\r\nhi\r\n.\r\nQUIT\r\n", "354"), (b"", KEPT), (b"", "221"),
    ],
    "a mail that does not wait for the 503": [
        MAIL, (b"DATA\r\nRSET\r\nMAIL FROM:<a@b.example>\r\n.\r\n", "503 5.5.1"), GONE,
    ],
    "a group whose recipient is refused": [
        (b"MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n", "250 2.1.0"),
        (b"", "550 5.7.1"),
        (b"", "503 5.5.1"),
        QUIT,
    ],
    "a group with one recipient too many": [
        (f"MAIL FROM:<a@b.example>\r\nRCPT TO:<{OURS}>\r\nRCPT TO:<{OURS}>\r\nDATA\r\n".encode(), "250 2.1.0"),
        (b"", "250 2.1.5"),
        (b"", "452 4.5.3"),
        (b"", "354"),
        (b"hi\r\n.\r\n", KEPT),
    ],
    "a group that thinks again": [
        (f"MAIL FROM:<a@b.example>\r\nRSET\r\nMAIL FROM:<>\r\nRCPT TO:<{OURS}>\r\n".encode(), "250 2.1.0"),
        (b"", "250 2.0.0"),
        (b"", "250 2.1.0"),
        (b"", "250 2.1.5"),
    ],
    "words after QUIT": [MAIL, (b"QUIT\r\nNOOP\r\n", "221"), GONE],
    "two mails at once": [
        (f"MAIL FROM:<>\r\nRCPT TO:<{OURS}>\r\nDATA\r\n.\r\n".encode() * 2, "250 2.1.0"),
        *[(b"", "250 2.1.5"), (b"", "354"), (b"", KEPT)],
        *[(b"", "250 2.1.0"), (b"", "250 2.1.5"), (b"", "354"), (b"", KEPT[:-1] + "2")],
    ],
    "EHLO with more behind it": [(b"EHLO a.example\r\nMAIL FROM:<a@b.example>\r\n", "554 5.5.1"), GONE],
    # -- too much of it
    "twenty errors": [*[("XYZZY", "500")] * 20, (b"", "421 4.7.0 Too many errors"), GONE],
    "twenty guesses": [MAIL, *[("RCPT TO:<x@reply.example.org>", UNKNOWN)] * 20, (b"", "421 4.7.0"), GONE],
    "a hundred NOOPs": [*[("NOOP", "250")] * 99, (b"", "421 4.7.0 Too many commands"), GONE],
    "a hundred RSETs": [*[("RSET", "250")] * 99, (b"", "421 4.7.0"), GONE],
    "a hundred VRFYs": [*[("VRFY x", "252")] * 99, (b"", "421 4.7.0"), GONE],
    "a hundred empty lines": [*[("", "500")] * 99, (b"", "421 4.7.0"), GONE],
    "a hundred recipients": [MAIL, RCPT, *[("RCPT TO:<a@b.example>", "452")] * 99, (b"", "421 4.7.0"), GONE],
    "fifty recipients are no error": [MAIL, RCPT, *[("RCPT TO:<a@b.example>", "452")] * 50, DATA, (b".\r\n", KEPT)],
    "every octet there is": [(bytes(range(256)) * 4, "421 4.5.2"), GONE],
    "garbage without a line end": [(b"\x80\x81\xfe\x7f" * 40_000, "421 4.7.0"), GONE],
    "garbage at once": [(b"\x80\x81 garbage\r\n" * 30, "500"), *[(b"", "500")] * 19, (b"", "421 4.7.0"), GONE],
}  # fmt: skip

BEFORE_EHLO: dict[str, Story] = {
    "MAIL": [("MAIL FROM:<a@b.example>", "503 5.5.1"), ("EHLO a.example", "250-")],
    "RCPT": [("RCPT TO:<a@b.example>", "503 5.5.1")],
    "DATA": [("DATA", "503 5.5.1")],
    "QUIT": [QUIT, GONE],
    "NOOP": [("NOOP", "250 2.0.0")],
    "HELO": [("HELO a.example", "250 mx.example.org"), MAIL, RCPT, DATA, (b"hi\r\n.\r\n", KEPT)],
    "HELO and a parameter": [("HELO a.example", "250"), ("MAIL FROM:<a@b.example> SIZE=3", "555 5.5.4")],
    "HELO and a group": [
        ("HELO a.example", "250"),
        (b"MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\n", "554 5.5.1"),
        GONE,
    ],
    "a group": [(b"NOOP\r\nNOOP\r\n", "554 5.5.1"), GONE],
    "EHLO and a mail at once": [(b"EHLO a\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\n", "554"), GONE],
    "a NUL": [(b"EHLO a\0b\r\n", "500 5.5.2"), ("EHLO a.example", "250-")],
}


def play(story: Story, *, ehlo: bool) -> list[str]:
    """Play one story; give all that the server said."""
    said = []
    with smtp_world(max_message="200000") as world, world.client() as client:
        said.append(client.greet() if ehlo else client.hear())
        for sent, expected in story:
            if sent or isinstance(sent, str):
                client.say(sent)
            said.append(client.hear())
            assert said[-1].startswith(expected), sent
            assert said[-1] or not expected
    return said


@pytest.mark.parametrize("story", TALKS.values(), ids=TALKS)
def test_talk_is_answered(story: Story) -> None:
    said = play(story, ehlo=True)
    for line in "\n".join(said).split("\n"):
        assert len(line) <= 510
        assert line.isprintable()
        # RFC 2034 §4: each reply but the greeting, EHLO's and 354 has its enhanced code, of the same class
        found = re.match(r"([245])\d\d (\d)\.\d\.\d+ ", line)
        assert (
            not line
            or line.startswith(("250-", "354 ", "250 ENHANCED", "250 mx.example.org"))
            or (found and found[1] == found[2])
        )


@pytest.mark.parametrize("story", BEFORE_EHLO.values(), ids=BEFORE_EHLO)
def test_talk_is_answered_before_ehlo(story: Story) -> None:
    play(story, ehlo=False)


def test_ehlo_offers_what_is_there_and_no_auth() -> None:
    with smtp_world(max_message="200000") as world, world.client() as client:
        assert client.greet().split("\n") == [
            "250-mx.example.org",
            "250-PIPELINING",
            "250-SIZE 200000",
            "250-8BITMIME",
            "250-SMTPUTF8",
            "250 ENHANCEDSTATUSCODES",
        ]


def test_nothing_that_the_client_said_comes_back() -> None:
    secret = "xyzzy-plugh"
    with smtp_world() as world, world.client() as client:
        client.greet()
        said = [
            client.ask(line)
            for line in (
                f"{secret} a",
                f"VRFY {secret}",
                f"HELP {secret}",
                f"EXPN {secret}",
                f"EHLO {secret}",
                f"MAIL FROM:{secret}",
                f"MAIL FROM:<{secret}@e.example>",
                f"RCPT TO:<{secret}>",
                f"RCPT TO:<{secret}@reply.example.org>",
            )
        ]
        assert all(said)
        assert not any("xyzzy" in reply for reply in said)


def test_client_that_speaks_before_the_greeting_is_cut() -> None:
    with smtp_world() as world:
        world.call(lambda: None)
        with world.client() as client:
            client.say(b"EHLO a.example\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n")
            said = [client.hear() for _ in range(3)]
        assert "" in said
        assert any(reply.startswith("554 5.5.1") for reply in said)
        assert not any(reply.startswith("250") for reply in said)
        assert world.cuts == ["early-talker"]
        assert world.core.asked == []
