"""What stands in the files: no name, address or note in the clear, nothing of what was deleted."""

from __future__ import annotations

import base64
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from inbound.imap_names import digests
from relay.domain import Origin, Remembered, ThreadNo
from relay.ports import Deciding, Entropy
from relay.roster import Plan
from relay.sealing import Damaged, open_sealed, seal
from relay.settings import InboundImap
from store.keys import SqlKeys
from store.tables import REMEMBERED
from tests.contract.builders import ANA, BOB, PLAN, World, line, person
from tests.databases import KEK, open_world
from tests.fakes import NOON, FakeEntropy

HOME = "lee@home.example"

SQLITE = "sqlite:///relay.db"
CANARIES = {
    "name": "Quetzalcoatl",
    "address": "zanzibar",
    "response": "Popocatepetl",
    "timezone": "America/Argentina/Ushuaia",
    "note": "Yoknapatawpha",
}


def canary(word: str) -> Iterator[bytes]:
    """The word as it might stand in a file."""
    for spelling in (word, word.lower(), word.upper(), word[::-1]):
        yield spelling.encode()
        yield spelling.encode("utf-16-le")
        yield spelling.encode().hex().encode()
        for start in range(3):
            yield base64.b64encode(spelling.encode()[start : start + (len(spelling) - start) // 3 * 3])


def files(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def write_everything(world: World) -> None:
    more = {"response": CANARIES["response"], "timezone": CANARIES["timezone"]}
    new = person("lee", "provider", name=CANARIES["name"], addresses=(f"{CANARIES['address']}@home.example",), **more)
    world.people.apply(Plan(add_people=(new,)), line("applied", note=CANARIES["note"]))
    assert world.people.by_address(f"{CANARIES['address']}@home.example").name == CANARIES["name"]
    world.people.apply(Plan(change_people=(new,)), line("applied", note=CANARIES["note"]))


@pytest.mark.parametrize("word", CANARIES.values(), ids=CANARIES)
def test_no_content_stands_in_any_file(tmp_path: Path, word: str) -> None:
    opened = open_world(SQLITE, tmp_path)
    write_everything(opened.world)
    before = files(tmp_path)
    opened.close()
    for name, octets in (before | files(tmp_path)).items():
        assert not [form for form in canary(word) if form in octets], name
    assert {Path(name).name for name in before} == {"relay.db", "relay.db-wal", "relay.db-shm", "ring.db"}


def test_no_mailbox_and_no_token_stands_in_any_file(tmp_path: Path) -> None:
    opened = open_world(SQLITE, tmp_path)
    section = InboundImap.model_validate({"host": "imap.canary.test", "user": "canary@canary.test", "folder": "Canary"})
    name = digests(section, bytes(range(32)))
    opened.world.mailboxes.succeeded(name.inbox, NOON)
    opened.world.mailboxes.keep_token(name.inbox, "canary-first", "canary-second")
    opened.world.ledger.note(opened.world.receipt(origin=Origin(mailbox=name.inbox, validity=1, uid=1)))
    assert opened.world.mailboxes.token(name.inbox, "canary-first") == "canary-second"
    before = files(tmp_path)
    opened.close()
    for path, octets in (before | files(tmp_path)).items():
        assert b"canary" not in octets.lower(), path


def test_a_token_that_was_moved_to_another_mailbox_does_not_open(tmp_path: Path) -> None:
    opened = open_world(SQLITE, tmp_path)
    opened.world.mailboxes.keep_token(b"a" * 16, "first", "second")
    opened.world.mailboxes.succeeded(b"b" * 16, NOON)
    opened.store.write(
        lambda connection: connection.exec_driver_sql(
            "UPDATE mailbox SET token = (SELECT token FROM mailbox WHERE success_at IS NULL) WHERE success_at > 0"
        )
    )
    assert opened.world.mailboxes.token(b"b" * 16, "first") == "first"
    opened.close()


def test_what_is_deleted_leaves_no_trace(tmp_path: Path) -> None:
    opened = open_world(SQLITE, tmp_path)
    world = opened.world
    enclosure = b"<" + b"0123456789abcdef" * 600 + b">"
    owed = world.owed(to=None, thread=None, why="postmaster", enclosure=enclosure)
    world.owe(owed)
    assert any(enclosure[:64] in octets for octets in files(tmp_path).values())
    world.outbox.claim("", NOON, 0, sent={owed.id: HOME})
    opened.close()
    assert not any(b"0123456789abcdef0123456789abcdef" in octets for octets in files(tmp_path).values())


def test_a_held_mail_that_is_discarded_leaves_no_trace(tmp_path: Path) -> None:
    opened = open_world(SQLITE, tmp_path)
    world = opened.world
    world.people.apply(PLAN, line("applied"))
    mail = world.waiting(files=2)
    world.hold(mail)
    pieces = [mail.body, *(part for file in mail.files for part in (file.meta, file.content[:64]))]
    assert all(any(piece in octets for octets in files(tmp_path).values()) for piece in pieces)
    world.held.discard(Deciding(id=mail.id, trace=("discard",), audit=[line("discarded")]))
    opened.close()
    assert not any(piece in octets for octets in files(tmp_path).values() for piece in pieces)


def test_a_remembered_address_is_sealed_and_bound_to_its_person(tmp_path: Path) -> None:
    opened = open_world(SQLITE, tmp_path)
    world = opened.world
    world.people.apply(PLAN, line("applied"))
    mail = world.waiting()
    world.hold(mail)
    one = Remembered(id=world.id(), address="canary@elsewhere.example", since=NOON)
    message = replace(world.sealed(), fingerprint=mail.fingerprint)
    world.held.confirm(Deciding(id=mail.id, trace=(), audit=[line("confirmed")]), message, [line("stored")], [], one)
    assert world.people.person(ANA).remembered == (one,)
    opened.store.write(lambda connection: connection.execute(REMEMBERED.update().values(person=BOB)))
    opened.close()
    assert not any(b"canary" in octets for octets in files(tmp_path).values())
    opened = open_world(SQLITE, tmp_path, seed=2)
    assert [opened.world.people.person(no).remembered for no in (ANA, BOB)] == [(), ()]
    opened.close()


def test_files_are_for_their_owner_only(tmp_path: Path) -> None:
    opened = open_world(SQLITE, tmp_path)
    opened.world.ledger.audit(line())
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*.db*")}
    assert modes == dict.fromkeys(("relay.db", "relay.db-wal", "relay.db-shm", "ring.db"), 0o600)
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    opened.close()


# -- the ring ----------------------------------------------------------------------------------------------------------


def ring(folder: Path, kek: bytes = KEK, seed: int = 1) -> SqlKeys:
    entropy: Entropy = FakeEntropy(seed)
    return SqlKeys("sqlite:///keys/ring.db", folder, kek, entropy)


def test_keys_outlive_the_process(tmp_path: Path) -> None:
    first = ring(tmp_path)
    keys = [first.directory_key(), *(first.thread_key(ThreadNo(no)) for no in range(1, 5))]
    first.close()
    second = ring(tmp_path, seed=2)
    assert [second.directory_key(), *(second.thread_key(ThreadNo(no)) for no in range(1, 5))] == keys
    second.close()


def test_keys_that_memory_has_no_room_for_are_found_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.keys.HELD", 2)
    opened = ring(tmp_path)
    keys = [opened.thread_key(ThreadNo(no)) for no in range(1, 6)]
    assert [opened.thread_key(ThreadNo(no)) for no in range(1, 6)] == keys
    assert len(opened._held) == 2
    opened.close()


def test_no_key_stands_in_the_ring(tmp_path: Path) -> None:
    opened = ring(tmp_path)
    keys = [opened.directory_key(), opened.thread_key(ThreadNo(1))]
    opened.close()
    octets = (tmp_path / "keys" / "ring.db").read_bytes()
    assert not any(key in octets for key in keys)
    assert repr(opened) == "SqlKeys()"


def test_another_kek_does_not_open_the_ring(tmp_path: Path) -> None:
    ring(tmp_path).close()
    with pytest.raises(Damaged):
        ring(tmp_path, kek=bytes(32))


def test_a_wrap_that_was_moved_does_not_open(tmp_path: Path) -> None:
    opened = ring(tmp_path)
    for no in (1, 2):
        opened.thread_key(ThreadNo(no))
    swap = (
        "UPDATE data_key SET wrapped = (SELECT wrapped FROM data_key WHERE label = 'thread 2') WHERE label = 'thread 1'"
    )
    opened._ring.write(lambda connection: connection.exec_driver_sql(swap).close())
    opened.close()
    opened = ring(tmp_path)
    with pytest.raises(Damaged):
        opened.thread_key(ThreadNo(1))
    opened.close()


def test_two_processes_that_make_the_same_key_end_with_one(tmp_path: Path) -> None:
    both = ring(tmp_path), ring(tmp_path, seed=2)
    for no in range(1, 20):
        first, second = both if no % 2 else both[::-1]
        wrapped = first._find(f"thread {no}")
        assert wrapped is None
        made = first._ring.write_together(first._make, f"thread {no}")
        assert second._ring.write_together(second._make, f"thread {no}") == made
        assert first.thread_key(ThreadNo(no)) == second.thread_key(ThreadNo(no))
    assert both[0].directory_key() == both[1].directory_key()
    for opened in both:
        opened.close()


def test_a_profile_that_was_moved_to_another_person_does_not_open(tmp_path: Path) -> None:
    opened = open_world(SQLITE, tmp_path)
    opened.world.people.apply(Plan(add_people=(person("ana"), person("bob"))), line("applied"))
    swap = "UPDATE person SET profile = (SELECT profile FROM person WHERE no = 2) WHERE no = 1"
    opened.store.write(lambda connection: connection.exec_driver_sql(swap).close())
    with pytest.raises(Damaged):
        opened.world.people.person(1)
    assert opened.world.people.person(2).id == "bob"
    sealed = seal(b"x", opened.keys.directory_key(), b"person 1", opened.world.entropy)
    assert open_sealed(sealed, opened.keys.directory_key(), b"person 1") == b"x"
    opened.close()
