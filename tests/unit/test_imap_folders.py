"""Where mails go, whatever the server can, and that nobody else's mark is ever carried out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from inbound.imap_folders import Folders
from inbound.imap_talk import Trouble
from relay.settings import InboundImap
from tests.fakes import NOON, FakeMailboxes
from tests.imap_world import FakeTalk, Server

MOVES = frozenset({"MOVE", "UIDPLUS"})
COPIES = frozenset({"UIDPLUS"})
OLD: frozenset[str] = frozenset()
A, B, C = b"mail a", b"mail b", b"mail c"


def folders(server: Server, steps: list[str] | None = None, **settings: Any) -> Folders:
    section = InboundImap.model_validate({"done_folder": "", **settings})
    return Folders(FakeTalk(server), section, (steps if steps is not None else []).append)  # type: ignore[arg-type]


@pytest.mark.parametrize("can", [MOVES, COPIES, OLD])
def test_a_refused_mail_is_moved_and_a_taken_one_deleted(can: frozenset[str]) -> None:
    server = Server(can=can)
    here = folders(server)
    refused, taken, other = server.put(A), server.put(B), server.put(C)
    assert here.put_away(refused, here.refused)
    assert here.put_away(taken, here.done)
    here.tidy()
    assert list(server.folders["INBOX"]) == [other]
    assert server.of("Refused") == [A]


def test_a_taken_mail_goes_to_the_done_folder_where_there_is_one() -> None:
    server = Server()
    here = folders(server, done_folder="Done")
    here.put_away(server.put(A), here.done)
    assert (server.of("INBOX"), server.of("Done")) == ([], [A])


STEPS = {
    MOVES: ["imap-moved"],
    COPIES: ["imap-copied", "imap-marked", "imap-expunged"],
    OLD: ["imap-copied", "imap-marked", "imap-expunged"],
}


@pytest.mark.parametrize(("can", "steps"), STEPS.items())
def test_each_step_is_told_to_the_crash_tests(can: frozenset[str], steps: list[str]) -> None:
    server, told = Server(can=can), []
    here = folders(server, told)
    here.put_away(server.put(A), here.refused)
    here.tidy()
    assert told == steps


@pytest.mark.parametrize("can", [COPIES, OLD])
def test_marks_of_others_are_not_carried_out(can: frozenset[str]) -> None:
    server = Server(can=can)
    here = folders(server)
    theirs, ours = server.put(A, deleted=True), server.put(B)
    here.put_away(ours, here.done)
    here.tidy()
    assert theirs in server.folders["INBOX"]
    assert server.of("INBOX") == []
    assert "expunge all" not in server.asked


def test_what_we_marked_goes_once_nothing_else_is_marked() -> None:
    server = Server(can=OLD)
    here = folders(server)
    theirs, ours = server.put(A, deleted=True), server.put(B)
    here.put_away(ours, here.done)
    here.tidy()
    del server.folders["INBOX"][theirs]  # their mail program expunged it
    assert not here.put_away(ours, here.done, again=True)
    here.tidy()
    assert server.folders["INBOX"] == {}


@pytest.mark.parametrize("can", [COPIES, OLD])
def test_a_mail_that_was_marked_before_a_crash_is_not_copied_again(can: frozenset[str]) -> None:
    server = Server(can=can)
    here = folders(server)
    uid = server.put(A, deleted=True)
    here.put_away(uid, here.refused, again=True)
    here.tidy()
    assert (server.folders["INBOX"], server.folders["Refused"]) == ({}, {})


def test_a_folder_that_somebody_removed_meanwhile_is_made_again() -> None:
    server = Server()
    here = folders(server)
    del server.folders["Refused"]
    here.put_away(server.put(A), here.refused)
    assert server.of("Refused") == [A]


def test_what_the_server_refuses_to_move_is_trouble() -> None:
    server = Server()
    here = folders(server)

    def full(verb: str) -> None:
        if verb == "move":
            raise Trouble("refused")

    server.before = full
    with pytest.raises(Trouble):
        here.put_away(server.put(A), here.refused)
    assert server.of("INBOX") == [A]


def test_folders_are_made_where_the_users_own_ones_are() -> None:
    server = Server(prefix=("INBOX.", "."))
    here = folders(server, refused_folder="Mail/Refused", done_folder="INBOX.Done")
    assert (here.refused, here.done) == ("INBOX.Mail.Refused", "INBOX.Done")
    assert {"INBOX.Mail.Refused", "INBOX.Done"} <= server.folders.keys()
    assert folders(server, refused_folder="Mail/Refused").refused == here.refused
    assert server.asked.count("create") == 2


def test_a_folder_that_cannot_be_made_or_opened_is_trouble() -> None:
    with pytest.raises(Trouble) as trouble:
        folders(Server(prefix=("", "/")), folder="Care")
    assert trouble.value.code == "no-folder"


@pytest.mark.parametrize("can", [MOVES, OLD])
def test_what_has_lain_refused_too_long_is_deleted(can: frozenset[str]) -> None:
    server, boxes = Server(can=can), FakeMailboxes()
    here = folders(server, keep_refused="14d")
    old = server.put(A, "Refused")
    assert here.sweep(boxes, b"r", NOON) == 0
    new = server.put(B, "Refused")
    here.sweep(boxes, b"r", NOON + timedelta(days=1))
    assert here.sweep(boxes, b"r", NOON + timedelta(days=14)) == 1
    assert list(server.folders["Refused"]) == [new] != [old]
    arrived = server.put(C)
    here.put_away(arrived, here.done)  # the folder that mail comes into is open again
    here.tidy()
    assert server.folders["INBOX"] == {}


def test_the_sweep_carries_out_nobody_elses_mark() -> None:
    server, boxes = Server(can=OLD), FakeMailboxes()
    here = folders(server)
    server.put(A, "Refused")
    here.sweep(boxes, b"r", NOON)
    theirs = server.put(B, "Refused", deleted=True)
    here.sweep(boxes, b"r", NOON + timedelta(days=14))
    assert theirs in server.folders["Refused"]


def test_nothing_is_deleted_where_refused_mail_is_kept_for_ever() -> None:
    server = Server()
    here = folders(server, keep_refused="")
    assert here.sweep(FakeMailboxes(), b"r", NOON) == 0
    assert server.asked.count("select") == 1
