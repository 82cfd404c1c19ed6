"""What Support sees in the portal over real HTTP: nothing of a thread without a reason; both parties are shown (R7)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from relay.domain import Person, Stored
from relay.portal.server import Web
from tests.portal_world import (
    ANA,
    BOBS,
    LEE,
    SAM,
    WITH_LEE,
    WITH_SUPPORT,
    Browser,
    Stage,
    World,
    browser,
    served,
)

PAGE = f"/handed/{WITH_LEE.no}"
SECRET = "canary: my refill is late"


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture(scope="module")
def stage() -> Iterator[tuple[Stage, int]]:
    stage = Stage()
    with served(Web(stage)) as web:
        yield stage, web.port


@contextmanager
def signed_in(world: World, stage: tuple[Stage, int], who: Person) -> Iterator[Browser]:
    stage[0].app = world.app
    one = browser(stage[1])
    with one.http:
        one.sign_in(world, who, "/")
        yield one


def urgently(world: World) -> None:
    world.store.clock.advance(60)
    outcome = world.intake.write(WITH_LEE.no, ANA.no, SECRET, via="portal", urgent=True)
    assert isinstance(outcome, Stored)


def send(one: Browser, path: str, page: str = "", **fields: str) -> httpx.Response:
    """Fill in the form of that page."""
    one.get(page or path)
    return one.post(path, {"form_token": one.field("form_token"), **fields})


def looks(world: World) -> list[tuple[str, str]]:
    rows = [row.line for row in world.store.ledger.audited()]
    return [(line.actor, line.note) for line in rows if line.action == "thread-read"]


def test_support_reads_a_thread_for_a_reason_that_is_kept_and_both_parties_see_it(
    world: World, stage: tuple[Stage, int]
) -> None:
    urgently(world)
    with signed_in(world, stage, SAM) as sam:
        assert PAGE in sam.get("/handed").text
        asked = sam.get(PAGE)
        assert SECRET not in asked.text
        assert LEE.name not in asked.text
        assert looks(world) == []
        opened = send(sam, PAGE, reason="to find a covering doctor")
        assert opened.status_code == 200
        assert SECRET in opened.text
        assert SECRET not in sam.get(PAGE).text  # a look is for once
        assert sam.get(f"/t/{WITH_LEE.no}").status_code == 404
    assert looks(world) == [("sam", "to find a covering doctor")]
    for who in (ANA, LEE):
        with signed_in(world, stage, who) as one:
            page = one.get(f"/t/{WITH_LEE.no}").text
            assert "Support opened this conversation" in page
            assert "covering doctor" not in page


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_without_a_reason_nothing_is_shown(world: World, stage: tuple[Stage, int], reason: str) -> None:
    urgently(world)
    with signed_in(world, stage, SAM) as sam:
        page = sam.get(PAGE)
        answer = send(sam, PAGE, reason=reason)
        assert (page.status_code, answer.status_code) == (200, 422)
        assert SECRET not in answer.text
    assert looks(world) == []


def test_a_thread_that_no_item_names_is_not_there(world: World, stage: tuple[Stage, int]) -> None:
    world.intake.write(WITH_LEE.no, ANA.no, SECRET, via="portal")
    with signed_in(world, stage, SAM) as sam:
        for path in (PAGE, f"/handed/{BOBS.no}", f"/handed/{WITH_SUPPORT.no}", "/handed/999", "/handed/x"):
            assert sam.get(path).status_code == 404
        sam.get("/handed")
        assert send(sam, PAGE, "/handed", reason="curious").status_code == 404
    assert looks(world) == []


@pytest.mark.parametrize("who", [ANA, LEE], ids=["client", "provider"])
def test_nobody_else_gets_there(world: World, stage: tuple[Stage, int], who: Person) -> None:
    urgently(world)
    with signed_in(world, stage, who) as one:
        assert "/handed" not in one.get("/").text
        for path in ("/handed", PAGE):
            assert one.get(path).status_code == 404
        assert send(one, PAGE, "/", reason="curious").status_code == 404
    assert looks(world) == []


def test_a_form_of_another_session_opens_nothing(world: World, stage: tuple[Stage, int]) -> None:
    urgently(world)
    with signed_in(world, stage, SAM) as sam:
        assert sam.http.post(PAGE, data={"reason": "why", "form_token": "0" * 64}).status_code == 403
    assert looks(world) == []


def test_a_client_ticks_that_it_cannot_wait(world: World, stage: tuple[Stage, int]) -> None:
    with signed_in(world, stage, ANA) as ana:
        assert 'name="urgent"' not in ana.get(f"/t/{WITH_SUPPORT.no}").text
        assert 'name="urgent"' in ana.get(f"/t/{WITH_LEE.no}").text
        ana.get(f"/t/{WITH_LEE.no}")
        send(ana, f"/t/{WITH_LEE.no}", once=ana.field("once"), text="my refill", urgent="1")
    items = [(row.notification.to, row.notification.why) for row in world.store.outbox.rows()]
    assert (SAM.no, "urgent") in items
    with signed_in(world, stage, LEE) as lee:
        assert 'name="urgent"' not in lee.get(f"/t/{WITH_LEE.no}").text
