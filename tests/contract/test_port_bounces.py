"""Ports Outbox and People together: what came back, the marks on dead addresses, and how they are lifted."""

from __future__ import annotations

from datetime import timedelta

import pytest

from relay.domain import CameBack, Harm, Notification, Origin, PersonNo, Receipt, RowId
from relay.ports import Mark
from relay.roster import Plan
from tests.contract.builders import ANA, LEE, SAM, World, line, person
from tests.fakes import NOON

FIRST, SECOND = "Ana@Home.example", "ana@work.example"  #: of Ana, as the roster spells them
DAY = timedelta(days=1)


def sent(world: World, to: PersonNo | None = ANA, address: str = FIRST) -> Notification:
    (owed,) = world.owe(world.owed(to=to))
    world.outbox.claim("", world.clock.now(), 0, sent={owed.id: address})
    return owed


def mark(world: World) -> Mark:
    item = world.owed(to=SAM, thread=None, why="unreachable", note="1")
    return Mark(at=world.clock.now(), items=[item], audit=line("marked-dead"))


def bounce(world: World, about: RowId, harm: Harm = "dead", receipt: Receipt | None = None) -> bool:
    """Let a report come; tell whether the mark is new."""
    kept = receipt or world.receipt(outcome="consumed", kind="delivery-report")
    said = world.outbox.bounced(about, harm, "bounced 5.1.1", kept, mark(world))
    assert said in ("noted", "marked")
    return said == "marked"


def items(world: World) -> int:
    return sum(row.notification.why == "unreachable" for row in world.outbox.rows())


def actions(world: World) -> list[str]:
    return [row.line.action for row in world.ledger.audited() if row.line.action != "applied"]


def unreachable(world: World, no: PersonNo = ANA) -> bool:
    one = next(each for each in world.people.everyone() if each.no == no)
    assert one == world.people.person(no) == world.people.by_id(one.id) == world.people.by_address(one.addresses[0])
    return bool(one.unreachable)


def test_find_gives_one_row(world: World) -> None:
    owed = sent(world)
    found = world.outbox.find(owed.id)
    assert found == next(iter(world.outbox.rows()))
    assert (found.state, found.sent_at) == ("sent", world.clock.now())
    assert world.outbox.find(RowId(12345)) is None
    held = world.owed(due=DAY)
    world.owe(held)
    assert world.outbox.find(held.id).state == "held"


HARMS: dict[str, tuple[Harm, str, CameBack]] = {
    "dead": ("dead", "failed", CameBack(dead=1)),
    "lost": ("lost", "failed", CameBack(soft=1)),
    "late": ("late", "sent", CameBack(soft=1)),
}


@pytest.mark.parametrize(("harm", "state", "counted"), HARMS.values(), ids=HARMS)
def test_bounced_writes_down_what_came_back(world: World, harm: Harm, state: str, counted: CameBack) -> None:
    owed, receipt = sent(world), world.receipt(outcome="consumed", kind="delivery-report")
    assert bounce(world, owed.id, harm, receipt) is (harm == "dead")
    assert world.outbox.find(owed.id).state == state
    assert world.outbox.find(owed.id).last_error == ("bounced 5.1.1" if state == "failed" else "")
    assert world.people.came_back() == {ANA: counted}
    assert unreachable(world) is (harm == "dead")
    assert list(world.ledger.receipts()) == [receipt]
    assert (items(world), actions(world)) == ((1, ["marked-dead"]) if harm == "dead" else (0, []))


def test_an_address_dies_once(world: World) -> None:
    first, second = sent(world), sent(world)
    assert [bounce(world, one.id) for one in (first, first, second)] == [True, False, False]
    assert [world.outbox.find(one.id).state for one in (first, second)] == ["failed", "failed"]
    assert (items(world), actions(world)) == (1, ["marked-dead"])
    assert world.people.came_back() == {ANA: CameBack(dead=1)}


def test_a_report_of_a_mailbox_that_is_settled_does_nothing(world: World) -> None:
    owed, origin = sent(world), Origin(mailbox=b"m" * 16, validity=1, uid=7)
    assert world.ledger.note(world.receipt(origin=origin))
    receipt = world.receipt(outcome="consumed", kind="delivery-report", origin=origin)
    assert world.outbox.bounced(owed.id, "dead", "bounced 5.1.1", receipt, mark(world)) == "settled"
    assert (world.outbox.find(owed.id).state, unreachable(world), items(world)) == ("sent", False, 0)
    assert len(list(world.ledger.receipts())) == 1


def test_soft_ones_add_up(world: World) -> None:
    for _ in range(3):
        bounce(world, sent(world).id, "lost")
    bounce(world, sent(world, LEE, "lee@home.example").id, "late")
    assert world.people.came_back() == {ANA: CameBack(soft=3), LEE: CameBack(soft=1)}


def test_what_was_never_sent_kills_nobody(world: World) -> None:
    (due,) = world.owe(world.owed(to=ANA))
    for one in (due.id, RowId(12345)):
        assert not bounce(world, one)
    assert world.outbox.find(due.id).state == "due"
    assert not unreachable(world)
    assert len(list(world.ledger.receipts())) == 2


def test_a_mail_to_the_support_contact_marks_nobody(world: World) -> None:
    owed = sent(world, to=None, address="help@elm.example")
    assert not bounce(world, owed.id)
    assert world.outbox.find(owed.id).state == "failed"
    assert world.people.came_back() == {}


