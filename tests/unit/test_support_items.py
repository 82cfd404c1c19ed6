"""Who gets an item for Support: everyone of Support who can be reached, else the support contact."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

import pytest

from relay.domain import ITEMS, PersonId, PersonNo, RowId, ThreadNo
from relay.domain import Person as Of
from relay.support_items import support_items
from tests.fakes import NOON, FakeStore

ANA = Of(no=PersonNo(1), id=PersonId("ana"), role="client", name="Ana", addresses=("ana@home.example",))
SAM = Of(no=PersonNo(4), id=PersonId("sam"), role="support", name="Sam", addresses=("sam@elm.example",))
EVA = Of(no=PersonNo(8), id=PersonId("eva"), role="support", name="Eva", addresses=("eva@elm.example",))

TOLD = {
    "everyone": ((SAM, EVA), ANA, [SAM.no, EVA.no]),
    "nobody is there": ((), ANA, [None]),
    "not whose mail comes back": ((replace(SAM, unreachable=True), EVA), ANA, [EVA.no]),
    "nobody's mail arrives": ((replace(SAM, unreachable=True),), ANA, [None]),
    "not whom it is about": ((SAM, EVA), SAM, [EVA.no]),
    "one without addresses": ((replace(SAM, addresses=()), EVA), ANA, [EVA.no]),
}


@pytest.mark.parametrize(("support", "about", "told"), TOLD.values(), ids=TOLD)
def test_items_go_to(support: tuple[Of, ...], about: Of, told: list[PersonNo | None]) -> None:
    store = FakeStore()
    for one in (ANA, *support):
        store.people.add_person(one)
    numbers = count(1)
    items = support_items(
        "unreachable", store.people, at=NOON, new_id=lambda: RowId(next(numbers)), about=about.no, thread=ThreadNo(7)
    )
    assert [item.to for item in items] == told
    assert {(item.why, item.thread, item.note, item.due_at) for item in items} == {
        ("unreachable", ThreadNo(7), str(about.no), NOON)
    }
    assert len({item.id for item in items}) == len(items)


def test_an_item_can_be_about_no_person() -> None:
    (item,) = support_items(ITEMS[0], FakeStore().people, at=NOON, new_id=lambda: RowId(1))
    assert (item.to, item.note, item.thread) == (None, "", None)
