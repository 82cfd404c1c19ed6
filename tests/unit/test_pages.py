"""Pages as whole files (tests/golden/pages), and how times, sizes, refusals and guides read."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from relay.absence import Away
from relay.domain import HeldMail, Inspection, LeftOut, Opened, OpenedFile, Person, Remembered, RowId
from relay.portal.decisions import Waiting
from relay.portal.pages import NOTICES, Draft, Pages, Reading
from relay.portal.spelling import join, spell_size, stamp
from relay.reading import Page, ThreadLine
from relay.refusal import Refusal
from relay.settings import GUIDE, Chat, Organisation, Portal
from relay.unsent import Unsent
from tests.portal_world import ANA, KIM, LEE, ORGANISATION, SAM, WITH_KIM, WITH_LEE, WITH_SUPPORT

GOLDEN = Path(__file__).parents[1] / "golden" / "pages"
NOON = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
PAGES = Pages(ORGANISATION, Portal(url="https://portal.elm.example/care"), GUIDE, Chat())
ANAS = Reading(person=ANA, form_token="f" * 64)
LUZS = Reading(person=replace(ANA, locale="es-MX"), form_token="f" * 64)
SPANISH = Pages(
    Organisation(name=ORGANISATION.name, locale="es", support_contact="ayuda@olmo.example"),
    Portal(url="https://portal.elm.example/care"), GUIDE, Chat(),
)  # fmt: skip
DRAFT = Draft(once="0" * 32)


def message(number: int, author: Person, text: str | None, **more: object) -> Opened:
    at = NOON + timedelta(minutes=number)
    return Opened(id=RowId(number), author=author.no, sent_at=at, via="smtp", text=text, **more)


LONG = Page(
    thread=WITH_LEE,
    other=LEE,
    messages=[
        message(1, LEE, "Welcome!\n\nWrite to me here."),
        message(2, ANA, "Can I take the <tablets> & tea\n  in the evening?", subject='About "tablets"'),
        message(3, LEE, "Yes.", files=(OpenedFile(name="Plan.pdf", type="application/pdf", size=183_250, sha256=""),)),
        message(4, LEE, None, read=False),
        message(5, LEE, "One more thing.", left_out=("type", "active", "type"), read=False),
    ],
    may_write=None,
)
UNTOLD = Page(
    thread=WITH_LEE,
    other=LEE,
    messages=[message(1, ANA, "May I?"), message(2, ANA, "Please?")],
    may_write=None,
    undo={RowId(2)},
)
ENDED = Page(thread=WITH_KIM, other=KIM, messages=[message(1, KIM, "Take care.")], may_write=Refusal.HAS_ENDED)
EMPTY = Page(thread=WITH_SUPPORT, other=None, messages=[], may_write=None)
UNSENT = [
    Unsent(id=RowId(0x77), at=NOON, until=NOON + timedelta(days=14), text="My <last>\n  question"),
    Unsent(id=RowId(0x78), at=NOON, until=NOON + timedelta(days=14), text=None),
]
LINES = [
    ThreadLine(thread=WITH_LEE, other=LEE, unread=2, last_at=NOON),
    ThreadLine(thread=WITH_KIM, other=KIM, unread=0, last_at=NOON - timedelta(days=40)),
    ThreadLine(thread=WITH_SUPPORT, other=None, unread=0, last_at=None),
]
LINK = "a" * 40
NEW = Remembered(id=RowId(77), address="ana.private@mail.example", since=NOON)
REMEMBERS = replace(ANAS, person=replace(ANA, remembered=(NEW,)))
HELD = HeldMail(
    id=RowId(0x4D),
    thread=WITH_LEE.no,
    holder=ANA.no,
    arrived_at=NOON,
    via="smtp",
    sender=NEW.address,
    text="From my new <phone>.\n\nIs it all right?",
    subject="A question",
    left_out=(LeftOut(position=2, flaw="heic"),),
    files=(OpenedFile(name="Plan.pdf", type="application/pdf", size=183_250, sha256=""),),
)
SPELLED = {"at": "Jan 31, 2026, 6:00 AM", "iso": "2026-01-31T12:00:00+00:00", "until": "Feb 14, 2026, 6:00 AM"}
WAITING = [
    Waiting(mail=HELD, id="4d", name=LEE.name, problem="Not now.", **SPELLED),
    Waiting(mail=replace(HELD, text=None), id="4e", name="Support", **SPELLED),
]

WRITTEN: dict[str, Callable[[], str]] = {
    "sign_in_by_address": lambda: PAGES.sign_in(goal=WITH_LEE.no, idle=True),
    "sign_in_by_link": lambda: PAGES.sign_in(link=LINK),
    "sign_in_unsent": lambda: PAGES.sign_in(goal=WITH_LEE.no, unsent="My <long>\nstory"),
    "code": PAGES.code,
    "code_wrong": lambda: PAGES.code(problem="That is not the code."),
    "locked": lambda: PAGES.locked(NOON),
    "not_there": lambda: PAGES.notice(404),
    "put_away": lambda: PAGES.put_away(WITH_LEE.no),
    "other_holder": lambda: PAGES.other_holder(ANAS, LINK),
    "threads": lambda: PAGES.threads(ANAS, LINES),
    "threads_none": lambda: PAGES.threads(ANAS, []),
    "threads_waiting": lambda: PAGES.threads(ANAS, [], waiting=1),
    "held": lambda: PAGES.signed_in("held.html", ANAS, put_away="/put-away", rows=WAITING, done=""),
    "held_none": lambda: PAGES.signed_in("held.html", ANAS, put_away="/put-away", rows=[], done="discarded"),
    "addresses": lambda: PAGES.signed_in(
        "addresses.html", REMEMBERS, put_away="/put-away", rows=[("4d", NEW.address, ("Jan 31, 2026", "2026-01-31"))]
    ),
    "thread": lambda: PAGES.thread(ANAS, LONG, DRAFT),
    "thread_opened": lambda: PAGES.thread(
        ANAS,
        LONG,
        Draft(once="1" * 32, text="My words", urgent=True, problem="Not now."),
        opened=[Inspection(at=NOON, actor="sam"), Inspection(at=NOON, actor="operator")],
    ),
    "thread_undo": lambda: PAGES.thread(ANAS, UNTOLD, Draft(once="0" * 32, notice="It is too late for the other.")),
    "thread_ended": lambda: PAGES.thread(ANAS, ENDED, DRAFT),
    "es_thread": lambda: PAGES.thread(LUZS, replace(LONG, undo={RowId(2)}), DRAFT, 2),
    "es_thread_ended": lambda: PAGES.thread(LUZS, ENDED, DRAFT, 0, UNSENT),
    "es_thread_away": lambda: PAGES.thread(
        LUZS, EMPTY, DRAFT, away=Away(until=date(2026, 2, 14), cover=KIM, support=False, thread=WITH_KIM)
    ),
    "es_threads": lambda: PAGES.threads(LUZS, LINES, 1),
    "es_sign_in": lambda: SPANISH.sign_in(idle=True, problem="Please type your e-mail address.", unsent="Mi texto"),
    "es_locked": lambda: SPANISH.locked(NOON),
    "es_not_there": lambda: SPANISH.notice(404),
    "thread_unsent": lambda: PAGES.thread(ANAS, ENDED, DRAFT, 0, UNSENT),
    "thread_with_support": lambda: PAGES.thread(
        ANAS, EMPTY, Draft(once="1" * 32, text="\nMy words", problem="Not now.")
    ),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_page_is_as_the_golden_one(name: str) -> None:
    html = WRITTEN[name]().replace(PAGES.static_version, "VERSION")
    path = GOLDEN / f"{name}.html"
    if os.environ.get("RELAY_GOLDEN") == "write":
        path.write_text(html, encoding="utf-8")
    assert html == path.read_text(encoding="utf-8")


def test_golden_pages_are_all_written() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == set(WRITTEN)


class Outline(HTMLParser):
    """What assistive technology needs: balanced tags, labels, ids, one main heading."""

    VOID = frozenset({"meta", "link", "input", "br"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.ids: list[str] = []
        self.labels: set[str] = set()
        self.fields: set[str] = set()
        self.refers: set[str] = set()
        self.lang = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        self.seen.append(tag)
        if tag not in self.VOID:
            self.open.append(tag)
        if tag == "html":
            self.lang = has.get("lang") or ""
        if "id" in has:
            self.ids.append(has["id"] or "")
        if tag == "label":
            self.labels.add(has.get("for") or "")
        if tag in ("textarea", "select") or (tag == "input" and has.get("type") != "hidden"):
            self.fields.add(has.get("id") or "unlabelled")
        for name in ("aria-labelledby", "aria-describedby"):
            self.refers.update((has.get(name) or "").split())

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("name", WRITTEN)
def test_page_is_well_built_and_labelled(name: str) -> None:
    html = WRITTEN[name]()
    outline = Outline()
    outline.feed(html)
    assert outline.open == []
    assert outline.lang == ("es" if name.startswith("es_") else "en")
    assert outline.seen.count("h1") == outline.seen.count("main") == 1
    assert len(outline.ids) == len(set(outline.ids))
    assert outline.fields <= outline.labels
    assert outline.refers <= set(outline.ids)
    assert ORGANISATION.emergency in html  # R2
    title = re.search(r"<title>(.*)</title>", html)[1]
    assert not any(person.name in title for person in (ANA, LEE, KIM))
    assert title.endswith("· Elm Street Practice")
    assert all(link.startswith("/care/") for link in re.findall(r'(?:href|src|action)="(/[^"]*)"', html))


def test_emergency_line_stands_beside_send() -> None:
    html = PAGES.thread(ANAS, LONG, DRAFT)
    assert re.search(r'Send</button>\s*<p class="emergency" id="send-note">' + re.escape(ORGANISATION.emergency), html)


def test_only_clients_are_sent_to_book() -> None:
    for person, is_sent in ((ANA, True), (LEE, False), (SAM, False)):
        html = PAGES.threads(replace(ANAS, person=person), [])
        then = html.partition("There are no conversations yet.")[2].partition("</p>")[0]
        assert (ORGANISATION.bookings in then, "booked" in then) == (is_sent, is_sent)


def test_text_area_keeps_a_first_blank_line() -> None:
    assert ">\n\nMy words</textarea>" in WRITTEN["thread_with_support"]()  # HTML drops one newline after the tag


def test_message_of_a_colleague_at_support_is_from_support() -> None:
    page = Page(thread=WITH_SUPPORT, other=ANA, messages=[message(1, KIM, "We look into it.")], may_write=None)
    html = PAGES.thread(Reading(person=SAM, form_token="x"), page, DRAFT)
    assert '<span class="who">Support</span>' in html
    assert "<h1>Ana Maria Díaz</h1>" in html


SIZES = {
    0: "0 bytes",
    999: "999 bytes",
    1000: "1 KB",
    183_250: "183 KB",
    999_499: "999 KB",
    999_500: "1.0 MB",
    2**24: "16.8 MB",
}


@pytest.mark.parametrize(("octets", "said"), SIZES.items(), ids=SIZES.values())
def test_size_reads_as_people_say_it(octets: int, said: str) -> None:
    assert spell_size(octets) == said


TIMES = {
    "New York, US": ("America/New_York", "en-US", "Jan 31, 2026, 7:00\u00a0AM"),
    "bare language": ("America/New_York", "en", "Jan 31, 2026, 7:00\u00a0AM"),
    "London, UK": ("Europe/London", "en-GB", "31 Jan 2026, 12:00"),
    "a locale without pages": ("Europe/Berlin", "de-DE", "Jan 31, 2026, 1:00\u00a0PM"),
    "across midnight": ("Pacific/Auckland", "en_NZ", "1 Feb 2026, 1:00\u00a0am"),
}


@pytest.mark.parametrize(("zone", "locale", "said"), TIMES.values(), ids=TIMES)
def test_time_reads_on_the_readers_clock(zone: str, locale: str, said: str) -> None:
    organisation = Organisation(name="Elm", timezone=zone, locale=locale)
    reading = Reading(person=SAM, form_token="x")
    html = Pages(organisation, Portal(), (), Chat()).threads(reading, LINES[:1])
    assert f'<time datetime="2026-01-31T12:00:00+00:00">{said}</time>' in html
    assert f"Times are shown in {zone}." in html


def test_lock_is_never_told_too_early() -> None:
    html = PAGES.locked(NOON + timedelta(seconds=1))
    assert "7:01\u00a0AM</time> (America/New_York)" in html


@pytest.mark.parametrize("reason", [Refusal.NOT_NOW, Refusal.TOO_FAST, Refusal.NOTHING_NEW, Refusal.SAME_TEXT])
def test_refusal_in_a_form_speaks_of_no_mail(reason: Refusal) -> None:
    assert "mail" not in PAGES.refusal(reason)


def test_refusal_points_on() -> None:
    assert PAGES.refusal(Refusal.HAS_ENDED).endswith("Support can help. Support: help@elm.example")  # R14
    assert PAGES.refusal(Refusal.NEVER_BOOKED).endswith("Book here: https://example.org/book")  # R16


def test_notice_for_a_status_without_words_is_a_general_one() -> None:
    assert NOTICES[400][0] in PAGES.notice(418)
    assert NOTICES[500][0] in PAGES.notice(599)


GUIDES = {
    "none": ([], ""),
    "one": (["Billing"], "Billing"),
    "several": (["Your account", "Billing", "The portal"], "Your account, billing, the portal"),
    "abbreviation": (["Billing", "FMLA forms", "PDFs"], "Billing, FMLA forms, PDFs"),
}


@pytest.mark.parametrize(("topics", "line"), GUIDES.values(), ids=GUIDES)
def test_guide_reads_as_one_line(topics: list[str], line: str) -> None:
    assert join(topics) == line


def test_guide_that_is_empty_is_left_out() -> None:
    assert "Whom to ask" not in Pages(ORGANISATION, Portal(), (), Chat()).threads(ANAS, LINES)
    assert "Whom to ask" in PAGES.threads(ANAS, LINES)  # R13


def test_guide_is_for_clients_as_in_the_mails() -> None:
    lees = Reading(person=LEE, form_token="f" * 64)
    assert "Your provider" not in PAGES.threads(lees, []) + PAGES.thread(lees, LONG, DRAFT)


def test_contents_show_in_no_repr() -> None:
    shown = repr([ANAS, Draft(once="1", text="my words"), Reading(person=LEE, form_token="secret")])
    assert not any(word in shown for word in ("my words", "secret", ANA.name, LEE.name, "f" * 64))


def test_whose_file_was_left_out_is_told_what_to_do() -> None:
    sent = message(5, ANA, "See the photos.", left_out=("heic", "heic", "active", "large"))
    html = PAGES.thread(ANAS, replace(LONG, messages=[sent]), DRAFT)
    assert "2 files in the iPhone&#39;s photo format (HEIC) were left out. Please send JPEG: on the iPhone" in html
    assert "A file with scripts or macros in it was left out. Please save a copy as PDF without scripts" in html
    lees = Reading(person=LEE, form_token="f" * 64)
    html = PAGES.thread(lees, replace(LONG, other=ANA, messages=[sent]), DRAFT)
    assert "2 files in the iPhone&#39;s photo format (HEIC) were left out.</p>" in html
    assert "Please s" not in html


@pytest.mark.parametrize(("locale", "said"), [("en-GB", "31 Jan 2026, 13:00"), ("en-EU", "Jan 31, 2026, 1:00\u202fPM")])
def test_a_region_that_is_not_known_is_spelled_as_its_language(locale: str, said: str) -> None:
    assert stamp(NOON, ZoneInfo("Europe/Berlin"), locale) == said.replace("\u202f", "\u00a0")
