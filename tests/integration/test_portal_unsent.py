"""What a thread does not take, in the portal over real HTTP: ended (R14), never booked (R16). Nothing typed is lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from relay.domain import State
from relay.portal.server import Web
from relay.unsent import LIVES, MOST
from tests.portal_world import (
    ANA,
    BOBS,
    LEE,
    ORGANISATION,
    SAM,
    WITH_LEE,
    WITH_SUPPORT,
    Browser,
    Stage,
    World,
    browser,
    served,
)

PATH = f"/t/{WITH_LEE.no}"
TEXT = "One last question:\n  may I have my papers?"


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture(scope="module")
def stage() -> Iterator[tuple[Stage, int]]:
    stage = Stage()
    with served(Web(stage)) as web:
        yield stage, web.port


@pytest.fixture
def ana(world: World, stage: tuple[Stage, int]) -> Iterator[Browser]:
    stage[0].app = world.app
    one = browser(stage[1])
    with one.http:
        one.sign_in(world, ANA, PATH)
        yield one


def becomes(world: World, state: State) -> None:
    world.store.people.add_thread(replace(WITH_LEE, state=state))


def too_late(world: World, ana: Browser, text: str = TEXT) -> None:
    """The relationship ends while the page is open."""
    becomes(world, "active")
    ana.get(PATH)
    fields = {"form_token": ana.field("form_token"), "once": ana.field("once"), "text": text}
    becomes(world, "ended")
    ana.post(PATH, fields)


def act(ana: Browser, does: str, **fields: str) -> int:
    ana.get(PATH)
    found = {"form_token": ana.field("form_token"), "unsent": ana.field("unsent")} | {"do": does, **fields}
    return ana.post(f"{PATH}/unsent", found).status_code


def test_text_is_kept_and_the_page_says_whom_to_ask(world: World, ana: Browser) -> None:
    too_late(world, ana)
    assert (ana.page.status_code, ana.page.url.path) == (200, PATH)
    for said in ("This care relationship has ended", ORGANISATION.support_contact, "This was not sent", "Feb 14, 2026"):
        assert said in ana.html
    assert "may I have my papers?" in ana.html
    assert world.reader.whole(WITH_LEE.no) == ()
    assert list(world.store.outbox.rows())[1:] == []  # the sign-in code alone
    assert [receipt.reason for receipt in world.store.ledger.receipts()] == ["has-ended"]


def test_nobody_else_sees_it(world: World, ana: Browser, stage: tuple[Stage, int]) -> None:
    too_late(world, ana)
    with browser(stage[1]).http as http:
        lee = Browser(http)
        lee.sign_in(world, LEE, PATH)
        assert "has ended" in lee.html
        assert "papers" not in lee.html
        ana.get(PATH)
        fields = {"form_token": lee.field("form_token"), "unsent": ana.field("unsent"), "do": "discard"}
        assert "not here any more" in lee.post(f"{PATH}/unsent", fields).text
    assert act(ana, "discard") == 200


def test_it_goes_to_support_by_one_post(world: World, ana: Browser) -> None:
    too_late(world, ana)
    assert act(ana, "support") == 200
    assert ana.page.url.path == f"/t/{WITH_SUPPORT.no}"
    assert "may I have my papers?" in ana.html
    (message,) = world.reader.whole(WITH_SUPPORT.no)
    assert (message.author, message.text) == (ANA.no, TEXT)
    assert [(row.notification.to, row.notification.why) for row in world.store.outbox.rows()][1:] == [
        (SAM.no, "message")
    ]
    ana.get(PATH)
    assert "papers" not in ana.html


def test_the_same_form_twice_is_one_message(world: World, ana: Browser) -> None:
    too_late(world, ana)
    ana.get(PATH)
    fields = {"form_token": ana.field("form_token"), "unsent": ana.field("unsent"), "do": "support"}
    assert [ana.post(f"{PATH}/unsent", fields).status_code for _ in range(2)] == [200, 409]
    assert "not here any more" in ana.html
    assert len(world.reader.whole(WITH_SUPPORT.no)) == 1


def test_it_can_be_discarded(world: World, ana: Browser) -> None:
    too_late(world, ana)
    assert act(ana, "discard") == 200
    assert "is discarded and erased" in ana.html
    assert "papers" not in ana.html
    assert world.store.unsent.kept == {}


def test_it_is_erased_in_time(world: World, ana: Browser) -> None:
    too_late(world, ana)
    world.store.clock.advance(LIVES)
    ana.sign_in(world, ANA, PATH)
    assert "has ended" in ana.html
    assert "papers" not in ana.html


def test_what_support_does_not_take_stays(world: World, ana: Browser) -> None:
    too_late(world, ana)
    world.store.people.add_thread(replace(WITH_SUPPORT, state="ended"))
    assert act(ana, "support") == 422
    assert "may I have my papers?" in ana.html


def test_where_there_is_no_room_the_text_is_shown_to_be_copied(world: World, ana: Browser) -> None:
    for number in range(MOST):
        too_late(world, ana, f"Text number {number}")
    too_late(world, ana, "The one too many")
    assert ana.page.status_code == 422
    assert "There is no room to keep another text here" in ana.html
    assert "The one too many</textarea>" in ana.html
    assert ana.html.count("Send it to Support") == MOST


@pytest.mark.parametrize(
    ("change", "status"),
    [({"form_token": "x"}, 403), ({"do": "eat"}, 400), ({"unsent": "../x"}, 400), ({"unsent": "0" * 16}, 200)],
)
def test_odd_forms_do_nothing(world: World, ana: Browser, change: dict[str, str], status: int) -> None:
    too_late(world, ana)
    assert act(ana, "discard", **change) == status
    assert len(world.store.unsent.kept) == 1


def test_a_stranger_to_the_thread_and_a_guest_get_nowhere(world: World, ana: Browser) -> None:
    too_late(world, ana)
    ana.get(PATH)
    fields = {"form_token": ana.field("form_token"), "unsent": ana.field("unsent"), "do": "discard"}
    assert ana.post(f"/t/{BOBS.no}/unsent", fields).status_code == 404
    ana.http.cookies.clear()
    assert ana.post(f"{PATH}/unsent", fields).status_code == 401
    assert len(world.store.unsent.kept) == 1


@pytest.mark.parametrize("thread", [BOBS.no, 99])
def test_never_booked_points_to_bookings_whether_it_is_there_or_not(world: World, ana: Browser, thread: int) -> None:
    """R16"""
    ana.get(PATH)
    fields = {"form_token": ana.field("form_token"), "once": ana.field("once"), "text": "Hello?"}
    for answer in (ana.get(f"/t/{thread}"), ana.post(f"/t/{thread}", fields)):
        assert answer.status_code == 404
        assert "You can write to a provider once you have booked with them." in answer.text
        assert f"Book here: {ORGANISATION.bookings}" in answer.text
