"""The page of preferences over real HTTP, without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from relay.domain import Preferences
from relay.portal.server import Web
from relay.settings import Notify
from relay.units import read_hours
from tests.portal_world import ANA, LEE, SAM, Browser, Stage, World, browser, served

HOME, WORK = ANA.addresses


@pytest.fixture
def world() -> World:
    return World(notify=Notify(quiet_hours=read_hours("21:00-07:00")))


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
        one.sign_in(world, ANA)
        yield one


def chosen(world: World) -> Preferences:
    found: Preferences = world.store.people.person(ANA.no).preferences
    return found


def save(ana: Browser, path: str = "/preferences", **fields: str) -> int:
    ana.get("/preferences")
    return ana.post(path, {"form_token": ana.field("form_token"), **fields}).status_code


def test_page_is_linked_and_shows_what_holds(world: World, ana: Browser) -> None:
    ana.get("/")
    assert 'href="/preferences"' in ana.html
    ana.get("/preferences")
    for said in ("As for everybody: 21:00-07:00", WORK, "By the clock in America/Chicago", "Español"):
        assert said in ana.html


def test_everything_can_be_chosen(world: World, ana: Browser) -> None:
    fields = {"address": WORK, "language": "es", "quiet": "own", "start": "22:30", "end": "06:15", "receipts": "1"}
    assert save(ana, **fields) == 200
    assert "Sus preferencias se han guardado." in ana.html  # in the language that was chosen
    assert '<html lang="es">' in ana.html
    assert "Escribir a Dr. Lee Park" in ana.get("/t/11").text
    assert chosen(world) == Preferences(quiet_hours="22:30-06:15", address=WORK, locale="es", receipts=True)
    assert 'value="22:30"' in ana.get("/preferences").text
    person = world.store.people.person(ANA.no)
    assert (person.addresses[0], person.locale) == (WORK, "es")


@pytest.mark.parametrize(("quiet", "hours"), [("practice", None), ("none", ""), ("", None), ("x", None)])
def test_hours_are_the_practices_or_none(world: World, ana: Browser, quiet: str, hours: str | None) -> None:
    assert save(ana, quiet=quiet, start="01:00", end="02:00") == 200
    assert chosen(world).quiet_hours == hours


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"quiet": "own", "start": "22:00", "end": ""}, "Please give both times"),
        ({"quiet": "own", "start": "late", "end": "07:00"}, "Please give both times"),
        ({"address": "lee@elm.example"}, "not one of yours"),
    ],
)
def test_what_cannot_be_is_said(world: World, ana: Browser, fields: dict[str, str], said: str) -> None:
    assert save(ana, **fields) == 422
    assert said in ana.html
    assert chosen(world) == Preferences()


def test_a_pause_says_what_is_lost_and_ends(world: World, ana: Browser) -> None:
    ana.get("/preferences")
    for said in ("What you lose:", "Support is told", "after 14 days at most"):
        assert said in ana.html
    assert save(ana, "/preferences/pause", do="pause", days="7") == 200
    assert "No mail tells you of new messages until" in ana.html
    assert chosen(world).paused_until == world.store.clock.now() + timedelta(days=7)
    items = [row.notification for row in world.store.outbox.rows() if row.notification.why == "paused"]
    assert [(one.to, one.note) for one in items] == [(SAM.no, str(ANA.no))]
    assert save(ana, "/preferences/pause", do="resume") == 200
    assert "You get notices again." in ana.html
    assert chosen(world).paused_until is None


@pytest.mark.parametrize("days", ["0", "15", "-1", "many", ""])
def test_a_pause_of_another_length_is_refused(world: World, ana: Browser, days: str) -> None:
    assert save(ana, "/preferences/pause", do="pause", days=days) == 422
    assert chosen(world) == Preferences()


def test_providers_see_no_pause(world: World, ana: Browser, stage: tuple[Stage, int]) -> None:
    with browser(stage[1]).http as http:
        lee = Browser(http)
        lee.sign_in(world, LEE)
        lee.get("/preferences")
        assert "Quiet hours" in lee.html
        assert "Pause notices" not in lee.html


@pytest.mark.parametrize("path", ["/preferences", "/preferences/pause"])
def test_forms_of_others_and_guests_change_nothing(world: World, ana: Browser, path: str) -> None:
    assert save(ana, path, form_token="x", do="pause", days="3", quiet="none") == 403
    token = {"form_token": ana.get("/preferences") and ana.field("form_token"), "days": "3"}
    ana.http.cookies.clear()
    assert ana.post(path, token).status_code == 401
    assert "Sign in" in ana.get("/preferences").text
    assert chosen(world) == Preferences()
