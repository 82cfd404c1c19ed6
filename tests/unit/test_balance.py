"""What fits, and each way in which a journal does not: told by id, in plain words."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from relay.accounts import Accounts, Entry
from relay.balance import Imbalance, balance
from relay.domain import Receipt, RowId, Via
from tests.fakes import NOON


def entry(id: int, outcome: str = "stored", *, message: int | None = None, owed: tuple[int, ...] = (), **more: object):
    receipt = Receipt(id=RowId(id), at=NOON, via="smtp", outcome=outcome, **more)  # type: ignore[arg-type]
    known = None if message is None else RowId(message)
    return Entry(receipt=receipt, message=known, owed=tuple(map(RowId, owed)))


@dataclass
class Books:
    """A journal that balances; tests take something out, or put something in."""

    entries: list[Entry] = field(
        default_factory=lambda: [
            entry(1, message=101, owed=(201,)),
            entry(2, message=102, owed=(202, 203)),
            entry(3, "refused", reason="has-ended", owed=(204,)),
            entry(4, "deferred", reason="not-now"),
            entry(5, "consumed", kind="duplicate"),
            entry(6, "held", owed=(205,)),
        ]
    )
    messages: set[int] = field(default_factory=lambda: {101, 102})
    older: set[int] = field(default_factory=lambda: {77})
    held: set[int] = field(default_factory=lambda: {6})
    notifications: set[int] = field(default_factory=lambda: {201, 202, 203, 204, 205, 299})
    stored: list[int] = field(default_factory=lambda: [101, 102])

    def accounts(self) -> Accounts:
        return Accounts(
            entries=iter(self.entries),
            messages=map(RowId, self.messages),
            every_message=map(RowId, self.messages | self.older),
            held=map(RowId, self.held),
            notifications=map(RowId, self.notifications),
            stored=map(RowId, self.stored),
        )

    def problems(self) -> list[Imbalance]:
        return list(balance(self.accounts()).problems)


def test_a_journal_that_balances_is_counted() -> None:
    found = balance(Books().accounts())
    assert found.problems == ()
    assert (found.receipts, found.messages) == (6, 2)
    assert found.outcomes == {"stored": 2, "refused": 1, "deferred": 1, "consumed": 1, "held": 1}


@pytest.mark.parametrize(("via", "fits"), [("cli", True), ("portal", True), ("smtp", False), ("imap", False)])
def test_only_what_is_typed_is_refused_for_a_passing_reason(via: Via, fits: bool) -> None:
    one = entry(1, "refused", reason="scanner-down")
    one = replace(one, receipt=replace(one.receipt, via=via))
    found = balance(Accounts(entries=(one,), messages=(), every_message=(), held=(), notifications=(), stored=()))
    assert (found.problems == ()) is fits


def test_an_empty_journal_balances() -> None:
    found = balance(Accounts(entries=(), messages=(), every_message=(), held=(), notifications=(), stored=()))
    assert (found.receipts, found.messages, found.problems) == (0, 0, ())


def on(receipt: int, what: str) -> Imbalance:
    return Imbalance(receipt=RowId(receipt), what=what)


def of(message: int, what: str) -> Imbalance:
    return Imbalance(message=RowId(message), what=what)


MIXED = "has no outcome, or more than one"
LOST = "was stored, says the audit chain, but it is not there"
DAMAGES = {
    "a message is gone": (
        lambda books: books.messages.discard(101),
        [on(1, "stored, but its message is not there"), of(101, LOST)],
    ),
    "a receipt is gone": (lambda books: books.entries.pop(0), [of(101, "has no receipt")]),
    "a notification is gone": (
        lambda books: books.notifications.discard(203),
        [on(2, "a mail that was owed for it is not there")],
    ),
    "one that a refusal brought is gone": (
        lambda books: books.notifications.discard(204),
        [on(3, "a mail that was owed for it is not there")],
    ),
    "an audit line is gone": (lambda books: books.stored.remove(102), [of(102, "has no line in the audit chain")]),
    "an audit line stands twice": (
        lambda books: books.stored.append(102),
        [of(102, "has more than one line in the audit chain")],
    ),
    "a message appears from nowhere": (
        lambda books: books.messages.add(103),
        [of(103, "has no receipt"), of(103, "has no line in the audit chain")],
    ),
    "a held mail is gone": (lambda books: books.held.discard(6), [on(6, "held, but the mail is not there")]),
    "a held mail whose receipt says otherwise": (
        lambda books: books.held.add(4),
        [on(4, "a mail is held, but not by its receipt")],
    ),
}
WRONG_ENTRIES = {
    "nobody was told": (entry(1, message=101), [on(1, "stored, but nobody was told")]),
    "no message": (entry(1, owed=(201,)), [on(1, "stored, but its message is not there"), of(101, "has no receipt")]),
    "a message of another receipt": (
        entry(1, message=102, owed=(201,)),
        [on(2, "stored, but its message has another receipt as well"), of(101, "has no receipt")],
    ),
    "refused, and a message": (
        entry(1, "refused", reason="has-ended", message=101),
        [on(1, "refused, but it has a message")],
    ),
    "stored, and refused": (entry(1, message=101, owed=(201,), reason="has-ended"), [on(1, MIXED)]),
    "stored, and consumed": (entry(1, message=101, owed=(201,), kind="duplicate"), [on(1, MIXED)]),
    "an outcome nobody knows": (
        entry(1, "lost"),
        [on(1, MIXED), of(101, "has no receipt")],
    ),
    "refused without a reason": (entry(1, "refused"), [on(1, MIXED), of(101, "has no receipt")]),
    "refused for a passing reason": (
        entry(1, "refused", reason="not-now"),
        [on(1, MIXED), of(101, "has no receipt")],
    ),
    "deferred for good": (entry(1, "deferred", reason="has-ended"), [on(1, MIXED), of(101, "has no receipt")]),
    "consumed without a kind": (entry(1, "consumed"), [on(1, MIXED), of(101, "has no receipt")]),
    "a kind nobody knows": (entry(1, "consumed", kind="lost"), [on(1, MIXED), of(101, "has no receipt")]),
}


@pytest.mark.parametrize(("damage", "told"), DAMAGES.values(), ids=DAMAGES)
def test_what_is_missing_is_told(damage, told: list[Imbalance]) -> None:
    books = Books()
    damage(books)
    assert books.problems() == told


@pytest.mark.parametrize(("wrong", "told"), WRONG_ENTRIES.values(), ids=WRONG_ENTRIES)
def test_a_receipt_that_does_not_fit_is_told(wrong: Entry, told: list[Imbalance]) -> None:
    books = Books()
    books.entries[0] = wrong
    assert books.problems() == told


def test_what_an_older_release_did_not_write_down_is_no_problem() -> None:
    books = Books()
    books.entries[0] = replace(books.entries[0], owed=None)
    assert books.problems() == []


def test_the_line_of_a_message_that_came_before_the_time_asked_for_is_no_problem() -> None:
    """A held mail came before that time and was stored after it."""
    books = Books()
    books.stored.append(77)
    assert books.problems() == []
    books.older.clear()
    assert books.problems() == [of(77, LOST)]
