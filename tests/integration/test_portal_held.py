"""Held mails in the portal over real HTTP, without JavaScript: look, confirm, discard, remember, forget."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from relay.domain import KeptFile, LeftOut, Remembered, RowId, shown
from relay.holding import LIVES
from relay.portal.server import Web
from tests.portal_world import (
    ANA,
    BOB,
    BOBS,
    KIM,
    LEE,
    SAM,
    WITH_KIM,
    WITH_LEE,
    WITH_SUPPORT,
    Browser,
    Stage,
    World,
    browser,
    served,
)

FROM = "ana.private@mail.example"
PLAN = KeptFile(name="Plan A.pdf", type="application/pdf", content=b"%PDF-1.7 plan")


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


def decide(one: Browser, mail: RowId, do: str, **fields: str) -> int:
    one.get("/held")
    answer = one.post(f"/held/{shown(mail)}", {"form_token": one.field("form_token"), "do": do, **fields})
    return answer.status_code


def waiting(world: World) -> list[RowId]:
    return [one.id for one in world.holding.waiting(ANA.no)]


# -- looking -----------------------------------------------------------------------------------------------------------


def test_link_leads_by_a_code_to_what_waits(world: World, ana: Browser) -> None:
    world.hold(WITH_LEE, ANA, "Written on my new phone", subject="A question", files=(PLAN,))
    ana.get(f"/t/{world.addresses.link(WITH_LEE.no, ANA.no)}/held")
    assert "new phone" not in ana.html
    assert FROM not in ana.html
    ana.post("/sign-in", {"link": ana.field("link"), "goal": ana.field("goal")})
    ana.post("/sign-in/code", {"code": world.code()})
    assert (ana.page.status_code, ana.page.url.path) == (200, "/held")
    for said in (FROM, "Written on my new phone", "A question", "Plan A.pdf", LEE.name, "I wrote this"):
        assert said in ana.html
    assert "&gt; quoted" not in ana.html
    ana.get(f"/t/{world.addresses.link(WITH_LEE.no, ANA.no)}/held")
    assert ana.page.url.path == "/held"


def test_looking_changes_nothing(world: World, ana: Browser) -> None:
    mail = world.hold(WITH_LEE, ANA, "Hello")
    link = f"/t/{world.addresses.link(WITH_LEE.no, ANA.no)}/held"
    for path in (link, "/held", f"/held/{shown(mail)}", "/addresses"):
        ana.get(path)
        ana.http.head(path)
    ana.sign_in(world, ANA)
    before = world.journal(), [row.state for row in world.store.outbox.rows()], len(list(world.store.ledger.audited()))
    for path in (link, "/held", "/addresses", f"/held/{shown(mail)}", f"/held/{shown(mail)}?do=confirm", "/t/11", "/"):
        ana.get(path)
        ana.http.head(path)
    after = world.journal(), [row.state for row in world.store.outbox.rows()], len(list(world.store.ledger.audited()))
    assert before == after
    assert waiting(world) == [mail]


def test_what_waits_is_shown_to_its_holder_only(world: World, ana: Browser) -> None:
    mail = world.hold(WITH_LEE, ANA, "Hello")
    for other in (LEE, BOB, SAM):
        ana.http.cookies.clear()
        ana.sign_in(world, other)
        assert "Hello" not in ana.get("/held").text
        assert "No mail waits for your word" in ana.html
        assert "waits for your word" not in ana.get("/").text
        assert decide(ana, mail, "confirm") == 200
        assert "decided already" in ana.html
        assert decide(ana, mail, "discard") == 200
        assert "decided already" in ana.html
    assert waiting(world) == [mail]
    link = f"/t/{world.addresses.link(WITH_LEE.no, ANA.no)}/held"
    assert ana.get(link).status_code == 403
    assert "This link is for somebody else" in ana.html


def test_the_list_and_the_thread_tell_that_something_waits(world: World, ana: Browser) -> None:
    world.hold(WITH_LEE, ANA, "Hello")
    ana.sign_in(world, ANA)
    assert "A mail from an address that we do not know waits for your word." in ana.html
    world.hold(WITH_KIM, ANA, "There")
    assert "2 mails from addresses that we do not know wait for your word." in ana.get("/t/11").text
    for mail in waiting(world):
        decide(ana, mail, "discard")
    assert "for your word" not in ana.get("/").text


def test_a_mail_tells_all_that_is_needed_to_judge_it(world: World, ana: Browser) -> None:
    sender = "ana@home.example.evil.example"
    world.hold(
        WITH_SUPPORT, ANA, "<b>Hello</b>\n\n  there", sender=sender, left_out=(LeftOut(position=2, flaw="active"),)
    )
    ana.sign_in(world, ANA)
    ana.get("/held")
    assert f"<bdi>{sender}</bdi>" in ana.html
    assert "&lt;b&gt;Hello&lt;/b&gt;\n\n  there" in ana.html
    assert "For Support, " in ana.html
    assert "Jan 31, 2026, 6:01\u00a0AM" in ana.html  # her own clock
    assert "it is erased on Feb 14, 2026, 6:01\u00a0AM" in ana.html
    assert "A file with scripts or macros in it was left out." in ana.html


def test_a_damaged_mail_can_only_be_discarded(world: World, ana: Browser) -> None:
    mail = world.hold(WITH_LEE, ANA, "Hello")
    row = world.store.held.rows[mail]
    row.mail = replace(row.mail, body=b"x" * 60)
    ana.sign_in(world, ANA)
    ana.get("/held")
    assert "damaged" in ana.html
    assert "I wrote this" not in ana.html
    assert decide(ana, mail, "confirm") == 503
    assert decide(ana, mail, "discard") == 200
    assert waiting(world) == []


# -- deciding ----------------------------------------------------------------------------------------------------------


def test_confirm_delivers_it(world: World, ana: Browser) -> None:
    mail = world.hold(WITH_LEE, ANA, "Written on my new phone", files=(PLAN,))
    ana.sign_in(world, ANA)
    assert decide(ana, mail, "confirm") == 200
    assert ana.page.url.path == "/t/11"
    assert re.fullmatch(r"m-[0-9a-f]{16}", ana.page.url.fragment)
    assert "Written on my new phone" in ana.html
    assert "Plan A.pdf" in ana.html
    assert world.journal() == [("stored", None)]
    page = world.reader.open(WITH_LEE.no, LEE.no)
    assert [(each.text, each.author) for each in page.messages] == [("Written on my new phone", ANA.no)]
    owed = [row.notification for row in world.store.outbox.rows() if row.state == "due"]
    assert ("message", LEE.no) in [(one.why, one.to) for one in owed]
    assert world.store.people.person(ANA.no).remembered == ()


def test_what_is_confirmed_late_is_unread_until_the_thread_is_opened(world: World, ana: Browser) -> None:
    mail = world.hold(WITH_LEE, ANA, "Came first")
    world.post(WITH_LEE, ANA, "Came later")
    ana.sign_in(world, LEE, "/t/11")
    ana.http.cookies.clear()
    ana.sign_in(world, ANA)
    decide(ana, mail, "confirm")
    ana.http.cookies.clear()
    ana.sign_in(world, LEE)
    assert "1 unread" in ana.html
    ana.get("/t/11")
    assert ana.html.index("Came first") < ana.html.index("Came later")
    assert "unread" not in ana.get("/").text


def test_confirm_twice_delivers_once(world: World, ana: Browser) -> None:
    mail = world.hold(WITH_LEE, ANA, "Hello")
    ana.sign_in(world, ANA)
    ana.get("/held")
    fields = {"form_token": ana.field("form_token"), "do": "confirm"}
    for _ in range(2):
        assert ana.post(f"/held/{shown(mail)}", fields).status_code == 200
    assert ana.page.url.path == "/held"
    assert "decided already" in ana.html
    assert len(world.reader.open(WITH_LEE.no, LEE.no).messages) == 1


def test_confirm_is_refused_where_the_person_may_not_write(world: World, ana: Browser) -> None:
    mail = world.hold(WITH_KIM, ANA, "To somebody whose care has ended")
    ana.sign_in(world, ANA)
    assert decide(ana, mail, "confirm", remember="1") == 422
    assert "care relationship has ended" in ana.html
    assert "To somebody whose care has ended" in ana.html
    assert waiting(world) == [mail]
    assert world.store.people.person(ANA.no).remembered == ()
    assert world.reader.open(WITH_KIM.no, KIM.no).messages == ()


def test_discard_erases_it(world: World, ana: Browser) -> None:
    mail = world.hold(WITH_LEE, ANA, "Hello")
    ana.sign_in(world, ANA)
    assert decide(ana, mail, "discard") == 200
    assert "The mail is discarded and erased." in ana.html
    assert "Hello" not in ana.html
    assert world.journal() == [("consumed", "discarded")]
    assert [row.notification.why for row in world.store.outbox.rows() if row.state == "due"] == ["sign-in"]


def test_discard_of_somebody_elses_tells_support(world: World, ana: Browser) -> None:
    mail = world.hold(WITH_LEE, ANA, "Hello")
    ana.sign_in(world, ANA)
    decide(ana, mail, "discard", not_mine="1")
    owed = [row.notification for row in world.store.outbox.rows()]
    item = next(one for one in owed if one.why == "stranger")
    assert (item.why, item.to, item.thread, item.note) == ("stranger", SAM.no, WITH_LEE.no, str(ANA.no))


def test_what_is_too_old_is_gone(world: World, ana: Browser) -> None:
    mail = world.hold(WITH_LEE, ANA, "Hello")
    world.store.clock.advance(LIVES)
    ana.sign_in(world, ANA)
    assert decide(ana, mail, "confirm") == 200
    assert "its time was over" in ana.html


# -- forms from elsewhere ----------------------------------------------------------------------------------------------

BAD_FORMS = {
    "no token": ({"do": "confirm"}, {}, 403),
    "another token": ({"do": "confirm", "form_token": "0" * 64}, {}, 403),
    "another origin": ({"do": "confirm"}, {"Origin": "https://evil.example"}, 403),
    "no decision": ({"do": "", "form_token": "right"}, {}, 400),
}


@pytest.mark.parametrize(("fields", "headers", "status"), BAD_FORMS.values(), ids=BAD_FORMS)
def test_form_from_elsewhere_decides_nothing(
    world: World, ana: Browser, fields: dict[str, str], headers: dict[str, str], status: int
) -> None:
    mail = world.hold(WITH_LEE, ANA, "Hello")
    ana.sign_in(world, ANA)
    ana.get("/held")
    right = {name: ana.field("form_token") if value == "right" else value for name, value in fields.items()}
    assert ana.post(f"/held/{shown(mail)}", right, headers=headers).status_code == status
    assert waiting(world) == [mail]
    if status == 403:
        one = Remembered(id=RowId(77), address=FROM, since=world.store.clock.now())
        world.store.people.let_write(ANA.no, one)
        forget = {**right, "forget": shown(one.id)}
        assert ana.post("/addresses", forget, headers=headers).status_code == 403
        assert world.store.people.person(ANA.no).remembered == (one,)


def test_who_is_signed_out_decides_nothing(world: World, ana: Browser) -> None:
    mail = world.hold(WITH_LEE, ANA, "Hello")
    ana.sign_in(world, ANA)
    ana.get("/held")
    fields = {"form_token": ana.field("form_token"), "do": "confirm"}
    ana.http.cookies.clear()
    assert ana.post(f"/held/{shown(mail)}", fields).status_code == 401
    assert "Hello" not in ana.html
    assert ana.field("goal") == "held"
    assert ana.post("/addresses", fields).status_code == 401
    assert waiting(world) == [mail]


@pytest.mark.parametrize("path", ["/held/x", "/held/" + "0" * 17, "/t/11/held", "/t/x/held", f"/t/{'a' * 38}/held"])
def test_what_is_not_there_is_a_404(world: World, ana: Browser, path: str) -> None:
    ana.sign_in(world, ANA)
    token = {"form_token": ana.field("form_token"), "do": "confirm"}
    assert ana.post(path, token).status_code in (404, 405)
    assert ana.get(path).status_code in (404, 405)


# -- addresses ---------------------------------------------------------------------------------------------------------


def test_remember_lets_the_address_write_until_it_is_forgotten(world: World, ana: Browser) -> None:
    mail = world.hold(WITH_LEE, ANA, "Hello")
    ana.sign_in(world, ANA)
    assert "/addresses" not in ana.html
    decide(ana, mail, "confirm", remember="1")
    assert "/addresses" in ana.html
    ana.get("/addresses")
    for address in (*ANA.addresses, FROM):
        assert f"<bdi>{address}</bdi>" in ana.html
    ana.post("/addresses", {"form_token": ana.field("form_token"), "forget": ana.field("forget")})
    assert ana.page.url.path == "/addresses"
    assert FROM not in ana.html
    assert world.store.people.person(ANA.no).remembered == ()
    actions = [(row.line.actor, row.line.action) for row in world.store.ledger.audited()]
    assert ("ana", "remembered") in actions
    assert ("ana", "forgotten") in actions


def test_nobody_forgets_the_addresses_of_others(world: World, ana: Browser) -> None:
    one = Remembered(id=RowId(77), address="b@mail.example", since=world.store.clock.now())
    world.store.people.let_write(BOB.no, one)
    ana.sign_in(world, ANA)
    ana.get("/addresses")
    assert "b@mail.example" not in ana.html
    ana.post("/addresses", {"form_token": ana.field("form_token"), "forget": shown(one.id)})
    assert world.store.people.person(BOB.no).remembered == (one,)
    assert ana.post("/addresses", {"form_token": ana.field("form_token"), "forget": "x"}).status_code == 400


def test_a_remembered_address_signs_nobody_in(world: World, ana: Browser) -> None:
    world.store.people.let_write(ANA.no, Remembered(id=RowId(77), address=FROM, since=world.store.clock.now()))
    ana.get("/")
    ana.post("/sign-in", {"address": FROM})
    assert world.codes() == []


def test_words_of_a_held_mail_are_in_no_log(world: World, ana: Browser) -> None:
    mail = world.hold(WITH_LEE, ANA, "canary text", subject="canary subject", sender="canary@mail.example")
    world.hold(BOBS, BOB, "canary")
    ana.sign_in(world, ANA)
    decide(ana, mail, "confirm", remember="1")
    assert "canary" not in "".join(world.lines)
