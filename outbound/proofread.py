"""Templates read over: what `relay check` finds wrong in them, and the texts of ours that a reply may quote.

A folder of templates in; problems, texts or subjects out. Each template is parsed, its variables are compared with the
fields of Words (there is none for content), and it is rendered for every reader and every turn that its conditions can
take. Never raises for what stands in a template.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, replace
from itertools import product
from pathlib import Path, PurePosixPath
from typing import NamedTuple, get_args

from jinja2 import TemplateSyntaxError, meta, nodes

from outbound.letter import ComposeTrouble, clean
from outbound.texts import AWAY, CODE_SPOT, Rendered, Texts, Words, template_of
from relay.domain import ITEMS, Role, Why
from relay.problems import Problem, nearest
from relay.refusal import Refusal
from relay.settings import GUIDE, Guide, Organisation
from relay.welcome_files import is_greeting

SPOT = "\0"  #: stands where a variable was
KNOWN_VARIABLES = frozenset({each.name for each in fields(Words)} | {"locale", "subject"})
WHYS: tuple[Why, ...] = get_args(Why)
NAMES = tuple(dict.fromkeys(map(template_of, WHYS)))  #: of the templates
ROLES: tuple[Role, ...] = get_args(Role)
FLAW_WORDS = ("types", "heic", "active", "large")  #: of Words: positions of files left out
REMOTE = re.compile(r"<(?:img|iframe|object|embed|link|script|video|audio)\b|url\(|@import", re.IGNORECASE)
MARKUP = re.compile(r"<style\b.*?</style>|<title>.*?</title>|<[^>]*>", re.DOTALL)
SAMPLE = Organisation(name="Sample Practice", emergency="The emergency line.")
SAMPLE_LINK = "https://portal.example.org/t/sample"
NO_CONTENT = "a notification has no content to show; use " + ", ".join(sorted(KNOWN_VARIABLES))


# -- what a reply may quote --------------------------------------------------------------------------------------------


class OwnWords(NamedTuple):
    """What our mails say."""

    texts: list[str]  #: "\\0" wherever something varies; a paragraph is one line, not wrapped
    subjects: frozenset[str]  #: casefolded; those that name a sender are left out


def own_words(organisation: Organisation, guide: Sequence[Guide], templates: Path | None = None) -> OwnWords:
    """Give the texts and subjects of all our mails.

    The texts also as the HTML says them, one line for each element, since mail programs quote that one.
    """
    known: set[str] = set()
    kept = []
    subjects = set()
    for words, rendered in _all_turns(Texts(templates), organisation, guide):
        if not words.sender:
            subjects.add(rendered.subject.casefold())
        for text in (rendered.text, "" if rendered.html is None else _said(rendered.html)):
            spotted = text.replace(CODE_SPOT, SPOT)
            lines = set(spotted.split("\n"))
            if not lines <= known:  # most turns differ in a line or two
                known |= lines
                kept.append(spotted)
    return OwnWords(kept, frozenset(subjects))


def _said(page: str) -> str:
    lines = (html.unescape(line).strip() for line in MARKUP.sub("\n", page).split("\n"))
    return "\n".join(line for line in lines if line) + "\n"


def _all_turns(
    texts: Texts, organisation: Organisation, guide: Sequence[Guide]
) -> Iterator[tuple[Words, Rendered]]:  # fmt: skip
    for locale, why in product(texts.locales(), WHYS):
        if why in ITEMS or not texts.has(f"{locale}/{why}.txt"):  # nobody can answer an item
            continue
        for words in _turns(why, organisation, guide):
            try:
                yield words, texts.render(why, locale, words)
            except ComposeTrouble:  # `relay check` names it; a broken text is never sent, hence never quoted
                break


def _turns(why: Why, organisation: Organisation, guide: Sequence[Guide]) -> Iterator[Words]:
    """Give the words for every turn that a text can take."""
    reasons: tuple[Refusal | None, ...] = (None, *Refusal) if why == "explain" else (None,)
    flaws: tuple[tuple[str, ...], ...] = ((), *((flaw,) for flaw in FLAW_WORDS), FLAW_WORDS)
    absences = ((False, ""), (True, ""), (True, SPOT)) if why in AWAY else ()
    for role, replies, sender, waiting, many, expected, reason, left_out, (covered, cover), away in product(
        ROLES,
        (True, False),
        ("", SPOT),
        ("", SPOT),
        (True, False),
        (SPOT, clean(organisation.expected_response)),
        reasons,
        flaws if why == "files-left-out" else ((),),
        absences or ((False, ""),),
        (SPOT, "") if absences else ("",),
    ):
        if (covered and not away) or (away and role != "client"):
            continue
        if ((sender or waiting) and why != "message") or (many and why != "files-left-out"):
            continue
        if why in ITEMS and (replies or role != "support"):
            continue
        yield Words(
            organisation=clean(organisation.name),
            emergency=clean(organisation.emergency),
            expected=expected,
            ask_provider=tuple(clean(row.topic) for row in guide if row.ask == "provider"),
            ask_support=tuple(clean(row.topic) for row in guide if row.ask == "support"),
            link=SPOT,
            can_reply=replies,
            role=role,
            sender=sender,
            waiting=waiting,
            away_until=away,
            covered=covered,
            cover=cover,
            urgent=SPOT if role == "client" and replies else "",
            asked=SPOT,
            code=CODE_SPOT,
            positions=SPOT,
            many=many,
            **dict.fromkeys(left_out, (SPOT, SPOT) if many else (SPOT,)),
            accepted=SPOT,
            reason="" if reason is None else reason.sentence.format(files=SPOT, allowed=SPOT),
            reason_slug="" if reason is None else reason.slug,
            support_contact=SPOT if reason is not None and reason.pointer == "support" else "",
            bookings=SPOT if reason is not None and reason.pointer == "bookings" else "",
            item=why if why in ITEMS else "",
            about=SPOT if why in ITEMS else "",
            about_role="client" if why in ITEMS else "",
            thread=SPOT if why in ITEMS else "",
        )


# -- what is wrong with a template -------------------------------------------------------------------------------------


def template_problems(folder: Path | None) -> list[Problem]:
    """Give everything that is wrong in the config's templates/, in the order of files and lines."""
    if folder is None or not folder.is_dir():
        return []
    texts = Texts(folder)
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not _is_note(path.relative_to(folder)))
    problems = [problem for path in files for problem in _file_problems(texts, folder, path)]
    if not problems:  # only what can be read can be read aloud
        problems = [problem for path in files for problem in _text_problems(texts, path)]
    return problems


