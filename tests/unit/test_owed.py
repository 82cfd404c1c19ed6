"""What is owed for a message: who is told, and what its writer by mail is told."""

from __future__ import annotations

import itertools

import pytest

from relay.domain import Authorised, LeftOut, RowId, Screened, Thread, ThreadNo, Via
from relay.owed import owed_for
from tests.fakes import NOON, FakeStore
from tests.intake_world import ANA, LEE


@pytest.mark.parametrize(
    ("via", "receipt", "left_out", "whys"),
    [
        ("smtp", False, (), ["message"]),
        ("smtp", True, (), ["message", "receipt"]),
        ("imap", True, (), ["message", "receipt"]),
        ("portal", True, (), ["message"]),
        ("cli", True, (), ["message"]),
        ("smtp", True, (LeftOut(position=1),), ["message", "files-left-out"]),
        ("portal", True, (LeftOut(position=1),), ["message"]),
    ],
)
def test_a_writer_by_mail_gets_a_receipt_if_they_want_one(
    via: Via, receipt: bool, left_out: tuple[LeftOut, ...], whys: list[str]
) -> None:
    mail = Authorised(
        thread=Thread(no=ThreadNo(1), client=ANA, provider=LEE, state="active"),
        author=ANA,
        to=(LEE,),
        via=via,
        arrived_at=NOON,
        subject="",
        text="Yes",
        cut="",
        screened=Screened(left_out=left_out),
        message_id="",
    )
    ids = map(RowId, itertools.count(1))
    owed = owed_for(mail, FakeStore().people, at=NOON, new_id=lambda: next(ids), receipt=receipt)
    assert [one.why for one in owed] == whys
    assert [one.to for one in owed] == [LEE, *[ANA] * (len(whys) - 1)]
