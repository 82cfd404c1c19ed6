"""Port Messages: all or nothing, twice is once, and who has read what."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from relay.domain import RowId, SealedFile
from relay.ports import Summary
from store import messages
from tests.contract.builders import ANA, ANA_KIM, ANA_LEE, BOB, BOB_LEE, LEE, SAM, World, line
from tests.fakes import NOON

HOME = "lee@home.example"


def without_content(file: SealedFile) -> SealedFile:
    return replace(file, content=b"")


def states(world: World) -> list[str]:
    return [row.state for row in world.outbox.rows()]


def test_keep_keeps_everything(world: World) -> None:
    message, receipt, owed = world.sealed(files=2), world.receipt(), world.owed()
    before = len(list(world.ledger.audited()))
    assert world.messages.keep(message, receipt, [owed], [line("stored")]) == "kept"
    assert world.messages.of_thread(ANA_LEE) == [
        replace(message, files=tuple(map(without_content, message.files)))
    ]  # fmt: skip
    assert list(world.ledger.receipts()) == [receipt]
    assert [row.notification for row in world.outbox.rows()] == [owed]
    assert [row.line for row in world.ledger.audited()][before:] == [line("stored")]


def test_a_second_copy_keeps_only_its_receipt(world: World) -> None:
    first, second = world.sealed(mark=b"m" * 16), world.sealed(mark=b"m" * 16, files=1)
    world.keep(first, world.owed())
    audited = len(list(world.ledger.audited()))
    receipt = world.receipt()
    assert world.messages.keep(second, receipt, [world.owed()], [line()]) == "duplicate"
    assert [one.id for one in world.messages.of_thread(ANA_LEE)] == [first.id]
    assert list(world.ledger.receipts())[-1] == replace(receipt, outcome="consumed", kind="duplicate")
    assert len(list(world.outbox.rows())) == 1
    assert len(list(world.ledger.audited())) == audited


def test_the_same_mark_in_another_thread_is_another_message(world: World) -> None:
    assert world.keep(world.sealed(ANA_LEE, mark=b"m" * 16)) == "kept"
    assert world.keep(world.sealed(ANA_KIM, mark=b"m" * 16)) == "kept"


def test_has_tells_of_a_first_copy(world: World) -> None:
    world.keep(world.sealed(mark=b"m" * 16))
    assert world.messages.has(ANA_LEE, b"m" * 16)
    assert not world.messages.has(ANA_KIM, b"m" * 16)
    assert not world.messages.has(ANA_LEE, b"n" * 16)


def test_of_thread_gives_the_oldest_first(world: World) -> None:
    kept = [world.sealed(), world.sealed(author=LEE), world.sealed()]
    for message in kept:
        world.keep(message)
    world.keep(world.sealed(BOB_LEE, BOB))
    assert world.messages.of_thread(ANA_LEE) == kept
    assert world.messages.of_thread(ANA_KIM) == []


def test_count(world: World) -> None:
    for author in (ANA, LEE):
        world.keep(world.sealed(author=author))
    assert world.messages.count(ANA_LEE) == 2
    assert world.messages.count(BOB_LEE) == 0


def test_summaries_tell_of_each_thread_what_its_reader_has_yet_to_read(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = [world.sealed(author=author) for author in (ANA, LEE, LEE, ANA)]
    of_bob = world.sealed(BOB_LEE, BOB)
    for message in (*kept, of_bob):
        world.keep(message)
    world.messages.mark_read(ANA_LEE, ANA, kept[1].id, NOON)
    world.messages.mark_read(ANA_LEE, LEE, kept[0].id, NOON)
    threads = [ANA_KIM, ANA_LEE, BOB_LEE]
    for at_once in (500, 1):
        monkeypatch.setattr(messages, "AT_ONCE", at_once)
        for reader, unread in ((ANA, 1), (LEE, 1), (None, 0)):
            found = world.messages.summaries(threads, reader)
            assert found == {
                ANA_LEE: Summary(count=4, newest_at=kept[3].sent_at, unread=unread),
                BOB_LEE: Summary(count=1, newest_at=of_bob.sent_at, unread=0 if reader is None else 1),
            }
            assert all(one.unread == world.messages.unread(no, reader) for no, one in found.items() if reader)
    assert list(world.messages.summaries([BOB_LEE])) == [BOB_LEE]
    assert world.messages.summaries([]) == {}


def test_the_newest_is_by_time_not_by_id(world: World) -> None:
    first = world.sealed()
    late = replace(world.sealed(author=LEE), sent_at=first.sent_at - timedelta(hours=1))  # held, and confirmed later
    for message in (first, late):
        world.keep(message)
    assert world.messages.summaries([ANA_LEE])[ANA_LEE].newest_at == first.sent_at


def test_file_gives_its_content_in_its_thread_only(world: World) -> None:
    message = world.sealed(files=2)
    world.keep(message)
    assert world.messages.file(ANA_LEE, message.id, 2) == message.files[1]
    assert world.messages.file(ANA_KIM, message.id, 2) is None
    assert world.messages.file(ANA_LEE, message.id, 3) is None
    assert world.messages.file(ANA_LEE, RowId(1), 1) is None


def test_unread_counts_what_others_wrote_behind_the_mark(world: World) -> None:
    kept = [world.sealed(author=author) for author in (ANA, LEE, LEE, ANA)]
    for message in kept:
        world.keep(message)
    assert world.messages.unread(ANA_LEE, ANA) == 2
    assert world.messages.unread(ANA_LEE, LEE) == 2
    world.messages.mark_read(ANA_LEE, ANA, kept[1].id, NOON)
    assert world.messages.unread(ANA_LEE, ANA) == 1
    assert world.messages.unread(ANA_LEE, LEE) == 2
    assert world.messages.unread(ANA_KIM, ANA) == 0


def test_the_read_mark_never_moves_back(world: World) -> None:
    kept = [world.sealed(author=LEE) for _ in range(2)]
    assert world.messages.read_up_to(ANA_LEE, ANA) == 0
    for message in reversed(kept):
        world.messages.mark_read(ANA_LEE, ANA, message.id, NOON)
    assert world.messages.read_up_to(ANA_LEE, ANA) == kept[1].id
    assert world.messages.read_up_to(ANA_LEE, LEE) == 0


def test_mark_read_cancels_what_is_still_due_to_the_reader_there(world: World) -> None:
    message = world.sealed()
    world.keep(message, world.owed(LEE, ANA_LEE), world.owed(SAM, ANA_LEE), world.owed(LEE, ANA_LEE, "files-left-out"))
    world.keep(world.sealed(BOB_LEE, BOB), world.owed(LEE, BOB_LEE))
    world.messages.mark_read(ANA_LEE, LEE, message.id, NOON)
    assert states(world) == ["cancelled", "due", "due", "due"]
    assert next(iter(world.outbox.rows())).last_error == "read"


def test_mark_read_leaves_what_was_sent(world: World) -> None:
    owed = world.owed()
    world.keep(world.sealed(), owed)
    world.outbox.claim("", NOON, 0, sent={owed.id: HOME})
    world.messages.mark_read(ANA_LEE, LEE, RowId(1), NOON)
    assert states(world) == ["sent"]
