"""What is made of servers that say odd things, too much, or nothing: a code, in bounded time and memory."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable

import pytest

from inbound.imap_login import Patience, sign_in
from inbound.imap_talk import SLACK, Look, Talk, Trouble
from relay.settings import InboundImap
from tests.imap_script import Answers, Script, scripted

MOST = 1000


def talk_to(server: Script) -> Talk:
    section = InboundImap.model_validate(
        {"host": "127.0.0.1", "port": server.port, "user": "care", "security": "none", "password": "x"}
    )
    return sign_in(section, None, Patience(connect=0.5, answer=0.5), MOST)


def fetched(octets: bytes, item: bytes = b"BODY[]<0>") -> bytes:
    return b"* 1 FETCH (UID 1 %b {%d}\r\n%b)\r\n{tag} OK done\r\n" % (item, len(octets), octets)


GREETINGS: dict[str, tuple[bytes | None, str]] = {
    "silence": (None, "timed-out"),
    "goodbye": (b"* BYE too many connections canary\r\n", "refused"),
    "signed in already": (b"* PREAUTH hello\r\n", "login-refused"),
    "another protocol": (b"220 mx.example.org ESMTP\r\n", "unreachable"),
    "binary": (bytes(range(256)) * 4 + b"\r\n", "unreachable"),
    "an endless line": (b"* OK " + b"x" * 2_000_000, "refused"),
}


@pytest.mark.parametrize(("greeting", "code"), GREETINGS.values(), ids=GREETINGS)
def test_odd_greetings(greeting: bytes | None, code: str) -> None:
    with scripted(greeting=greeting) as server, pytest.raises(Trouble) as trouble:
        talk_to(server)
    assert (trouble.value.code, str(trouble.value), trouble.value.__cause__) == (code, code, None)


VERBS: dict[str, tuple[Answers, Callable[[Talk], object], str]] = {
    "no such folder": ({"SELECT": b"{tag} NO canary\r\n"}, lambda t: t.select("INBOX"), "no-folder"),
    "read-only": ({"SELECT": b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7]\r\n* OK [READ-ONLY]\r\n{tag} OK [READ-ONLY] x\r\n"},
                  lambda t: t.select("INBOX"), "read-only"),
    "no UIDVALIDITY": ({"SELECT": b"* 1 EXISTS\r\n{tag} OK [READ-WRITE]\r\n"}, lambda t: t.select("INBOX"), "no-uids"),
    "search that is none": ({"UID SEARCH": b"* SEARCH a b\r\n{tag} OK done\r\n"}, lambda t: t.uids(), "unreadable"),
    "search refused": ({"UID SEARCH": b"{tag} NO canary\r\n"}, lambda t: t.uids(), "refused"),
    "half a line": ({"NOOP": b"* OK", "LOGOUT": None}, lambda t: t.uids(), "timed-out"),
    "closed": ({"NOOP": b""}, lambda t: t.uids(), "closed"),
    "goodbye": ({"NOOP": b"* BYE canary\r\n{tag} OK done\r\n"}, lambda t: t.uids(), "closed"),
    "no word": ({"NOOP": None, "LOGOUT": None}, lambda t: t.uids(), "timed-out"),
    "broken fetch": ({"UID FETCH": b"* 1 FETCH (UID 1 FLAGS (\r\n{tag} OK done\r\n"}, lambda t: t.look([1]), "refused"),
    "a literal beyond all bounds": (
        {"UID FETCH": b"* 1 FETCH (UID 1 BODY[]<0> {9999999999}\r\n" + b"x" * 100_000},
        lambda t: t.whole(1, MOST), "closed",
    ),
    "IDLE refused": ({"IDLE": b"{tag} NO canary\r\n"}, lambda t: t.idle(0.3), "refused"),
    "IDLE unanswered": ({"IDLE": None, "LOGOUT": None}, lambda t: t.idle(0.3), "timed-out"),
    "move refused": ({"UID MOVE": b"{tag} NO [OVERQUOTA] canary\r\n"}, lambda t: t.move(1, "Refused"), "no-folder"),
}  # fmt: skip


@pytest.mark.parametrize(("answers", "ask", "code"), VERBS.values(), ids=VERBS)
def test_odd_answers(answers: Answers, ask: Callable[[Talk], object], code: str) -> None:
    with scripted(answers) as server:
        talk = talk_to(server)
        if "SELECT" not in answers:
            talk.select("INBOX")
        with pytest.raises(Trouble) as trouble:
            ask(talk)
        talk.close()
    assert (trouble.value.code, str(trouble.value), trouble.value.__cause__) == (code, code, None)


def test_what_belongs_to_other_mails_is_left_out() -> None:
    answer = (
        b"* 9 FETCH (FLAGS (\\Seen))\r\n* 1 FETCH (UID 1 RFC822.SIZE 10 FLAGS (\\Deleted \\Seen))\r\n"
        b"* 2 FETCH (UID 2 FLAGS ())\r\n* 7 FETCH (UID 7 RFC822.SIZE 5 FLAGS ())\r\n{tag} OK done\r\n"
    )
    with scripted({"UID FETCH": answer}) as server:
        talk = talk_to(server)
        talk.select("INBOX")
        assert talk.uids() == [1, 2, 3]
        assert talk.look([1, 2, 3]) == {1: Look(10, True)}
        talk.close()


@pytest.mark.parametrize("item", [b"BODY[]<0>", b"BODY[]"])
def test_a_body_is_taken_as_servers_name_it(item: bytes) -> None:
    octets = b"To: x\r\n\r\n\x00\xff) {5}\r\n* 2 EXISTS\r\n"
    with scripted({"UID FETCH": fetched(octets, item)}) as server:
        talk = talk_to(server)
        talk.select("INBOX")
        assert talk.whole(1, MOST) == octets
        assert talk.whole(2, MOST) == b""
        talk.close()


def test_a_body_that_is_gone_is_none() -> None:
    with scripted({"UID FETCH": b"* 1 FETCH (UID 1 BODY[]<0> NIL)\r\n{tag} OK done\r\n"}) as server:
        talk = talk_to(server)
        talk.select("INBOX")
        assert talk.whole(1, MOST) == b""
        talk.close()


def test_a_body_costs_little_more_than_itself() -> None:
    octets = b"x" * (MOST + SLACK)
    with scripted({"UID FETCH": fetched(octets)}) as server:
        talk = talk_to(server)
        talk.select("INBOX")
        tracemalloc.start()
        try:
            assert len(talk.whole(1, MOST)) == len(octets)
            assert tracemalloc.get_traced_memory()[1] < 4 * len(octets) + 300_000
        finally:
            tracemalloc.stop()
            talk.close()


def test_words_that_came_with_the_consent_to_idle_are_not_waited_for() -> None:
    with scripted({"IDLE": b"+ idling\r\n* 5 EXISTS\r\n"}) as server:
        talk = talk_to(server)
        talk.select("INBOX")
        talk.idle(5.0)
        assert talk.has_spoken()
        talk.idle_done()
        assert not talk.has_spoken()
        assert talk.uids() == [1, 2, 3]
        talk.close()
    assert server.heard[-4:] == ["DONE", "NOOP", "UID SEARCH", "LOGOUT"]


def test_words_do_not_heap_up_over_the_years() -> None:
    with scripted({"NOOP": b"* 1 EXISTS\r\n* 1 EXPUNGE\r\n" * 100 + b"{tag} OK done\r\n"}) as server:
        talk = talk_to(server)
        talk.select("INBOX")
        for _ in range(5):
            talk.uids()
        assert sum(len(words) for words in talk._imap.untagged_responses.values()) < 250
        talk.close()


def test_without_plain_the_login_command_is_used() -> None:
    capabilities = b"* CAPABILITY IMAP4rev1\r\n{tag} OK done\r\n"
    with scripted({"CAPABILITY": capabilities, "LOGIN": b"{tag} OK in\r\n"}) as server:
        talk_to(server).close()
    assert "LOGIN" in server.heard
    with scripted({"CAPABILITY": capabilities, "LOGIN": b"{tag} NO canary\r\n"}) as server:
        with pytest.raises(Trouble) as trouble:
            talk_to(server)
        assert trouble.value.code == "login-refused"


def test_a_connection_that_breaks_while_signing_in_is_no_wrong_password() -> None:
    with scripted({"AUTHENTICATE": b""}) as server, pytest.raises(Trouble) as trouble:
        talk_to(server)
    assert trouble.value.code == "closed"
