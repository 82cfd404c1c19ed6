"""A provider's absence in the portal over real HTTP: declared there, told to clients before they write."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from relay.domain import Absence
from relay.portal.server import Web
from tests.portal_world import (
    ANA,
    BOB,
    BOBS,
    KIM,
    LEE,
    WITH_LEE,
    Browser,
    Stage,
    World,
    browser,
    served,
    thread,
)

TOLD = "Dr. Lee Park is away and will be back on February 14, 2026."


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture(scope="module")
def stage() -> Iterator[tuple[Stage, int]]:
    stage = Stage()
    with served(Web(stage)) as web:
        yield stage, web.port


@pytest.fixture
def lee(world: World, stage: tuple[Stage, int]) -> Iterator[Browser]:
    stage[0].app = world.app
    one = browser(stage[1])
    with one.http:
        one.sign_in(world, LEE)
        yield one


@pytest.fixture
def ana(world: World, lee: Browser, stage: tuple[Stage, int]) -> Iterator[Browser]:
    one = browser(stage[1])
    with one.http:
        one.sign_in(world, ANA)
        yield one


def say(one: Browser, **fields: str) -> int:
    one.get("/preferences")
    return one.post("/preferences/absence", {"form_token": one.field("form_token"), **fields}).status_code


def absence(world: World) -> Absence | None:
    found: Absence | None = world.store.people.person(LEE.no).absence
    return found


def test_clients_are_told_before_they_write(world: World, lee: Browser, ana: Browser) -> None:
    assert TOLD not in ana.get(f"/t/{WITH_LEE.no}").text
    lee.get("/preferences")
    assert KIM.name in lee.html
    assert say(lee, do="away", until="2026-02-14", cover="") == 200
    assert "Your clients are told that you are away." in lee.html
    ana.get(f"/t/{WITH_LEE.no}")
    assert TOLD in ana.html
    assert ana.html.index(TOLD) < ana.html.index("<textarea")
    assert "covers for them" not in ana.html
    assert TOLD not in lee.get(f"/t/{WITH_LEE.no}").text
    assert say(lee, do="back") == 200
    assert absence(world) is None
    assert TOLD not in ana.get(f"/t/{WITH_LEE.no}").text
    lines = [(row.line.actor, row.line.action) for row in world.store.ledger.audited()]
    assert [one for one in lines if one[1] in ("away", "back")] == [("lee", "away"), ("lee", "back")]


def test_who_covers_is_named_and_opened_to_nobody(
    world: World, lee: Browser, ana: Browser, stage: tuple[Stage, int]
) -> None:
    """Bob has nothing with Kim: he is told, and offered Support (R16)."""
    mine = world.store.people.add_thread(thread(21, ANA, KIM))
    world.store.people.add_thread(thread(12, BOB, KIM, "ended"))
    assert say(lee, do="away", until="2026-02-14", cover="kim") == 200
    assert f"{KIM.name} covers for you." in lee.html
    ana.get(f"/t/{WITH_LEE.no}")
    assert f"{KIM.name} covers for them." in ana.html
    assert f'href="/t/{mine.no}#write"' in ana.html
    with browser(stage[1]).http as http:
        bob = Browser(http)
        bob.sign_in(world, BOB)
        bob.get(f"/t/{BOBS.no}")
        assert f"{KIM.name} covers for them." in bob.html
        assert "What cannot wait can go to Support." in bob.html
        assert "#write" not in bob.html
        assert bob.get(f"/t/{mine.no}").status_code == 404


def test_support_covers(lee: Browser, ana: Browser) -> None:
    assert say(lee, do="away", until="2026-02-14", cover="support") == 200
    assert "Support covers for them." in ana.get(f"/t/{WITH_LEE.no}").text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"until": "soon"}, "Please give the day"),
        ({"until": "2020-01-01"}, "must lie ahead"),
        ({"until": "2026-02-14", "cover": "ana"}, "another provider"),
    ],
)
def test_what_cannot_be_is_said(world: World, lee: Browser, fields: dict[str, str], said: str) -> None:
    assert say(lee, do="away", **fields) == 422
    assert said in lee.html
    assert absence(world) is None


def test_it_ends_by_itself(world: World, lee: Browser, ana: Browser) -> None:
    say(lee, do="away", until="2026-02-01", cover="")
    assert "is away" in ana.get(f"/t/{WITH_LEE.no}").text
    world.store.clock.at = world.store.clock.at.replace(month=2, day=1, hour=5)  # midnight in New York
    ana.sign_in(world, ANA)
    assert "is away" not in ana.get(f"/t/{WITH_LEE.no}").text


def test_clients_cannot_be_away_and_forms_of_others_do_nothing(world: World, lee: Browser, ana: Browser) -> None:
    assert "I am away" not in ana.get("/preferences").text
    assert say(ana, do="away", until="2026-02-14") == 422
    assert say(lee, do="away", until="2026-02-14", form_token="x") == 403
    lee.http.cookies.clear()
    assert lee.post("/preferences/absence", {"do": "away", "until": "2026-02-14"}).status_code == 401
    assert absence(world) is None
