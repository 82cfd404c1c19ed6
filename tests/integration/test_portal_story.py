"""The portal over real HTTP, as a browser without JavaScript sees it: sign in, read, write, sign out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from relay.domain import KeptFile, LeftOut
from relay.portal.server import Web
from relay.portal.signin import CODE_LIVES, CODES_PER_PERSON, CODES_PER_VISITOR
from tests.portal_world import (
    ANA,
    BOB,
    BOBS,
    KIM,
    LEE,
    ORGANISATION,
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


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture(scope="module")
def stage() -> Iterator[tuple[Stage, int]]:
    stage = Stage()
    with served(Web(stage)) as web:
        yield stage, web.port


@pytest.fixture
def port(world: World, stage: tuple[Stage, int]) -> int:
    stage[0].app = world.app
    return stage[1]


@pytest.fixture
def ana(world: World, port: int) -> Iterator[Browser]:
    one = browser(port)
    with one.http:
        yield one


@pytest.fixture
def other(world: World, port: int) -> Iterator[Browser]:
    one = browser(port)
    with one.http:
        yield one


def link(world: World, of: int = WITH_LEE.no, holder: int = ANA.no) -> str:
    return f"/t/{world.addresses.link(of, holder)}"


# -- signing in --------------------------------------------------------------------------------------------------------


def test_link_leads_by_a_code_to_its_thread(world: World, ana: Browser) -> None:
    world.post(WITH_LEE, LEE, "How did the week go?")
    ana.get(link(world))
    assert "How did the week go?" not in ana.html
    assert world.codes() == []  # opening the link changed nothing
    ana.post("/sign-in", {"link": ana.field("link")})
    assert ana.page.url.path == "/sign-in/code"
    assert [to for to, _ in world.codes()] == [ANA.no]
    ana.post("/sign-in/code", {"code": world.code()})
    assert (ana.page.status_code, ana.page.url.path) == (200, f"/t/{WITH_LEE.no}")
    assert "How did the week go?" in ana.html


def test_link_opened_by_scanners_changes_nothing(world: World, port: int) -> None:
    for _ in range(3):
        scanner = browser(port)
        with scanner.http:
            assert scanner.get(link(world)).status_code == 200
            assert scanner.http.head(link(world)).status_code == 200
            assert not scanner.http.cookies
    assert list(world.store.outbox.rows()) == []
    assert world.lines == []


def test_signed_in_person_goes_from_the_link_straight_to_the_thread(world: World, ana: Browser) -> None:
    ana.sign_in(world, ANA)
    ana.get(link(world, WITH_KIM.no))
    assert (ana.page.status_code, ana.page.url.path) == (200, f"/t/{WITH_KIM.no}")  # R15
    assert KIM.name in ana.html


def test_every_registered_address_finds_the_person(world: World, ana: Browser) -> None:
    ana.post("/sign-in", {"address": "  ANA@Work.example "})
    assert [to for to, _ in world.codes()] == [ANA.no]


def test_code_works_once(world: World, ana: Browser) -> None:
    ana.sign_in(world, ANA)
    code = world.code()
    ticket = ana.http.cookies.get("relay-code")
    assert ticket is None  # used up
    ana.post("/sign-in/code", {"code": code})
    assert ana.page.status_code == 422
    assert "no longer valid" in ana.html


def test_code_replayed_with_the_old_ticket_is_refused(world: World, ana: Browser, other: Browser) -> None:
    ana.post("/sign-in", {"address": ANA.addresses[0]})
    ticket = ana.http.cookies["relay-code"]
    ana.post("/sign-in/code", {"code": world.code()})
    other.http.cookies.set("relay-code", ticket)
    other.post("/sign-in/code", {"code": world.code()})
    assert other.page.status_code == 422
    assert "relay" not in other.http.cookies


def test_code_works_only_in_the_browser_that_asked(world: World, ana: Browser, other: Browser) -> None:
    ana.post("/sign-in", {"address": ANA.addresses[0]})
    other.post("/sign-in/code", {"code": world.code()})
    assert other.page.status_code == 422
    other.http.cookies.set("relay-code", "0123456789abcdef-11.forged")
    other.post("/sign-in/code", {"code": world.code()})
    assert other.page.status_code == 422
    assert "relay" not in other.http.cookies
    ana.post("/sign-in/code", {"code": world.code()})
    assert ana.page.status_code == 200


def test_code_is_too_old_after_ten_minutes(world: World, ana: Browser) -> None:
    ana.post("/sign-in", {"address": ANA.addresses[0]})
    world.store.clock.advance(CODE_LIVES)
    ana.post("/sign-in/code", {"code": world.code()})
    assert ana.page.status_code == 422
    assert "no longer valid" in ana.html


def test_newer_code_replaces_the_older(world: World, ana: Browser, other: Browser) -> None:
    ana.post("/sign-in", {"address": ANA.addresses[0]})
    first = world.code()
    world.store.clock.advance(1)
    other.post("/sign-in", {"address": ANA.addresses[0]})
    ana.post("/sign-in/code", {"code": first})
    assert ana.page.status_code == 422
    other.post("/sign-in/code", {"code": world.code()})
    assert other.page.status_code == 200


@pytest.mark.parametrize("typed", ["{0}", " {0} ", "{1} {2}", "{1}-{2}"])
def test_code_may_be_typed_with_spaces(world: World, ana: Browser, typed: str) -> None:
    ana.post("/sign-in", {"address": ANA.addresses[0]})
    code = world.code()
    ana.post("/sign-in/code", {"code": typed.format(code, code[:3], code[3:])})
    assert ana.page.status_code == 200
    assert ana.page.url.path == "/"


@pytest.mark.parametrize("address", [ANA.addresses[0], "nobody@home.example"], ids=["known", "unknown"])
def test_fifth_wrong_code_locks(world: World, ana: Browser, other: Browser, address: str) -> None:
    ana.post("/sign-in", {"address": address})
    right = world.code() if world.codes() else "000000"
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    for _ in range(4):
        assert ana.post("/sign-in/code", {"code": wrong}).status_code == 422
        assert "That is not the code" in ana.html
    assert ana.post("/sign-in/code", {"code": wrong}).status_code == 429
    assert "locked until" in ana.html
    assert "Jan 31, 2026, 7:15\u00a0AM" in ana.html  # noon UTC in New York, and 15 minutes
    assert ana.page.headers["retry-after"] == "900"
    assert ana.post("/sign-in/code", {"code": right}).status_code == 429  # not even the right one
    assert other.post("/sign-in", {"address": address.upper()}).status_code == 429  # nor a new one
    world.store.clock.advance(timedelta(minutes=15))
    assert other.post("/sign-in", {"address": address}).status_code == 200
    for _ in range(5):
        other.post("/sign-in/code", {"code": "x"})
    assert other.page.headers["retry-after"] == "1800"


def test_locking_is_logged_without_a_name(world: World, ana: Browser) -> None:
    ana.post("/sign-in", {"address": ANA.addresses[0]})
    for _ in range(5):
        ana.post("/sign-in/code", {"code": "12"})
    assert world.events() == ["sign-in-locked"]
    assert ANA.name not in "".join(world.lines)


def test_unknown_address_gets_the_same_answers(world: World, port: int) -> None:
    def walk(address: str) -> list[tuple[int, str, str]]:
        one = browser(port, headers={"X-Forwarded-For": f"203.0.113.{len(address)}"})
        seen = []
        with one.http:
            for path, fields in [("/sign-in", {"address": address}), ("/sign-in/code", {"code": "x"})]:
                page = one.post(path, fields)
                seen.append((page.status_code, page.url.path, page.text))
            ticket = one.http.cookies["relay-code"]
            seen.append((len(ticket), "", ""))
            again = [one.post("/sign-in", {"address": address}) for _ in range(CODES_PER_PERSON)]
            seen.extend((page.status_code, "", page.text) for page in again)
        return seen

    known, unknown = walk(ANA.addresses[0]), walk("nobody.at.all@home.example")
    assert known == unknown
    assert known[-1][0] == 429
    assert all(to == ANA.no for to, _ in world.codes())


def test_mailbox_is_not_flooded_with_codes(world: World, port: int) -> None:
    for number, fields in enumerate(
        [{"link": world.addresses.link(WITH_LEE.no, ANA.no)}] * 4
        + [{"address": ANA.addresses[0]}] * 4
        + [{"address": ANA.addresses[1]}] * 4
    ):
        one = browser(port, headers={"X-Forwarded-For": f"203.0.113.{number}"})
        with one.http:
            one.post("/sign-in", fields)
    assert len(world.codes()) == CODES_PER_PERSON
    world.store.clock.advance(CODE_LIVES)
    one = browser(port)
    with one.http:
        one.post("/sign-in", {"address": ANA.addresses[0]})
    assert len(world.codes()) == CODES_PER_PERSON + 1


def test_visitor_who_asks_for_many_people_is_turned_away(world: World, ana: Browser) -> None:
    for number in range(CODES_PER_VISITOR):
        assert ana.post("/sign-in", {"address": f"p{number}@home.example"}).status_code == 200
    assert ana.post("/sign-in", {"address": LEE.addresses[0]}).status_code == 429
    assert world.codes() == []


@pytest.mark.parametrize(
    "fields", [{}, {"address": " "}, {"link": "a" * 40}, {"link": "x"}, {"address": "a\0b@c"}, {"goal": "9" * 30}]
)
def test_sign_in_takes_any_nonsense(world: World, ana: Browser, fields: dict[str, str]) -> None:
    assert ana.post("/sign-in", fields).status_code in (200, 404, 415, 422)
    assert world.codes() == []
    assert world.lines == []


def test_link_of_a_person_who_is_gone_tells_nothing(world: World, ana: Browser) -> None:
    ana.post("/sign-in", {"link": world.addresses.link(WITH_LEE.no, 77)})
    assert (ana.page.status_code, ana.page.url.path) == (200, "/sign-in/code")
    assert world.codes() == []


def test_sign_in_begins_a_session_of_its_own(world: World, ana: Browser) -> None:
    ana.http.cookies.set("relay", "A" * 43, domain="127.0.0.1")  # planted
    ana.sign_in(world, ANA)
    first = ana.http.cookies["relay"]
    assert first != "A" * 43
    world.store.clock.advance(60)
    ana.post("/sign-in", {"address": ANA.addresses[0]})
    ana.post("/sign-in/code", {"code": world.code()})
    ana.http.cookies.set("relay", first, domain="127.0.0.1")
    ana.get("/")
    assert "Sign in" in ana.html  # the old one has ended


def test_store_knows_only_the_digest_of_a_session(world: World, ana: Browser) -> None:
    ana.sign_in(world, ANA)
    kept = world.store.sessions._sessions
    assert [len(each) for each in kept] == [32]
    assert ana.http.cookies["relay"] not in repr(kept)


def test_signing_in_is_audited(world: World, ana: Browser) -> None:
    ana.sign_in(world, ANA)
    assert [(row.line.actor, row.line.action) for row in world.store.ledger.audited()] == [("ana", "signed-in")]
    assert world.events() == ["signed-in"]


# -- staying and leaving -----------------------------------------------------------------------------------------------


def test_idle_session_ends_and_sign_in_returns_to_the_thread(world: World, ana: Browser) -> None:
    ana.sign_in(world, ANA, f"/t/{WITH_LEE.no}")
    world.store.clock.advance(timedelta(minutes=14))
    assert LEE.name in ana.get(f"/t/{WITH_LEE.no}").text
    world.store.clock.advance(timedelta(minutes=15, seconds=1))
    ana.get(f"/t/{WITH_LEE.no}")
    assert LEE.name not in ana.html
    assert "signed out after 15 minutes" in ana.html
    ana.post("/sign-in", {"address": ANA.addresses[0], "goal": ana.field("goal")})
    ana.post("/sign-in/code", {"code": world.code()})
    assert ana.page.url.path == f"/t/{WITH_LEE.no}"


def test_text_written_for_too_long_is_handed_back(world: World, ana: Browser) -> None:
    ana.sign_in(world, ANA, f"/t/{WITH_LEE.no}")
    fields = {"form_token": ana.field("form_token"), "once": ana.field("once"), "text": "A <long> story"}
    world.store.clock.advance(timedelta(minutes=20))
    ana.post(f"/t/{WITH_LEE.no}", fields)
    assert ana.page.status_code == 401
    assert "A &lt;long&gt; story" in ana.html
    assert world.reader.open(WITH_LEE.no, ANA.no).messages == ()


def test_put_away_page_shows_nothing_and_keeps_nobody_signed_in(world: World, ana: Browser) -> None:
    ana.sign_in(world, ANA)
    for _ in range(3):
        world.store.clock.advance(timedelta(minutes=8))
        ana.get(f"/put-away?thread={WITH_LEE.no}")
        assert LEE.name not in ana.html
        assert f'href="/t/{WITH_LEE.no}"' in ana.html
    ana.get("/")
    assert "Sign in" in ana.html


def test_sign_out_ends_the_session_in_the_store(world: World, ana: Browser) -> None:
    ana.sign_in(world, ANA)
    token = ana.http.cookies["relay"]
    ana.post("/sign-out", {"form_token": ana.field("form_token")})
    assert "relay" not in ana.http.cookies
    ana.http.cookies.set("relay", token, domain="127.0.0.1")
    assert "Sign in" in ana.get("/").text
    assert world.events() == ["signed-in", "signed-out"]


def test_sign_out_by_get_is_not_there(world: World, ana: Browser) -> None:
    ana.sign_in(world, ANA)
    assert ana.get("/sign-out").status_code == 405
    assert "Sign out" in ana.get("/").text


def test_link_of_somebody_else_offers_to_sign_out(world: World, ana: Browser) -> None:
    world.post(BOBS, LEE, "For Bob only")
    ana.sign_in(world, ANA)
    bobs = link(world, BOBS.no, BOB.no)
    ana.get(bobs)
    assert ana.page.status_code == 403
    assert "somebody else" in ana.html
    assert "For Bob only" not in ana.html
    assert BOB.name not in ana.html
    ana.post("/sign-out", {"form_token": ana.field("form_token"), "link": ana.field("link")})
    assert ana.page.url.path == bobs
    assert "E-mail me a code" in ana.html


@pytest.mark.parametrize("goal", ["https://evil.example/", "//evil.example", "11", "x" * 40])
def test_sign_out_goes_on_only_with_a_link_of_ours(world: World, ana: Browser, goal: str) -> None:
    ana.sign_in(world, ANA)
    ana.post("/sign-out", {"form_token": ana.field("form_token"), "link": goal})
    assert ana.page.url.path == "/"


# -- reading -----------------------------------------------------------------------------------------------------------


def test_list_shows_own_threads_newest_first_and_what_is_unread(world: World, ana: Browser) -> None:
    world.post(WITH_KIM, KIM, "Goodbye and take care.")
    world.post(WITH_LEE, LEE, "One")
    world.post(WITH_LEE, LEE, "Two")
    ana.sign_in(world, ANA)
    assert re.findall(r'href="/t/(\d+)', ana.html) == ["11", "12", "13"]
    assert re.findall(r">(\d unread)<", ana.html) == ["2 unread", "1 unread"]
    assert BOB.name not in ana.html
    ana.get("/t/11")
    ana.get("/")
    assert re.findall(r">(\d unread)<", ana.html) == ["1 unread"]


def test_thread_marks_unread_until_read(world: World, ana: Browser) -> None:
    world.post(WITH_LEE, LEE, "Hello Ana")
    ana.sign_in(world, ANA, "/t/11")
    assert ana.html.count('"unread"') == 1
    assert ana.html.count('id="new"') == 1
    ana.get("/t/11")
    assert ana.html.count('"unread"') == 0  # R8


def test_prefetch_marks_nothing_as_read(world: World, ana: Browser) -> None:
    ana.sign_in(world, ANA)
    world.post(WITH_LEE, LEE, "Hello Ana")
    ana.get("/t/11", headers={"Sec-Purpose": "prefetch;prerender"})
    ana.http.head("/t/11")
    assert ana.get("/t/11").text.count('"unread"') == 1


def test_thread_shows_times_of_the_reader_and_line_breaks(world: World, ana: Browser) -> None:
    world.post(WITH_LEE, LEE, "First line\n\n  second line <b>&amp;")
    ana.sign_in(world, ANA, "/t/11")
    assert '<time datetime="2026-01-31T12:01:00+00:00">Jan 31, 2026, 6:01\u00a0AM</time>' in ana.html  # R10, Chicago
    assert "First line\n\n  second line &lt;b&gt;&amp;amp;</p>" in ana.html  # R9
    assert "Times are shown in America/Chicago" in ana.html


def test_thread_says_who_when_and_whom_to_ask(world: World, ana: Browser) -> None:
    ana.sign_in(world, ANA, "/t/11")
    assert "within two business days" in ana.html  # R4: the provider's own
    assert "Superbills" in ana.html or "superbills" in ana.html  # R13
    assert ana.html.count(ORGANISATION.emergency) == 2  # R2: on top, and beside Send
    ana.get("/t/13")
    assert "within one to three business days" in ana.html  # Support: the practice's


def test_provider_is_promised_no_answer(world: World, ana: Browser) -> None:
    ana.sign_in(world, LEE, "/t/11")
    assert ANA.name in ana.html
    assert "Answers usually come" not in ana.html


@pytest.mark.parametrize("path", ["/t/14", "/t/999", "/t/11x", "/t/0", "/t/" + "a" * 40, "/t/99999999999", "/nothing"])
def test_thread_of_others_is_the_same_404_as_none(world: World, ana: Browser, path: str) -> None:
    ana.sign_in(world, ANA)
    page = ana.get(path)
    assert page.status_code == 404
    assert page.text == ana.get("/t/998").text
    assert ORGANISATION.emergency in page.text


def test_support_reads_threads_with_support_only(world: World, ana: Browser) -> None:
    world.post(WITH_SUPPORT, ANA, "My card was charged twice")
    ana.sign_in(world, SAM, "/t/13")
    assert "charged twice" in ana.html
    assert ana.get("/t/11").status_code == 404


def test_damaged_message_shows_a_plain_sentence(world: World, ana: Browser) -> None:
    whole = world.post(WITH_LEE, LEE, "Whole")
    broken = world.post(WITH_LEE, LEE, "Broken")
    kept = world.store.messages.kept
    kept[broken] = replace(kept[broken], body=kept[broken].body[:-1] + b"\0")
    ana.sign_in(world, ANA, "/t/11")
    assert "Whole" in ana.html
    assert "This message is damaged" in ana.html
    assert whole != broken


def test_left_out_file_is_told(world: World, ana: Browser) -> None:
    world.post(WITH_LEE, ANA, "See the file", left_out=(LeftOut(position=1),))
    ana.sign_in(world, LEE, "/t/11")
    assert "A file of a type that is not accepted was left out." in ana.html


def test_file_is_downloaded_and_never_opened(world: World, ana: Browser, other: Browser) -> None:
    name = 'Plan "März"\r\n</script>.pdf'
    message = world.post(WITH_LEE, LEE, "", files=(KeptFile(name=name, type="application/pdf", content=b"%PDF-1.7"),))
    ana.sign_in(world, ANA, "/t/11")
    path = re.search(r'href="(/t/11/files/[^"]+)"', ana.html)[1]
    assert path == f"/t/11/files/{message:016x}/1"
    page = ana.get(path)
    assert page.content == b"%PDF-1.7"
    assert page.headers["content-type"] == "application/pdf"
    assert page.headers["content-security-policy"].startswith("sandbox")
    assert page.headers["x-content-type-options"] == "nosniff"
    said = page.headers["content-disposition"]
    assert said == ("attachment; filename=\"Plan M_rz<script>.pdf\"; filename*=UTF-8''Plan%20M%C3%A4rz%3Cscript%3E.pdf")
    for wrong in (path[:-1] + "2", path.replace("/t/11", "/t/13"), "/t/11/files/zz/1", path[:-1] + "x"):
        assert ana.get(wrong).status_code == 404, wrong
    assert other.get(path).text == other.get("/t/11").text  # not signed in: the thread's sign-in page
    other.sign_in(world, BOB)
    assert other.get(path).status_code == 404


# -- writing -----------------------------------------------------------------------------------------------------------


def test_message_is_stored_and_shown(world: World, ana: Browser) -> None:
    ana.sign_in(world, ANA)
    ana.write("/t/11", "Dear Dr. Lee,\r\n\r\nall is well.\r\nAna")
    assert (ana.page.status_code, ana.page.url.path) == (200, "/t/11")
    assert "Dear Dr. Lee,\n\nall is well.\nAna" in ana.html  # R9
    [kept] = world.reader.open(WITH_LEE.no, LEE.no).messages
    assert (kept.author, kept.via, kept.read) == (ANA.no, "portal", False)
    owed = [row.notification for row in world.store.outbox.rows() if row.notification.why == "message"]
    assert [each.to for each in owed] == [LEE.no]  # R6


def test_form_sent_twice_is_stored_once(world: World, ana: Browser) -> None:
    ana.sign_in(world, ANA, "/t/11")
    fields = {"form_token": ana.field("form_token"), "once": ana.field("once"), "text": "Once only"}
    for _ in range(3):
        assert ana.post("/t/11", fields).status_code == 200
    assert len(world.reader.open(WITH_LEE.no, ANA.no).messages) == 1
    ana.write("/t/11", "Once only")  # a new form: meant
    assert len(world.reader.open(WITH_LEE.no, ANA.no).messages) == 2


def test_empty_message_is_turned_away_kindly(world: World, ana: Browser) -> None:
    ana.sign_in(world, ANA)
    assert ana.write("/t/11", " \r\n ").status_code == 422
    assert "Please write something first" in ana.html


def test_ended_thread_is_readable_and_says_why_it_is_closed(world: World, ana: Browser) -> None:
    world.post(WITH_KIM, KIM, "Goodbye and take care.")
    ana.sign_in(world, ANA, "/t/12")
    assert "Goodbye and take care." in ana.html
    assert "This care relationship has ended" in ana.html  # R14
    assert "Support: help@elm.example" in ana.html
    assert "<textarea" not in ana.html


def test_thread_that_ends_meanwhile_keeps_the_text_for_its_writer(world: World, ana: Browser) -> None:
    ana.sign_in(world, ANA, "/t/11")
    fields = {"form_token": ana.field("form_token"), "once": ana.field("once"), "text": "Too late"}
    world.store.people.add_thread(replace(WITH_LEE, state="ended"))
    ana.post("/t/11", fields)
    assert ana.page.url.path == "/t/11"
    assert "This care relationship has ended" in ana.html
    assert "Too late" in ana.html
    assert world.reader.open(WITH_LEE.no, ANA.no).messages == ()


def test_failing_store_keeps_the_text_on_the_page(world: World, ana: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    ana.sign_in(world, ANA, "/t/11")

    def fail(*_: object) -> None:
        raise OSError("disk full at /secret")

    monkeypatch.setattr(world.store.messages, "keep", fail)
    ana.write("/t/11", "My words")
    assert ana.page.status_code == 503
    assert "My words</textarea>" in ana.html
    assert "send it again in a minute" in ana.html
    assert "secret" not in ana.html + "".join(world.lines)


FORMS = {
    "other token": ({"form_token": "0" * 64}, 403),
    "no token": ({"form_token": ""}, 403),
    "odd token": ({"form_token": "ünicode"}, 403),
    "no mark": ({"once": ""}, 400),
    "odd mark": ({"once": "<evil@portal>"}, 400),
    "too long": ({"text": "x" * (1024 * 1024 + 1)}, 413),
    "far too long": ({"text": "x" * 4_000_000}, 413),
}


@pytest.mark.parametrize(("change", "status"), FORMS.values(), ids=FORMS)
def test_form_that_is_not_ours_is_turned_away(world: World, ana: Browser, change: dict[str, str], status: int) -> None:
    ana.sign_in(world, ANA, "/t/11")
    fields = {"form_token": ana.field("form_token"), "once": ana.field("once"), "text": "Hello"}
    assert ana.post("/t/11", {**fields, **change}).status_code == status
    assert world.reader.open(WITH_LEE.no, ANA.no).messages == ()
    assert ORGANISATION.emergency in ana.html


def test_text_of_a_mebibyte_is_taken(world: World, ana: Browser) -> None:
    ana.sign_in(world, ANA)
    assert ana.write("/t/11", "é" * (512 * 1024)).status_code == 200
    assert len(world.reader.open(WITH_LEE.no, ANA.no).messages) == 1


def test_token_of_another_session_is_no_good(world: World, ana: Browser, other: Browser) -> None:
    ana.sign_in(world, ANA, "/t/11")
    fields = {"form_token": ana.field("form_token"), "once": ana.field("once"), "text": "Hello"}
    other.sign_in(world, LEE)
    assert other.post("/t/11", fields).status_code == 403


def test_writing_into_a_thread_of_others_is_a_404(world: World, ana: Browser) -> None:
    ana.sign_in(world, ANA, "/t/11")
    fields = {"form_token": ana.field("form_token"), "once": ana.field("once"), "text": "Hello"}
    for path in ("/t/14", "/t/999", link(world, BOBS.no, BOB.no)):
        assert ana.post(path, fields).status_code == 404
