"""The demo's mailbox page in a real browser: a mail's link leads into the portal, and odd requests have an answer."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP

import httpx
import pytest
from playwright.sync_api import expect, sync_playwright

from relay.demo.mailbox import Got, Mailbox
from relay.demo.quoting import Answer, reply_to
from relay.portal.server import Web
from relay.wiring import SystemClock, SystemEntropy
from tests.integration.test_portal_browser import CHROMIUM, QUIET
from tests.portal_world import Stage, World, served


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox(SystemClock(), SystemEntropy())


@pytest.fixture
def page(mailbox: Mailbox) -> Iterator[str]:
    with served(Web(mailbox.page("Practice", {}, {}))) as web:
        yield f"http://127.0.0.1:{web.port}"


def a_mail(link: str = "http://127.0.0.1/") -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = "Practice <relay@reply.practice.test>"
    mail["To"] = "ana@client.test"
    mail["Subject"] = "Your sign-in code"
    mail["Date"] = "Sat, 31 Jan 2026 18:00:00 +0000"
    mail["Message-ID"] = "<1@reply.practice.test>"
    mail.set_content(link)
    mail.add_alternative(f'<html><head></head><body><a href="{link}">Open</a></body></html>', subtype="html")
    return mail


def test_link_of_a_mail_opens_a_portal_where_one_can_sign_in(mailbox: Mailbox, page: str) -> None:
    stage = Stage()
    stage.app = World().app
    with served(Web(stage)) as portal, sync_playwright() as play:
        link = f"http://127.0.0.1:{portal.port}/"
        mailbox.got.append(Got(no=1, to="ana@client.test", octets=a_mail(link).as_bytes()))
        browser = play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        tab = browser.new_page()
        tab.goto(page)
        with tab.context.expect_page(timeout=10_000) as opened:
            tab.frame_locator("iframe").get_by_role("link", name="Open").click()
        opened.value.get_by_label("Your e-mail address").fill("ana@client.test")
        opened.value.get_by_role("button", name="E-mail me a code").click()
        expect(opened.value.get_by_label("Six-digit code")).to_be_visible()
        browser.close()


def test_mail_that_is_not_there_is_404_and_a_form_without_words_is_400(mailbox: Mailbox, page: str) -> None:
    mailbox.got.append(Got(no=1, to="ana@client.test", octets=a_mail().as_bytes()))
    for path in ("/0/raw", "/2/raw", "/2/rendered"):
        assert httpx.get(page + path).status_code == 404, path
    for form in ({"text": "", "program": "gmail"}, {"text": "x", "program": "mutt"}, {}):
        assert httpx.post(f"{page}/1/reply", data=form).status_code == 400, form


def test_reply_to_a_mail_without_reply_to_goes_to_its_sender() -> None:
    answer = Answer(
        writer="ana@client.test", text="Thanks", program="gmail", at=SystemClock().now(), message_id="<2@client.test>"
    )
    assert b"\r\nTo: Practice <relay@reply.practice.test>\r\n" in reply_to(a_mail().as_bytes(), answer)