def _is_note(name: Path) -> bool:
    """Tell what is no template: the README that `relay init` writes, dot-files, the providers' welcome texts."""
    return name.name == "README.md" or name.name.startswith(".") or is_greeting(PurePosixPath(name.as_posix()))


def _file_problems(texts: Texts, folder: Path, path: Path) -> Iterator[Problem]:
    name = path.relative_to(folder).as_posix()
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*/[A-Za-z0-9_-]+\.(?:txt|html)", name):
        yield _problem(path, 0, "is not a template of ours", "name it like en/message.txt or en/message.html")
        return
    stem = path.stem
    if not stem.startswith("_") and stem not in NAMES:
        guess = nearest(stem, NAMES)
        yield _problem(
            path, 0, "no mail has this name", f"did you mean {guess}?" if guess else "see " + ", ".join(NAMES)
        )
        return
    try:
        source = path.read_text(encoding="utf-8-sig")
        tree = texts.parse(source, name)
    except (OSError, UnicodeDecodeError):
        yield _problem(path, 0, "cannot be read", "save it as UTF-8 text that the relay may read")
    except TemplateSyntaxError as error:
        yield _problem(
            path, error.lineno, "is not a valid template here", "see Jinja's manual; compare the shipped one"
        )
    else:
        yield from _variable_problems(path, tree)
        yield from _remote_problems(path, source)


def _variable_problems(path: Path, tree: nodes.Template) -> Iterator[Problem]:
    unknown = meta.find_undeclared_variables(tree) - KNOWN_VARIABLES - _imported(tree)
    for name in sorted(unknown):
        line = min((node.lineno for node in tree.find_all(nodes.Name) if node.name == name), default=0)
        guess = nearest(name, KNOWN_VARIABLES)
        yield _problem(path, line, f"there is no variable {name}", f"did you mean {guess}?" if guess else NO_CONTENT)


def _imported(tree: nodes.Template) -> set[str]:
    """Give the names that the template takes from another; blocks see them too, which Jinja's own finder misses."""
    names = (name for found in tree.find_all(nodes.FromImport) for name in found.names)
    return {name if isinstance(name, str) else name[1] for name in names}


def _remote_problems(path: Path, source: str) -> Iterator[Problem]:
    if path.suffix != ".html":
        return
    for number, line in enumerate(source.splitlines(), 1):
        if REMOTE.search(line):
            yield _problem(
                path, number, "loads or runs something", "a mail of ours has text and links only; take it out"
            )


def _text_problems(texts: Texts, path: Path) -> Iterator[Problem]:
    """Render what the file belongs to; a piece that others include is read with them."""
    locale, stem = path.parent.name, path.stem
    if stem.startswith("_"):
        whys: Iterable[Why] = [why for why in WHYS if texts.has(f"{locale}/{template_of(why)}.txt")]
    else:
        whys = [why for why in WHYS if template_of(why) == stem]
    for why in whys:
        what = _first_trouble(texts, why, locale)
        if what:
            yield _problem(path, 0, *what)
            return


def _first_trouble(texts: Texts, why: Why, locale: str) -> tuple[str, str] | None:
    for turn in _turns(why, SAMPLE, GUIDE):
        words = replace(turn, link=SAMPLE_LINK)
        try:
            rendered = texts.render(why, locale, words)
        except ComposeTrouble as trouble:
            if str(trouble) == "no-subject":
                return "has no subject", 'begin the first line with "Subject: "'
            return (
                f"the mail {why} cannot be made with it",
                "compare it with the shipped one: a piece is missing or misused",
            )
        missing = _missing(why, rendered, words)
        if missing:
            return missing
    return None


def _missing(why: Why, rendered: Rendered, words: Words) -> tuple[str, str] | None:
    bodies = [body for body in (rendered.text, rendered.html) if body is not None]
    if why not in ("sign-in", "postmaster") and any(words.link not in body for body in bodies):
        return "the link is missing", "put {{ link }} where people should open the thread"
    if why == "sign-in" and f"\n{CODE_SPOT}\n" not in f"\n{rendered.text}":
        return "the code does not stand alone on a line", "give {{ code }} a line of its own"
    if any(words.emergency not in body for body in bodies):
        return "the emergency line is missing", "put {{ emergency }} into it: every mail of ours carries it"
    return None


def _problem(path: Path, line: int, what: str, todo: str) -> Problem:
    return Problem(file=str(path), line=line, key="", what=what, todo=todo)


__all__ = ["OwnWords", "own_words", "template_problems"]
