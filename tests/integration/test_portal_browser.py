"""The portal in a real browser (Debian's Chromium): on a phone without JavaScript, and what the script adds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from relay.domain import Absence, KeptFile, LeftOut, Person, Remembered, RowId
from relay.portal.server import Web
from relay.settings import Chat
from tests.fakes import NOON, FakeStore
from tests.portal_world import ANA, KIM, LEE, ORGANISATION, SAM, WITH_KIM, WITH_LEE, Stage, World, served

CHROMIUM = "/usr/bin/chromium"
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}
expect.set_options(timeout=15_000)
Opened = Callable[..., AbstractContextManager[Page]]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def stage() -> Iterator[tuple[Stage, int]]:
    stage = Stage()
    with served(Web(stage)) as web:
        yield stage, web.port


@pytest.fixture
def world(stage: tuple[Stage, int]) -> World:
    world = World()
    stage[0].app = world.app
    world.post(WITH_KIM, KIM, "Goodbye and take care.")
    world.post(WITH_LEE, LEE, "How did the week go?\n\nLee")
    return world


@pytest.fixture
def opened(chromium: Browser, stage: tuple[Stage, int]) -> Opened:
    @contextmanager
    def open_page(**options: object) -> Iterator[Page]:
        """A fresh browser profile; a complaint in its console (the content policy's, say) is an error."""
        base = f"http://127.0.0.1:{stage[1]}"
        with chromium.new_context(**{"base_url": base, "viewport": PHONE, **options}) as context:
            page = context.new_page()
            page.set_default_timeout(15_000)
            complaints: list[str] = []
            page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            yield page
            assert [said for said in complaints if "status of 4" not in said] == []

    return open_page


def sign_in(page: Page, world: World, path: str, who: Person = ANA) -> None:
    world.store.clock.advance(1)
    page.goto(path)
    if page.get_by_label("Your e-mail address").count():
        page.get_by_label("Your e-mail address").fill(who.addresses[0])
    page.get_by_role("button", name="E-mail me a code").click()
    page.get_by_label("Six-digit code").fill(world.code())
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.wait_for_load_state()  # going to a fragment takes the focus away from who types earlier


def follow(page: Page, link: str) -> None:
    """Click and wait until the other page is there, which a click does not."""
    where = page.get_by_role("link", name=link)
    path = where.get_attribute("href")
    where.click()
    expect(page).to_have_url(re.compile(f"{re.escape(str(path))}$"))
    page.wait_for_load_state()


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_story_on_a_phone_without_javascript(world: World, opened: Opened) -> None:
    link = f"/t/{world.addresses.link(WITH_LEE.no, ANA.no)}"
    with opened(viewport=PHONE, java_script_enabled=False) as page:
        sign_in(page, world, link)
        expect(page).to_have_url(re.compile(r"/t/11#new$"))
        expect(page.get_by_role("heading", level=1)).to_have_text(LEE.name)
        expect(page.locator(".text")).to_have_text("How did the week go?\n\nLee", use_inner_text=True)
        expect(page.get_by_text("unread", exact=True)).to_be_visible()
        beside = page.locator(".send .emergency")
        expect(beside).to_have_text(ORGANISATION.emergency)
        page.get_by_label("Your message").fill("Better.\n\nI sleep well.")
        page.get_by_role("button", name="Send").click()
        expect(page.locator(".mine .text")).to_have_text("Better.\n\nI sleep well.", use_inner_text=True)
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_label("Your e-mail address")).to_be_visible()
        page.go_back()
        expect(page.get_by_text("I sleep well.")).to_have_count(0)
    assert [each.text for each in world.reader.open(WITH_LEE.no, LEE.no).messages][-1] == "Better.\n\nI sleep well."


def test_file_is_saved_under_its_name(world: World, opened: Opened) -> None:
    file = KeptFile(name="Schlafplan Jänner.pdf", type="application/pdf", content=b"%PDF-1.7 plan")
    world.post(WITH_LEE, LEE, "", files=(file,))
    with opened() as page:
        sign_in(page, world, "/t/11")
        with page.expect_download() as saved:
            page.get_by_role("link", name="Schlafplan").click()
        assert saved.value.suggested_filename == file.name
        assert saved.value.path().read_bytes() == file.content  # R11


