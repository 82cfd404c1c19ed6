"""The texts of our mails: templates by locale, and what may stand in them.

A template is `LOCALE/WHY.txt`, whose first line is the subject, and `LOCALE/WHY.html`; all items for Support share
`support-item`, whose sentences stand in `_items.txt`. The shipped ones lie in outbound/templates; a file of the same
name in the config's templates/ takes its place, one by one. What they may say is the fields of Words and nothing else:
there is no variable for content (R3, R6). A paragraph is one line in the template, lines are wrapped here. Raises
TextTrouble for a template that is missing, cannot be read or does not render; outbound/proofread.py finds it
beforehand. All are read at once: what is edited meanwhile counts from the next loading of the config on.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Literal

from jinja2 import DictLoader, StrictUndefined, TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from outbound.letter import TextTrouble, clean
from relay.domain import ITEMS, Role, Why

SHIPPED = Path(__file__).parent / "templates"
FALLBACK = "en"
WRAP_AT = 76  #: leaves two columns for the quote marks of a reply
SUBJECT = "Subject: "
AWAY: tuple[Why, ...] = ("message", "receipt", "offer")  #: these tell a client that their provider is away
TOKEN_SPOT = "\0" + "t" * 38 + "\0"  #: as long as a token, so that lines wrap alike
CODE_SPOT = "\0code\0"
URGENT_SPOT = "\0" + "u" * 38 + "\0"  #: the token of the address for what cannot wait


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """All that a template can say."""

    organisation: str
    emergency: str  #: R2
    expected: str  #: as it reads after "within" (R4)
    ask_provider: tuple[str, ...] = ()  #: topics (R13)
    ask_support: tuple[str, ...] = ()
    link: str  #: to the thread, else to the portal
    can_reply: bool = False  #: the mail has a reply address
    role: Role  #: the reader's
    sender: str = field(default="", repr=False)  #: "" unless notify.reveal says otherwise
    waiting: str = ""  #: how many messages, where one mail tells of several (R12)
    away_until: str = ""  #: the client's provider is away, and back on that day, as the language spells it
    cover: str = field(default="", repr=False)  #: who covers for them, as far as notify.reveal lets it be said
    covered: bool = False  #: another provider does
    urgent: str = field(default="", repr=False)  #: the address for what cannot wait (R7)
    asked: str = ""  #: the day of the message that nobody has answered
    code: str = field(default="", repr=False)  #: to sign in
    positions: str = ""  #: of the files left out, "2, 3"
    many: bool = False  #: more than one of them
    types: tuple[str, ...] = ()  #: positions of those of a type that is not accepted
    heic: tuple[str, ...] = ()  #: of photos in the iPhone's format
    active: tuple[str, ...] = ()  #: of those with scripts or macros
    large: tuple[str, ...] = ()  #: of those that are too large
    accepted: str = ""  #: "PDF, JPG"
    reason: str = ""  #: the sentence of a refusal
    reason_slug: str = ""
    support_contact: str = ""  #: where the refusal points there
    bookings: str = ""  #: likewise
    item: str = ""  #: the kind of an item for Support
    about: str = ""  #: the id of the person that the item is about
    about_role: Role | Literal[""] = ""
    thread: str = ""  #: the number of the thread that the item is about


def _files(folder: Path) -> dict[str, str | None]:
    """Give the templates in a folder by their names, like "en/message.txt"; None: it cannot be read as UTF-8."""
    found: dict[str, str | None] = {}
    for file in sorted(folder.glob("*/*")):
        if file.suffix not in (".txt", ".html"):
            continue
        name = file.relative_to(folder).as_posix()
        try:
            found[name] = file.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError):
            found[name] = None
    return found


def template_of(why: Why) -> str:
    """Give the name of that mail's templates."""
    return "support-item" if why in ITEMS else why


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail's texts, LF line ends. `html` is None where there is no such template."""

    locale: str
    subject: str = field(repr=False)
    text: str = field(repr=False)
    html: str | None = field(repr=False)


class Texts:
    """Renders the texts of a mail."""

    def __init__(self, overrides: Path | None = None) -> None:
        """Take the config's templates/, if there is one."""
        self._files = _files(SHIPPED) | (_files(overrides) if overrides is not None else {})
        self._environment = ImmutableSandboxedEnvironment(
            loader=DictLoader({name: text for name, text in self._files.items() if text is not None}),
            undefined=StrictUndefined,
            autoescape=lambda name: name is not None and name.endswith(".html"),
            auto_reload=False,
            keep_trailing_newline=True,
        )

    def locales(self) -> tuple[str, ...]:
        """Give the languages that there are templates for."""
        return tuple(sorted({name.partition("/")[0] for name in self._files}))

    def locale_for(self, why: Why, *wanted: str) -> str:
        """Give the first wanted language that this mail is written in ("es-MX" is content with "es"), else English."""
        for tag in wanted:
            exact = tag.replace("_", "-")
            for candidate in (exact, exact.lower(), exact.partition("-")[0].lower()):
                if candidate and self.has(f"{candidate}/{template_of(why)}.txt"):
                    return candidate
        return FALLBACK

    def has(self, name: str) -> bool:
        """Tell whether there is such a template file."""
        return name in self._files

    def parse(self, source: str, name: str) -> nodes.Template:
        """Parse a template. Raises TemplateSyntaxError."""
        return self._environment.parse(source, name)

    def render(self, why: Why, locale: str, words: Words) -> Rendered:
        """Render subject, text and HTML. Raises TextTrouble."""
        values = {each.name: getattr(words, each.name) for each in fields(words)}
        name = f"{locale}/{template_of(why)}"
        try:
            source = self._environment.get_template(f"{name}.txt").render(values, locale=locale, subject="")
            subject, text = split_subject(source)
            html = None
            if self.has(f"{name}.html"):
                page = self._environment.get_template(f"{name}.html")
                html = tight(page.render(values, locale=locale, subject=subject))
        except TemplateError:
            raise TextTrouble("template") from None
        return Rendered(locale, subject, text, html)


def split_subject(source: str) -> tuple[str, str]:
    """Take the subject from the first line; the rest is the text, tidied. Raises TextTrouble where there is none."""
    head, _, text = source.lstrip().partition("\n")
    if not head.startswith(SUBJECT):
        raise TextTrouble("no-subject")
    return clean(head.removeprefix(SUBJECT)), tidy(text)


def tidy(text: str) -> str:
    """Drop the blank lines that conditions left behind: one at most in a row, none at the ends."""
    lines = [line if line == "-- " else line.rstrip() for line in text.splitlines()]
    kept = [line for at, line in enumerate(lines) if line or (at and lines[at - 1])]
    return "\n".join(kept).strip("\n") + "\n"


def tight(html: str) -> str:
    """Drop all blank lines."""
    return "\n".join(line.rstrip() for line in html.splitlines() if line.strip()) + "\n"


def wrap(text: str) -> str:
    """Wrap lines; a list item's further lines are indented, a long link stays whole."""
    return "\n".join(
        line if len(line) <= WRAP_AT else "\n".join(_wrapped(line)) for line in text.split("\n")
    )  # fmt: skip


def _wrapped(line: str) -> list[str]:
    return textwrap.wrap(
        line,
        WRAP_AT,
        subsequent_indent="  " if line.startswith("- ") else "",
        break_long_words=False,
        break_on_hyphens=False,
    )
