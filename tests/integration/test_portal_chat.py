"""A page that is open and in use keeps mails back (R12): over HTTP without JavaScript, and what the script adds."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from relay.domain import Notification, PersonNo
from relay.portal.server import Web
from tests.portal_world import ANA, BOB, LEE, WITH_KIM, WITH_LEE, Browser, Stage, World, browser, served

HERE = f"/t/{WITH_LEE.no}/here"


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


# -- undo --------------------------------------------------------------------------------------------------------------


def lee_is_live(world: World) -> None:
    world.store.messages.in_use(WITH_LEE.no, LEE.no, world.store.clock.now())


def undo(ana: Browser, **change: str) -> httpx.Response:
    fields = {"form_token": ana.field("form_token"), **(change or {"message": ana.field("message")})}
    return ana.post(f"/t/{WITH_LEE.no}/withdraw", fields)


def texts(world: World) -> list[str | None]:
    page = world.reader.open(WITH_LEE.no, LEE.no)
    assert page is not None
    return [each.text for each in page.messages]


def test_who_wrote_can_undo_it_until_the_other_is_told(world: World, ana: Browser) -> None:
    ana.sign_in(world, ANA, f"/t/{WITH_LEE.no}")
    lee_is_live(world)
    ana.write(f"/t/{WITH_LEE.no}", "Please call me\nat noon.")
    assert "Dr. Lee Park has not been told of it yet." in ana.html
    assert undo(ana).status_code == 200
    assert "That message is taken back; nobody was told of it." in ana.html
    assert ">\nPlease call me\nat noon.</textarea>" in ana.html  # to be written anew
    assert 'name="message"' not in ana.html
    assert texts(world) == []
    assert [row.line.action for row in world.store.ledger.audited()][-1] == "withdrawn"
    again = {"form_token": ana.field("form_token"), "once": ana.field("once"), "text": "Please call me at one."}
    ana.post(f"/t/{WITH_LEE.no}", again)
    assert texts(world) == ["Please call me at one."]


def test_undo_comes_too_late(world: World, ana: Browser) -> None:
    ana.sign_in(world, ANA, f"/t/{WITH_LEE.no}")
    lee_is_live(world)
    ana.write(f"/t/{WITH_LEE.no}", "Please call me.")
    page = world.reader.open(WITH_LEE.no, LEE.no)
    assert page is not None
    world.reader.look(page, LEE.no, world.store.clock.now())
    assert undo(ana).status_code == 409
    assert "It is too late to take that back" in ana.html
    assert 'name="message"' not in ana.html
    assert texts(world) == ["Please call me."]


def test_nobody_undoes_what_others_wrote(world: World, ana: Browser) -> None:
    ana.sign_in(world, ANA, f"/t/{WITH_LEE.no}")
    assert lee_writes(world) == "held"
    ana.get(f"/t/{WITH_LEE.no}")
    assert 'name="message"' not in ana.html
    message = world.store.messages.of_thread(WITH_LEE.no)[0].id
    assert undo(ana, message=f"{message:016x}").status_code == 409
    assert len(texts(world)) == 1


@pytest.mark.parametrize(("change", "status"), [({"message": "x"}, 400), ({"form_token": "0" * 64}, 403)])
def test_undo_by_a_form_that_is_not_ours_is_turned_away(
    world: World, ana: Browser, change: dict[str, str], status: int
) -> None:
    ana.sign_in(world, ANA, f"/t/{WITH_LEE.no}")
    lee_is_live(world)
    ana.write(f"/t/{WITH_LEE.no}", "Please call me.")
    assert undo(ana, **change).status_code == status
    assert texts(world) == ["Please call me."]


def test_undo_in_a_thread_of_others_is_a_404(world: World, ana: Browser) -> None:
    ana.sign_in(world, BOB)
    ana.get("/")
    fields = {"form_token": ana.field("form_token"), "message": "0" * 16}
    assert ana.http.post(f"/t/{WITH_LEE.no}/withdraw", data=fields).status_code == 404


def test_what_was_mailed_can_be_undone_in_the_portal(world: World, ana: Browser) -> None:
    ana.sign_in(world, ANA, f"/t/{WITH_LEE.no}")
    lee_is_live(world)
    world.intake.write(WITH_LEE.no, ANA.no, "By another way", via="smtp")
    ana.get(f"/t/{WITH_LEE.no}")
    assert undo(ana).status_code == 200
    assert texts(world) == []
