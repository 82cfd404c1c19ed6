"""One gate for all ways in."""

import pytest

from relay.authorise import authorise, others
from relay.domain import Person, PersonId, PersonNo, Role, State, Thread, ThreadNo
from relay.refusal import Refusal, Refused


def person(no: int, role: Role = "client") -> Person:
    return Person(no=PersonNo(no), id=PersonId(f"p{no}"), role=role, name="", addresses=())


def thread(state: State = "active", provider: int | None = 2) -> Thread:
    return Thread(
        no=ThreadNo(1), client=PersonNo(1), provider=None if provider is None else PersonNo(provider), state=state
    )


ALLOWED = {
    "R5 client, active": (thread(), person(1)),
    "R5 client, booked": (thread("booked"), person(1)),
    "R5 client, worked with before": (thread("previous"), person(1)),
    "provider": (thread(), person(2, "provider")),
    "R9 client to Support": (thread(provider=None), person(1)),
    "support": (thread(provider=None), person(5, "support")),
}
REFUSED = {
    "R14 ended, client": (thread("ended"), person(1), Refusal.HAS_ENDED),
    "R14 ended, provider": (thread("ended"), person(2, "provider"), Refusal.HAS_ENDED),
    "R16 no thread": (None, person(1), Refusal.NEVER_BOOKED),
    "R16 another's thread": (thread(), person(3), Refusal.NEVER_BOOKED),
    "R16 before R14": (thread("ended"), person(3), Refusal.NEVER_BOOKED),
    "R5 support in a provider's thread": (thread(), person(5, "support"), Refusal.NEVER_BOOKED),
    "a person who left": (thread(), None, Refusal.NEVER_BOOKED),
}


@pytest.mark.parametrize(("where", "who"), ALLOWED.values(), ids=ALLOWED)
def test_authorise_lets_write(where: Thread, who: Person) -> None:
    assert authorise(where, who) == (where, who)


@pytest.mark.parametrize(("where", "who", "reason"), REFUSED.values(), ids=REFUSED)
def test_authorise_refuses(where: Thread | None, who: Person | None, reason: Refusal) -> None:
    with pytest.raises(Refused) as no:
        authorise(where, who)
    assert no.value.reason is reason


SUPPORT = (PersonNo(5), PersonNo(6))
TOLD = {
    "client writes, provider is told": (thread(), person(1), (2,)),
    "provider writes, client is told": (thread(), person(2, "provider"), (1,)),
    "client writes to Support, all of Support are told": (thread(provider=None), person(1), (5, 6)),
    "support writes, the client is told": (thread(provider=None), person(5, "support"), (1,)),
}


@pytest.mark.parametrize(("where", "who", "told"), TOLD.values(), ids=TOLD)
def test_others_are_told_and_nobody_else(where: Thread, who: Person, told: tuple[int, ...]) -> None:
    assert others(where, who, SUPPORT) == told
