"""A page that is open and in use keeps mails back (R12): over HTTP without JavaScript, and what the script adds."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from relay.domain import Notification, PersonNo
from relay.portal.server import Web
from tests.portal_world import ANA, BOB, LEE, WITH_KIM, WITH_LEE, Browser, Stage, World, browser, listen, served

HERE = f"/t/{WITH_LEE.no}/here"


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture(scope="module")
def stage() -> Iterator[tuple[Stage, int]]:
    stage = Stage()
    with served(Web(stage, listen())) as web:
        yield stage, web.port


@pytest.fixture
def ana(world: World, stage: tuple[Stage, int]) -> Iterator[Browser]:
    stage[0].app = world.app
    one = browser(stage[1])
    with one.http:
        yield one


def lee_writes(world: World) -> str:
    """Lee writes to Ana; what becomes of the mail to her?"""
    world.store.clock.advance(1)
    world.intake.write(WITH_LEE.no, LEE.no, f"at {world.store.clock.now()}", via="portal")
    return [row.state for row in world.store.outbox.rows() if is_to(row.notification, ANA.no)][-1]


def is_to(notification: Notification, person: PersonNo) -> bool:
    return notification.to == person and notification.why == "message"


def beat(ana: Browser) -> httpx.Response:
    return ana.http.post(HERE, data={"form_token": ana.field("form_token")})


def test_who_is_signed_in_elsewhere_gets_a_mail_at_once(world: World, ana: Browser) -> None:
    ana.sign_in(world, ANA)
    ana.get(f"/t/{WITH_KIM.no}")
    assert lee_writes(world) == "due"


def test_who_opens_the_page_is_in_the_conversation(world: World, ana: Browser) -> None:
    ana.sign_in(world, ANA, f"/t/{WITH_LEE.no}")
    assert lee_writes(world) == "held"
    world.store.clock.advance(300)
    assert lee_writes(world) == "due"


def test_prefetch_is_no_sign_of_life(world: World, ana: Browser) -> None:
    ana.sign_in(world, ANA)
    ana.get(f"/t/{WITH_LEE.no}", headers={"Sec-Purpose": "prefetch"})
    assert lee_writes(world) == "due"


def test_who_goes_on_using_it_stays_in_the_conversation(world: World, ana: Browser) -> None:
    ana.sign_in(world, ANA, f"/t/{WITH_LEE.no}")
    for _ in range(3):
        world.store.clock.advance(200)
        assert beat(ana).status_code == 204
    assert lee_writes(world) == "held"


def test_reading_takes_the_held_mail_back(world: World, ana: Browser) -> None:
    ana.sign_in(world, ANA, f"/t/{WITH_LEE.no}")
    assert lee_writes(world) == "held"
    ana.get(f"/t/{WITH_LEE.no}")
    assert [row.state for row in world.store.outbox.rows() if is_to(row.notification, ANA.no)] == ["cancelled"]


def test_sign_of_life_of_strangers_is_turned_away(world: World, ana: Browser) -> None:
    assert ana.http.post(HERE, data={"form_token": "0" * 64}).status_code == 401
    ana.sign_in(world, BOB)
    ana.get("/")
    assert beat(ana).status_code == 404
    assert ana.http.post("/t/none/here", data={"form_token": ana.field("form_token")}).status_code == 404
    assert ana.http.post(HERE, data={"form_token": "0" * 64}).status_code == 403
    assert ana.http.get(HERE).status_code == 405
    assert world.store.messages._active == {}