def test_the_mark_is_on_the_address_that_the_mail_went_to(world: World) -> None:
    """A second address that dies stops nothing: the first gets the mails."""
    assert bounce(world, sent(world, address=SECOND).id)
    assert not unreachable(world)
    assert world.people.came_back() == {ANA: CameBack(dead=1)}
    assert not bounce(world, sent(world, address="lee@home.example").id)  # not hers
    assert not unreachable(world, LEE)


def test_undeliverable_fails_what_is_due_and_marks_its_address(world: World) -> None:
    (owed,) = world.owe(world.owed(to=ANA))
    assert world.outbox.undeliverable(owed.id, FIRST.upper(), "550 5.1.1", mark(world))
    row = world.outbox.find(owed.id)
    assert (row.state, row.attempts, row.last_error, row.sent_at) == ("failed", 1, "550 5.1.1", None)
    assert unreachable(world)
    assert (items(world), actions(world)) == (1, ["marked-dead"])
    assert not world.outbox.undeliverable(owed.id, FIRST, "550 5.1.1", mark(world))
    assert items(world) == 1


def test_undeliverable_leaves_alone_what_has_ended(world: World) -> None:
    owed = sent(world)
    assert not world.outbox.undeliverable(owed.id, FIRST, "550 5.1.1", mark(world))
    assert (world.outbox.find(owed.id).state, unreachable(world)) == ("sent", False)


def test_undeliverable_to_the_support_contact_marks_nobody(world: World) -> None:
    (owed,) = world.owe(world.owed(to=None))
    assert not world.outbox.undeliverable(owed.id, "help@elm.example", "550 5.1.1", mark(world))
    assert world.outbox.find(owed.id).state == "failed"


# -- the roster --------------------------------------------------------------------------------------------------------


def change(world: World, *addresses: str, name: str = "Ana Example") -> None:
    world.people.apply(Plan(change_people=(person("ana", name=name, addresses=addresses),)), line("applied"))


def test_apply_keeps_the_mark_of_an_address_that_stays(world: World) -> None:
    bounce(world, sent(world).id)
    world.people.apply(Plan(), line("applied"))
    assert unreachable(world)
    change(world, FIRST.lower(), SECOND, name="Ana Again")
    assert unreachable(world)


def test_apply_lets_a_new_address_begin_anew(world: World) -> None:
    bounce(world, sent(world).id)
    change(world, "ana@new.example", SECOND)
    assert not unreachable(world)
    assert world.people.came_back() == {}
    change(world, FIRST)
    assert not unreachable(world)


def test_apply_that_turns_the_addresses_around_takes_the_living_one(world: World) -> None:
    bounce(world, sent(world).id)
    change(world, SECOND, FIRST)
    assert not unreachable(world)
    assert world.people.came_back() == {ANA: CameBack(dead=1)}
    change(world, FIRST, SECOND)
    assert unreachable(world)


def test_a_report_about_an_address_that_has_left_marks_nothing(world: World) -> None:
    owed = sent(world)
    change(world, "ana@new.example")
    assert not bounce(world, owed.id)
    assert world.outbox.find(owed.id).state == "failed"
    assert not unreachable(world)


def test_an_address_that_goes_to_somebody_else_begins_anew(world: World) -> None:
    owed = sent(world)
    bounce(world, sent(world).id)
    swap = person("ana", addresses=("lee@home.example",)), person("lee", "provider", addresses=(FIRST,))
    world.people.apply(Plan(change_people=swap), line("applied"))
    assert not bounce(world, owed.id)  # it was sent to Ana there
    assert not (unreachable(world) or unreachable(world, LEE))


def test_pruning_forgets(world: World) -> None:
    bounce(world, sent(world).id)
    world.people.apply(Plan(prune_people=(person("ana"),)), line("applied"))
    assert world.people.came_back() == {}
    world.people.apply(Plan(add_people=(person("ana", addresses=(FIRST,)),)), line("applied"))
    assert not unreachable(world)


# -- the operator ------------------------------------------------------------------------------------------------------


def test_revive_lifts_the_marks_and_is_audited(world: World) -> None:
    bounce(world, sent(world).id)
    bounce(world, sent(world, address=SECOND).id)
    bounce(world, sent(world).id, "late")
    assert world.people.revive(ANA, world.clock.advance(DAY)) == 2
    assert not unreachable(world)
    assert world.people.came_back() == {}
    last = list(world.ledger.audited())[-1].line
    assert (last.actor, last.action, last.subject) == ("operator", "revived", "addresses of ana")


def test_revive_of_nothing_is_nothing(world: World) -> None:
    bounce(world, sent(world).id, "lost")
    assert world.people.revive(ANA, NOON) == 0
    assert world.people.came_back() == {ANA: CameBack(soft=1)}
    assert actions(world) == []


def test_after_a_revival_only_newer_mails_count(world: World) -> None:
    before = sent(world)
    bounce(world, sent(world).id)
    world.people.revive(ANA, world.clock.advance(DAY))
    assert not bounce(world, before.id)
    assert not unreachable(world)
    world.clock.advance(DAY)
    assert bounce(world, sent(world).id)
    assert unreachable(world)


def test_what_is_owed_with_a_revival_or_a_change_is_kept_with_it(world: World) -> None:
    first, second = world.owed(to=ANA), world.owed(to=ANA)
    assert world.people.revive(ANA, world.clock.now(), [first]) == 0
    assert world.outbox.find(first.id) is None
    bounce(world, sent(world).id)
    assert world.people.revive(ANA, world.clock.now(), [first]) == 1
    assert world.outbox.find(first.id).state == "due"
    world.people.apply(Plan(), line("applied"), lambda done: None, [second])
    assert world.outbox.find(second.id).state == "due"
