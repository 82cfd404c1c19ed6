"""The address is a wire format: known answers, and the property that nothing else is taken."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.domain import Identified, PersonNo, RowId, ThreadNo
from relay.refusal import Refusal, Refused
from relay.reply_address import TOKEN_SIGNS, Addresses, Bounced

KEY = bytes(range(32))
HERE = Addresses("r.{token}@reply.example.org", KEY)
PLUS = Addresses("care+{token}@Example.org", KEY)
OTHER = Addresses("r.{token}@reply.example.org", bytes(32))

numbers = st.integers(1, 2**32 - 1)
epochs = st.integers(0, 2**16 - 1)

# Worked out once from the grammar by another program: an address outlives every release in other people's mailboxes.
KNOWN = {
    "first": (1, 2, 0, "r.caaaaaabaaaaaaqaacsicukgwr2ohwon3vtwnegu@reply.example.org"),
    "largest": (2**32 - 1, 2**32 - 1, 2**16 - 1, "r.cd7777777777777775bc3f4zwidrzdunw5avviba@reply.example.org"),
}
URGENT = {
    "first": (1, 2, 0, "r.cmaaaaabaaaaaaqaaactunlhsq2ydodw4kaky537@reply.example.org"),
    "largest": (2**32 - 1, 2**32 - 1, 2**16 - 1, "r.cp7777777777777774logf5x4tiwjzydbi3eod3r@reply.example.org"),
}


def refused(address: str, here: Addresses = HERE) -> bool:
    with pytest.raises(Refused) as no:
        here.read(address)
    return no.value.reason is Refusal.UNKNOWN_ADDRESS


@pytest.mark.parametrize(("thread", "holder", "epoch", "address"), KNOWN.values(), ids=KNOWN)
def test_reply_gives_the_known_answer(thread: int, holder: int, epoch: int, address: str) -> None:
    assert HERE.reply(ThreadNo(thread), PersonNo(holder), epoch) == address


@pytest.mark.parametrize(("thread", "holder", "epoch", "address"), URGENT.values(), ids=URGENT)
def test_urgent_gives_the_known_answer(thread: int, holder: int, epoch: int, address: str) -> None:
    assert HERE.urgent(ThreadNo(thread), PersonNo(holder), epoch) == address


@given(thread=numbers, holder=numbers, epoch=epochs)
def test_read_tells_what_is_urgent(thread: int, holder: int, epoch: int) -> None:
    known = Identified(thread=ThreadNo(thread), holder=PersonNo(holder), epoch=epoch, urgent=True)
    assert HERE.read(HERE.urgent(known.thread, known.holder, epoch)) == known


@given(thread=numbers, holder=numbers, epoch=epochs)
def test_read_gives_back_what_was_minted(thread: int, holder: int, epoch: int) -> None:
    known = Identified(thread=ThreadNo(thread), holder=PersonNo(holder), epoch=epoch)
    for here in (HERE, PLUS):
        address = here.reply(known.thread, known.holder, epoch)
        assert here.read(address) == known
        assert here.read(address.upper()) == known
        assert len(address.partition("@")[0]) <= 64
        assert address == address.lower() or here is PLUS


@given(st.text(max_size=90))
def test_read_refuses_any_other_string(text: str) -> None:
    assert refused(text)
    assert refused(f"r.{text}@reply.example.org")


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz234567", min_size=TOKEN_SIGNS, max_size=TOKEN_SIGNS))
def test_read_refuses_a_token_that_nobody_minted(token: str) -> None:
    assert refused(f"r.{token}@reply.example.org")


@given(thread=numbers, holder=numbers, epoch=epochs, place=st.integers(0, 199))
def test_read_refuses_a_token_with_one_bit_changed(thread: int, holder: int, epoch: int, place: int) -> None:
    token = HERE.reply(ThreadNo(thread), PersonNo(holder), epoch)[2:42]
    octets = int.from_bytes(base64.b32decode(token.upper()), "big") ^ 1 << place
    changed = base64.b32encode(octets.to_bytes(25, "big")).decode().lower()
    assert refused(f"r.{changed}@reply.example.org")


NEAR = {
    "another key": OTHER.reply(ThreadNo(1), PersonNo(2), 0),
    "another domain": HERE.reply(ThreadNo(1), PersonNo(2), 0).replace("reply.", "replay."),
    "no prefix": HERE.reply(ThreadNo(1), PersonNo(2), 0)[2:],
    "padding": HERE.reply(ThreadNo(1), PersonNo(2), 0).replace("@", "=@"),
    "a space behind": HERE.reply(ThreadNo(1), PersonNo(2), 0) + " ",
    "a line end behind": HERE.reply(ThreadNo(1), PersonNo(2), 0) + "\n",
    "a link is no address": f"r.{HERE.link(ThreadNo(1), PersonNo(2))}@reply.example.org",
    "a sign that folds to another": HERE.reply(ThreadNo(1), PersonNo(2), 0).replace("r.", "r\u2024", 1),
    "nothing": "",
}


@pytest.mark.parametrize("address", NEAR.values(), ids=NEAR)
def test_read_refuses_what_only_looks_like_ours(address: str) -> None:
    assert refused(address)


@given(st.integers(0, 2**63 - 1))
def test_bounce_names_its_notification(number: int) -> None:
    assert HERE.read(HERE.bounce(RowId(number))) == Bounced(RowId(number))


@given(thread=numbers, holder=numbers)
def test_read_link_takes_links_only(thread: int, holder: int) -> None:
    link = HERE.link(ThreadNo(thread), PersonNo(holder))
    assert HERE.read_link(link) == Identified(thread=ThreadNo(thread), holder=PersonNo(holder), epoch=0)
    reply = HERE.reply(ThreadNo(thread), PersonNo(holder), 0)[2:42]
    with pytest.raises(Refused):
        HERE.read_link(reply)


@given(thread=numbers, holder=numbers, epoch=epochs, number=st.integers(0, 2**63 - 1))
def test_message_ids_carry_the_same_proof(thread: int, holder: int, epoch: int, number: int) -> None:
    known = Identified(thread=ThreadNo(thread), holder=PersonNo(holder), epoch=epoch)
    own = HERE.message_id(RowId(number), known.thread, known.holder, epoch)
    root = HERE.thread_root(known.thread, known.holder, epoch)
    assert HERE.in_references(["<x@example.net>", own]) == known
    assert HERE.in_references([root.upper()]) == known
    assert HERE.in_references(["<x@example.net>", own.replace("reply.", "evil.")]) is None
    assert OTHER.in_references([own, root]) is None


def test_in_references_takes_the_nearest_first() -> None:
    near, far = (HERE.thread_root(ThreadNo(no), PersonNo(9), 0) for no in (1, 2))
    found = HERE.in_references([near, far])
    assert found is not None
    assert found.thread == 1


def at(thread: int) -> str:
    return HERE.reply(ThreadNo(thread), PersonNo(9), 0)


HEADERS = {
    "Delivered-To before To": ([("to", at(1)), ("delivered-to", at(2))], "delivered-to", [2]),
    "X-Original-To": ([("x-original-to", f"<{at(3)}>")], "x-original-to", [3]),
    "Envelope-To": ([("cc", at(1)), ("envelope-to", at(4))], "envelope-to", [4]),
    "To, with a name": ([("to", f'"Lee, Dr." <{at(5).upper()}>, else@example.net')], "to", [5]),
    "Cc where To is another": ([("to", "x@example.net"), ("cc", at(6))], "cc", [6]),
    "a delivery header that names the mailbox only": ([("delivered-to", "care@example.org"), ("to", at(7))], "to", [7]),
    "To and Cc together": ([("cc", at(2)), ("to", at(1))], "to", [1, 2]),
    "delivery headers together": ([("x-original-to", at(2)), ("delivered-to", at(1))], "delivered-to", [1, 2]),
    "delivered to a forged one": (
        [("delivered-to", OTHER.reply(ThreadNo(1), PersonNo(9), 0)), ("to", at(1))],
        "delivered-to",
        [],
    ),
    "delivered to a damaged one": ([("delivered-to", "r.abc@reply.example.org"), ("to", at(1))], "delivered-to", []),
    "one of two is forged": ([("to", f"r.abc@reply.example.org, {at(1)}")], "to", [1]),
    "two threads": ([("to", f"{at(1)}, {at(2)}")], "to", [1, 2]),
    "twice the same": ([("to", f"{at(1)}, {at(1)}")], "to", [1]),
    "forged": ([("to", OTHER.reply(ThreadNo(1), PersonNo(9), 0))], "", []),
    "part of a longer address": ([("to", f"x{at(1)}, {at(1)}.evil.example")], "", []),
    "none": ([("subject", at(1))], "", []),
}


@pytest.mark.parametrize(("headers", "name", "threads"), HEADERS.values(), ids=HEADERS)
def test_in_headers_finds_what_was_delivered(headers: list[tuple[str, str]], name: str, threads: list[int]) -> None:
    found_in, found = HERE.in_headers(headers)
    assert (found_in, [each.thread for each in found]) == (name, threads)


def test_in_headers_finds_what_comes_back_to_a_notification() -> None:
    assert HERE.in_headers([("delivered-to", HERE.bounce(RowId(5)))]) == ("delivered-to", (Bounced(RowId(5)),))


def test_in_headers_knows_a_tagged_mailbox() -> None:
    tagged = Addresses("care+{token}@example.org", KEY)
    address = tagged.reply(ThreadNo(1), PersonNo(9), 0)
    known = Identified(thread=ThreadNo(1), holder=PersonNo(9), epoch=0)
    assert tagged.in_headers([("delivered-to", "care@example.org"), ("to", f"Care <{address}>")]) == ("to", (known,))
    assert tagged.in_headers([("delivered-to", "care+news@example.org"), ("to", address)]) == ("delivered-to", ())
    bare = Addresses("{token}@reply.example.org", KEY)
    address = bare.reply(ThreadNo(1), PersonNo(9), 0)
    assert bare.in_headers([("delivered-to", "relay@reply.example.org"), ("to", address)]) == ("to", (known,))


def test_repr_hides_the_key() -> None:
    assert str(KEY) not in repr(HERE)
    assert "key" not in repr(HERE)
