"""Did every inbound mail end in exactly one outcome, and is all there that it brought? (DESIGN: What always holds, 2)

Accounts in, a Balance out: counts, and everything that does not fit, by id. Pure. Never raises. A receipt fits where
its outcome has what belongs to it and nothing else, where its message is there and no other receipt has it, where
somebody was told, and where every mail that was owed for it is there; a message where it has a receipt and a line in
the audit chain; that line where its message is there. What cannot be seen: a receipt of a mail that brought nothing,
once it was taken away.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from relay.accounts import Accounts, Entry
from relay.domain import TRIES_AGAIN, Kind, RowId
from relay.refusal import Refusal

ON_THE_WAY: Final = ("deferred", "held")  #: to one of the outcomes
PERMANENT: Final = frozenset(each.slug for each in Refusal if not each.temporary)
TEMPORARY: Final = frozenset(each.slug for each in Refusal if each.temporary)
KINDS: Final = frozenset(each.value for each in Kind)
NONE: Final = frozenset({None})
FORMS: Final[Mapping[str, tuple[frozenset[str | None], frozenset[str | None]]]] = {  # reason and kind that belong to it
    "stored": (NONE, NONE),
    "refused": (PERMANENT, NONE),
    "deferred": (TEMPORARY, NONE),
    "consumed": (NONE, KINDS),
    "held": (NONE, NONE),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Imbalance:
    """Something that does not fit."""

    receipt: RowId | None = None
    message: RowId | None = None
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """The sum."""

    receipts: int
    outcomes: Mapping[str, int]
    messages: int
    problems: tuple[Imbalance, ...] = ()


def balance(accounts: Accounts) -> Balance:
    """Compare both sides."""
    known = _There(accounts)
    outcomes: Counter[str] = Counter()
    problems: list[Imbalance] = []
    for entry in accounts.entries:
        outcomes[entry.receipt.outcome] += 1
        problems += [Imbalance(receipt=entry.receipt.id, what=what) for what in known.wrong(entry)]
    problems += known.left_over()
    return Balance(
        receipts=outcomes.total(), outcomes=outcomes, messages=len(known.messages), problems=tuple(problems)
    )  # fmt: skip


class _There:
    """What there is, and which of it receipts have claimed."""

    def __init__(self, accounts: Accounts) -> None:
        self.messages = frozenset(accounts.messages)
        self._unclaimed = set(self.messages)
        self._held = set(accounts.held)
        self._notifications = frozenset(accounts.notifications)
        self._lines = Counter(accounts.stored)
        self._every = frozenset(accounts.every_message)

    def wrong(self, entry: Entry) -> Iterator[str]:
        """Tell what is wrong with a receipt, and take from what there is what belongs to it."""
        receipt = entry.receipt
        reasons, kinds = FORMS.get(receipt.outcome, (frozenset(), frozenset()))
        if receipt.outcome == "refused" and receipt.via not in TRIES_AGAIN:
            reasons |= TEMPORARY
        if receipt.reason not in reasons or receipt.kind not in kinds:
            yield "has no outcome, or more than one"
        yield from self._message(entry)
        if receipt.outcome == "held":
            if receipt.id not in self._held:
                yield "held, but the mail is not there"
            self._held.discard(receipt.id)
        if not self._notifications.issuperset(entry.owed or ()):
            yield "a mail that was owed for it is not there"
        if receipt.outcome == "stored" and entry.owed is not None and not entry.owed:
            yield "stored, but nobody was told"

    def _message(self, entry: Entry) -> Iterator[str]:
        if entry.receipt.outcome != "stored":
            if entry.message is not None:
                yield f"{entry.receipt.outcome}, but it has a message"
        elif entry.message not in self.messages:
            yield "stored, but its message is not there"
        elif entry.message not in self._unclaimed:
            yield "stored, but its message has another receipt as well"
        self._unclaimed.discard(entry.message or RowId(-1))

    def left_over(self) -> Iterator[Imbalance]:
        """Give what no receipt has claimed, and what the audit chain says otherwise."""
        for message in sorted(self._unclaimed):
            yield Imbalance(message=message, what="has no receipt")
        for held in sorted(self._held):
            yield Imbalance(receipt=held, what="a mail is held, but not by its receipt")
        for message in sorted(self.messages - self._lines.keys()):
            yield Imbalance(message=message, what="has no line in the audit chain")
        for message in sorted(self._lines):
            if message not in self._every:
                yield Imbalance(message=message, what="was stored, says the audit chain, but it is not there")
            elif self._lines[message] > 1:
                yield Imbalance(message=message, what="has more than one line in the audit chain")