def test_held_mail_is_confirmed_on_a_phone_without_javascript(world: World, opened: Opened) -> None:
    file = KeptFile(name=f"{'B' * 120}.pdf", type="application/pdf", content=b"x")
    sender = f"ana.{'long-' * 11}@{'sub.' * 20}mail.example"
    mail = world.hold(WITH_LEE, ANA, f"From my new phone\n\n{LONG}", sender=sender, subject="C" * 200, files=(file,))
    link = f"/t/{world.addresses.link(WITH_LEE.no, ANA.no)}/held"
    with opened(viewport=PHONE, java_script_enabled=False) as page:
        page.goto(link)
        assert page.get_by_text("From my new phone").count() == 0
        sign_in(page, world, link)
        expect(page).to_have_url(re.compile(r"/held$"))
        expect(page.get_by_role("heading", level=1)).to_have_text("Did you write this?")
        expect(page.locator(".from")).to_contain_text(sender)
        confirm = page.get_by_role("button", name="I wrote this: deliver it")
        expect(confirm).to_have_accessible_description(
            re.compile(r"^Confirming means: “I wrote this.” It goes to Dr. Lee")
        )
        for control in (confirm, page.get_by_role("button", name="Discard it"), *page.locator(".tick").all()):
            assert control.bounding_box()["height"] >= 44  # WCAG 2.2, 2.5.5: a thumb hits it
            assert control.bounding_box()["x"] + control.bounding_box()["width"] <= 360
        expect(page.locator("body > .emergency")).to_have_text(ORGANISATION.emergency)
        page.get_by_label("Remember this address").check()
        confirm.click()
        expect(page).to_have_url(re.compile(r"/t/11#m-[0-9a-f]{16}$"))
        expect(page.locator(".mine .text")).to_contain_text("From my new phone")
        follow(page, "Addresses you write from")
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        page.get_by_role("button", name="Forget").click()
        expect(page.get_by_text(sender)).to_have_count(0)
    assert world.holding.waiting(ANA.no) == []
    assert next(each.outcome for each in world.store.ledger.receipts() if each.id == mail) == "stored"


LONG = "A" * 300 + " " + "word " * 80


@pytest.mark.parametrize("viewport", [PHONE, DESK, {"width": 320, "height": 480}], ids=lambda size: str(size["width"]))
def test_pages_fit_the_screen(world: World, opened: Opened, viewport: dict[str, int]) -> None:
    file = KeptFile(name=f"{'B' * 120}.pdf", type="application/pdf", content=b"x")
    world.post(WITH_LEE, LEE, LONG, subject="C" * 200, files=(file,))
    world.hold(WITH_LEE, ANA, LONG, subject="C" * 200, sender=f"{'d' * 64}@{'e' * 60}.example", files=(file,))
    world.store.people.let_write(ANA.no, Remembered(id=RowId(7), address=f"{'d' * 64}@{'e' * 60}.example", since=NOON))
    with opened(viewport=viewport) as page:
        page.goto("/")
        assert fits(page)
        sign_in(page, world, "/")
        for path in ("/", "/t/11", "/t/12", "/nothing", "/put-away", "/held", "/addresses"):
            page.goto(path)
            assert fits(page), path
            top = page.locator("body > .emergency")
            expect(top).to_be_in_viewport()  # R2


def test_send_can_be_reached_and_seen_by_keyboard(world: World, opened: Opened) -> None:
    with opened(viewport=DESK) as page:
        sign_in(page, world, "/t/11")
        page.get_by_label("Your message").focus()
        page.keyboard.press("Tab")
        expect(page.get_by_label("It cannot wait")).to_be_focused()
        page.keyboard.press("Tab")
        send = page.get_by_role("button", name="Send")
        expect(send).to_be_focused()
        expect(send).to_have_css("outline-style", "solid")
        page.goto("/t/11")
        page.keyboard.press("Tab")
        expect(page.get_by_text("Skip to the content")).to_be_in_viewport()


