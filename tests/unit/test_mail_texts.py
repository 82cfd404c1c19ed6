"""Both parts of a mail say the same, in both languages, and it can be read where nothing is loaded or styled."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import get_args

import pytest
from PIL import Image

from relay.domain import Why
from tests import mail_pictures
from tests.golden_mails import MAILS, part_of

LINK = r"https?://\S+|r\.[a-z2-7]{40}@\S+"  #: a page, or the address for what cannot wait
NAMES = [mail.stem for mail in MAILS]


class Said(HTMLParser):
    """What an HTML part says where neither style sheet nor link counts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.labels: list[str] = []
        self._inside: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("style", "title", "a"):
            self._inside.append(tag)
        if tag in ("p", "br", "li", "div", "h1", "h2", "tr", "code"):
            self.pieces.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if self._inside and tag == self._inside[-1]:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self.pieces.append(data)
        elif self._inside[-1] == "a":
            self.labels.append(data)


def words_of_html(page: str) -> list[str]:
    return "".join(Said(page).pieces).split()


def words_of_text(text: str) -> list[str]:
    """Give the words, without what only a plain text has: addresses of links, dashes of lists, the signature's mark."""
    lines = (line for line in text.splitlines() if line != "-- ")
    return " ".join(re.sub(f"^- |{LINK}", "", line) for line in lines).split()


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("why", get_args(Why))
def test_every_kind_of_mail_has_a_golden_one(why: str, language: str) -> None:
    assert any(name == f"{language}_{why}" or name.startswith(f"{language}_{why}_") for name in NAMES)


@pytest.mark.parametrize("mail", NAMES)
def test_html_says_what_the_text_says(mail: str) -> None:
    text, page = part_of(mail, "plain"), part_of(mail, "html")
    assert text is not None
    if mail.partition("_")[2] == "postmaster":  # for the admin, and plain
        assert page is None
        return
    assert page is not None
    assert words_of_html(page) == words_of_text(text)


@pytest.mark.parametrize("mail", NAMES)
def test_links_of_both_parts_lead_to_the_same_place(mail: str) -> None:
    text, page = part_of(mail, "plain"), part_of(mail, "html")
    if page is not None and text is not None:
        links = [link.removeprefix("mailto:") for link in re.findall(r'href="([^"]+)"', page)]
        assert links == re.findall(LINK, text)
        assert all(Said(page).labels)


@pytest.mark.parametrize("mail", NAMES)
def test_nothing_is_hidden_and_nothing_is_loaded(mail: str) -> None:
    page = part_of(mail, "html") or ""
    for sign in ("<img", "<link", "<script", "<iframe", "src=", "url(", "@import", "display:none", "display: none",
                 "visibility", "font-size: 0", "hidden", "background=", "http-equiv"):  # fmt: skip
        assert sign not in page.lower()
    assert not re.search(r"#(?:fff|ffffff)\b(?![^}]*background|[^{]*\})", page)  # white on what may be white
    assert page == "" or 'lang="' in page


def test_the_comparison_would_notice() -> None:
    page = "<p>One two<br>three</p><style>p { color: red }</style><a href='x'>Open</a><ul><li>four</li></ul>"
    assert words_of_html(page) == ["One", "two", "three", "four"]
    assert words_of_text("One two\nthree\nhttps://x.example/t\n\n- four\n-- \n") == ["One", "two", "three", "four"]


# -- how they look -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("mail", "width"), list(mail_pictures.pictures()), ids=lambda each: each)
def test_picture_shows_the_mail_as_it_is_and_is_small(mail: str, width: str) -> None:
    picture = mail_pictures.place(mail, width)
    assert mail_pictures.shown_in(picture) == mail_pictures.digest(mail), "run `make pictures`"
    assert picture.stat().st_size < 48 * 1024
    with Image.open(picture) as image:
        assert image.width == mail_pictures.WIDTHS[width]  # nothing is wider than the screen


def test_no_picture_is_left_of_a_mail_that_is_shown_no_more() -> None:
    shown = {mail_pictures.place(*each).name for each in mail_pictures.pictures()}
    assert {picture.name for picture in mail_pictures.FOLDER.iterdir()} == shown
