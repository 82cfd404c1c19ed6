"""The portal on the real store: what was signed in, written and read there is on disk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from relay.portal.server import Web
from tests.contract.builders import ANA_KIM, ANA_LEE, LEE, PLAN, line
from tests.databases import open_world
from tests.portal_world import Browser, World, browser, served


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    (tmp_path / "keys").mkdir(mode=0o700)
    opened = open_world("sqlite:///relay.db", tmp_path)
    opened.world.people.apply(PLAN, line("applied"))
    yield World(store=opened.world)
    opened.close()


def test_story_is_on_disk(world: World, tmp_path: Path) -> None:
    people = world.store.people
    ana, lee = people.by_address("ana@home.example"), people.person(LEE)
    world.post(people.thread(ANA_LEE), lee, "How did the week go?")
    with served(Web(world.app)) as web:
        one = browser(web.port)
        with one.http:
            one.sign_in(world, ana, f"/t/{ANA_LEE}")
            assert "How did the week go?" in one.html
            assert one.html.count('"unread"') == 1
            assert one.write(f"/t/{ANA_LEE}", "Better.\n\nI sleep well.").status_code == 200
            assert one.html.count('"unread"') == 0
            assert one.get(f"/t/{ANA_KIM}").status_code == 200
            one.get("/")
            one.post("/sign-out", {"form_token": one.field("form_token")})
            assert "E-mail me a code" in one.html
    texts = [each.text for each in world.reader.open(ANA_LEE, LEE).messages]
    assert texts == ["How did the week go?", "Better.\n\nI sleep well."]
    assert [row.line.action for row in world.store.ledger.audited()] == ["applied", "stored", "signed-in", "stored"]
    assert world.store.ledger.first_bad() is None
    whole = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"sleep well" not in whole


@pytest.mark.parametrize("address", ["ana@home.example", "nobody@home.example"])
def test_wrong_codes_lock_on_disk(world: World, address: str) -> None:
    """Whether the address is registered or not: a lock outlives reloads and restarts for both."""
    with served(Web(world.app)) as web:
        one = browser(web.port)
        with one.http:
            one.post("/sign-in", {"address": address})
            for _ in range(5):
                one.post("/sign-in/code", {"code": "x"})
            assert one.page.status_code == 429
    with served(Web(world.build())) as web, browser(web.port).http as fresh:
        assert fresh.post("/sign-in", data={"address": address}).status_code == 429


NO_ROWS = {
    "64 bits": "f" * 16,
    "just too large": "8" + "0" * 15,
    "short": "f" * 15,
    "long": "0" * 17,
    "no number": "x" * 16,
}


@pytest.fixture
def ana(world: World) -> Iterator[Browser]:
    """Her browser, signed in and at her thread with Dr. Lee."""
    with served(Web(world.app)) as web:
        one = browser(web.port)
        with one.http:
            one.sign_in(world, world.store.people.by_address("ana@home.example"), f"/t/{ANA_LEE}")
            yield one


@pytest.mark.parametrize("row", NO_ROWS.values(), ids=NO_ROWS)
def test_a_row_that_no_store_can_hold_is_not_there(ana: Browser, row: str) -> None:
    token = {"form_token": ana.field("form_token")}
    assert ana.get(f"/t/{ANA_LEE}/files/{row}/1").status_code == 404
    for do in ("confirm", "discard"):
        assert ana.post(f"/held/{row}", {**token, "do": do}).status_code == 404
    assert ana.post("/addresses", {**token, "forget": row}).status_code == 400
    assert ana.post(f"/t/{ANA_LEE}/withdraw", {**token, "message": row}).status_code == 400
    for do in ("support", "discard"):
        assert ana.post(f"/t/{ANA_LEE}/unsent", {**token, "do": do, "unsent": row}).status_code == 400


def test_the_largest_row_that_a_store_can_hold_may_be_asked_for(ana: Browser) -> None:
    row = "7" + "f" * 15
    token = {"form_token": ana.field("form_token")}
    assert ana.get(f"/t/{ANA_LEE}/files/{row}/9999999999").status_code == 404
    assert ana.get(f"/t/9999999999/files/{row}/1").status_code == 404
    assert ana.post(f"/held/{row}", {**token, "do": "discard"}).status_code == 200  # it is gone, says the page
    assert ana.post("/addresses", {**token, "forget": row}).status_code == 200
    assert ana.post(f"/t/{ANA_LEE}/withdraw", {**token, "message": row}).status_code == 409
    assert ana.post(f"/t/{ANA_LEE}/unsent", {**token, "do": "support", "unsent": row}).status_code == 409