def test_return_sends_and_shift_return_breaks_the_line(world: World, opened: Opened) -> None:
    with opened(viewport=DESK) as page:
        sign_in(page, world, "/t/11")
        expect(page.get_by_text("Return sends.")).to_be_visible()
        box = page.get_by_label("Your message")
        box.press_sequentially("First")
        box.press("Shift+Enter")
        box.press_sequentially("second")
        box.press("Enter")
        expect(page.locator(".mine .text")).to_have_text("First\nsecond", use_inner_text=True)  # R9
        box.press("Enter")  # nothing to send: the browser says so itself
        expect(page.locator(".mine")).to_have_count(1)


def test_return_on_a_touch_screen_breaks_the_line(world: World, opened: Opened) -> None:
    with opened(viewport=PHONE, has_touch=True, is_mobile=True) as page:
        sign_in(page, world, "/t/11")
        expect(page.get_by_text("Return sends.")).to_be_hidden()
        box = page.get_by_label("Your message")
        box.press_sequentially("First")
        box.press("Enter")
        box.press_sequentially("second")
        page.get_by_role("button", name="Send").tap()
        expect(page.locator(".mine .text")).to_have_text("First\nsecond", use_inner_text=True)


@pytest.mark.parametrize("script", [True, False], ids=["with the script", "without"])
def test_screen_clears_itself_when_the_session_has_idled_out(
    world: World, stage: tuple[Stage, int], opened: Opened, script: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relay.portal.pages.GRACE", timedelta(seconds=1))
    world.idle_timeout = timedelta(seconds=4)
    stage[0].app = world.build()
    with opened(viewport=PHONE, java_script_enabled=script) as page:
        sign_in(page, world, "/t/11")
        expect(page.get_by_role("heading", level=1)).to_have_text(LEE.name)
        expect(page.get_by_role("heading", level=1)).to_have_text("Your messages are put away", timeout=20_000)
        expect(page.get_by_text("How did the week go?")).to_have_count(0)
        page.get_by_role("link", name="Continue").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(LEE.name)  # the clock of this world stood still


def test_page_gives_a_sign_of_life_while_it_is_used(stage: tuple[Stage, int], opened: Opened) -> None:
    world = World(store=FakeStore(chat=Chat(quiet_after=timedelta(seconds=5))))
    stage[0].app = world.app
    world.post(WITH_LEE, LEE, "How did the week go?")
    with opened(viewport=DESK) as page:
        sign_in(page, world, "/t/11")
        said: list[str] = []
        page.on("request", lambda request: said.append(request.url) if request.url.endswith("/here") else None)
        page.mouse.move(10, 10)  # it lies there, or the mouse passes over it
        page.wait_for_timeout(2500)
        assert said == []
        world.store.messages._active.clear()
        with page.expect_response("**/t/11/here") as answer:
            page.get_by_label("Your message").press("H")
        assert answer.value.status == 204
    assert world.store.messages._active == {(WITH_LEE.no, ANA.no): world.store.clock.now()}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_contrast(world: World, opened: Opened, scheme: str) -> None:
    world.post(WITH_LEE, ANA, "Fine, thank you.", left_out=(LeftOut(position=1, flaw="heic"),))
    world.hold(WITH_LEE, ANA, "From my new phone", subject="A question", left_out=(LeftOut(position=1),))
    with opened(viewport=DESK, color_scheme=scheme) as page:
        sign_in(page, world, "/t/11")
        for path in ("/", "/t/11", "/t/12", "/held", "/held?done=gone", "/addresses"):
            page.goto(path)
            assert page.evaluate(FAINT) == []


FAINT = """() => {
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = rgb(getComputedStyle(e).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const faint = [];
  for (const e of document.querySelectorAll("body *")) {
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || !e.checkVisibility() || e.matches("noscript, script")) continue;
    const [a, b] = [light(rgb(getComputedStyle(e).color)), light(behind(e))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) faint.push(`${e.className || e.tagName} ${ratio.toFixed(2)}`);
  }
  return faint;
}"""
"""Texts with a contrast under 4.5 to 1 (WCAG 2.2, 1.4.3)."""


def test_what_an_ended_thread_does_not_take_goes_to_support_without_javascript(world: World, opened: Opened) -> None:
    """R14, R17: nothing typed is lost, at 360 px."""
    with opened(viewport=PHONE, java_script_enabled=False) as page:
        sign_in(page, world, f"/t/{WITH_LEE.no}")
        page.get_by_label("Your message").fill("One last question")
        world.store.people.add_thread(replace(WITH_LEE, state="ended"))
        page.get_by_role("button", name="Send", exact=True).click()
        expect(page.get_by_role("heading", name="This was not sent")).to_be_visible()
        expect(page.get_by_text("One last question")).to_be_visible()
        assert fits(page)
        page.get_by_role("button", name="Send it to Support").click()
        expect(page.get_by_role("heading", name="Support", exact=True)).to_be_visible()
        expect(page.get_by_text("One last question")).to_be_visible()
        page.goto(f"/t/{WITH_LEE.no}")
        expect(page.get_by_role("heading", name="This was not sent")).to_have_count(0)


def test_what_cannot_wait_goes_to_support_on_a_phone_without_javascript(world: World, opened: Opened) -> None:
    """R7, R17: ticked by the client, opened by Support for a reason, at 360 px."""
    with opened(viewport=PHONE, java_script_enabled=False) as page:
        sign_in(page, world, f"/t/{WITH_LEE.no}")
        page.get_by_label("Your message").fill("My refill is late")
        for control in page.locator(".tick").all():
            assert control.bounding_box()["height"] >= 44
        page.get_by_label("It cannot wait").check()
        assert fits(page)
        page.get_by_role("button", name="Send", exact=True).click()
        expect(page.get_by_text("My refill is late")).to_be_visible()
    with opened(viewport=PHONE, java_script_enabled=False) as page:
        sign_in(page, world, "/", SAM)
        follow(page, "What needs somebody")
        assert fits(page)
        follow(page, f"Thread {WITH_LEE.no}")
        expect(page.get_by_text("It cannot wait.")).to_be_visible()
        assert page.get_by_text("My refill is late").count() == 0
        page.get_by_label("Why you open it").fill("to find somebody who can")
        assert fits(page)
        page.get_by_role("button", name="Open it").click()
        expect(page.get_by_text("My refill is late")).to_be_visible()
        assert fits(page)


def test_preferences_on_a_phone_without_javascript(world: World, opened: Opened) -> None:
    """R17: chosen, paused and resumed at 360 px."""
    with opened(viewport=PHONE, java_script_enabled=False) as page:
        sign_in(page, world, "/")
        follow(page, "Preferences")
        assert fits(page)
        page.get_by_label("Send mails to").select_option(ANA.addresses[1])
        page.get_by_label("My own:").check()
        page.get_by_label("From").fill("22:00")
        page.get_by_label("To", exact=True).fill("06:30")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("status")).to_have_text("Your preferences are saved.")
        expect(page.get_by_label("My own:")).to_be_checked()
        page.get_by_label("For how long").select_option("7")
        page.get_by_role("button", name="Pause notices").click()
        expect(page.get_by_text("No mail tells you of new messages until")).to_be_visible()
        assert fits(page)
        page.get_by_role("button", name="Send me notices again").click()
        expect(page.get_by_label("For how long")).to_be_visible()
        chosen = world.store.people.person(ANA.no).preferences
        assert (chosen.address, chosen.quiet_hours) == (ANA.addresses[1], "22:00-06:30")


def test_an_absence_is_told_on_a_phone_without_javascript(world: World, opened: Opened) -> None:
    world.store.people.add_person(replace(LEE, absence=Absence(until=date(2026, 2, 14), cover=KIM.no)))
    with opened(viewport=PHONE, java_script_enabled=False) as page:
        sign_in(page, world, f"/t/{WITH_LEE.no}")
        note = page.get_by_text("Dr. Lee Park is away and will be back on February 14, 2026.")
        expect(note).to_be_visible()
        text = page.get_by_label("Your message")
        assert note.bounding_box()["y"] < text.bounding_box()["y"]  # type: ignore[index]
        assert fits(page)
