"""The crisis net: does somebody say that they, or somebody else, may be in danger? A file of phrases in, yes or no out.

Off unless [crisis] phrases_file names one; docs/crisis.md says what it is not. The file: lines of UTF-8, a `[language]`
before the phrases of each, one a line; `#` begins a comment. All phrases of all languages count, whoever writes. Text
and phrases are compared as words: NFKC, upper and lower case alike, accents, apostrophes and invisible signs taken out,
whatever stands between words taken as one space; but a phrase does not reach over the end of a sentence. One walk along
the words, no regular expression that could go astray: linear in the text. Which phrase it was is told to nobody.
read_phrases() gives what could be read beside the problems; load_phrases() raises ConfigError. Source: R2.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from relay.problems import ConfigError, Problem

MOST_WORDS = 12  #: in a phrase: no place of the text is looked at for longer
MOST_PHRASES = 2000
LEAST_LETTERS = 5  #: in a phrase
LANGUAGE = re.compile(r"\[[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*\]\Z")  # RFC 5646 §2.1
UNSEEN = re.compile("[\u0300-\u036f\u00ad\u200b-\u200f\u2060\ufeff'\u2019\u02bc\u2018`\u00b4]+")
WORDS = re.compile(r"[^\W_]+|[.!?\u2026]")  #: and the ends of sentences
END = ""  #: in the tree: a phrase is whole here; no word is empty

Tree = dict[str, Any]  #: word → what may follow it


@dataclass(frozen=True, slots=True)
class Phrases:
    """What is looked for, as a tree of words."""

    tree: Tree = field(default_factory=dict, repr=False)

    def hit(self, *texts: str) -> bool:
        """Tell whether one of the texts holds one of the phrases."""
        return any(self._holds(words_of(text)) for text in texts)

    def _holds(self, words: list[str]) -> bool:
        tree = self.tree
        for at, word in enumerate(words):
            node = tree.get(word)
            if node is None:
                continue
            following = at + 1
            while END not in node:
                node = node.get(words[following]) if following < len(words) else None
                if node is None:
                    break
                following += 1
            else:
                return True
        return False


def words_of(text: str) -> list[str]:
    """Give the words as they are compared, and the ends of sentences."""
    if text.isascii():
        return WORDS.findall(text.lower().replace("'", "").replace("`", ""))
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return WORDS.findall(UNSEEN.sub("", folded))


def load_phrases(file: Path) -> Phrases:
    """Read the file. Raises ConfigError."""
    found, problems = read_phrases(file)
    if not all(problem.warning for problem in problems):
        raise ConfigError(problems)
    return found


def read_phrases(file: Path) -> tuple[Phrases, tuple[Problem, ...]]:
    """Read the file; what could be read, and every problem with its line."""
    try:
        lines = file.read_bytes().decode("utf-8-sig").splitlines()
    except OSError as error:
        return Phrases(), (_problem(file, 0, f"cannot be read ({error.strerror})", "put it there, a phrase a line"),)
    except UnicodeDecodeError as error:
        place = error.object[: error.start].count(b"\n") + 1
        return Phrases(), (_problem(file, place, "is not UTF-8", "save it as UTF-8"),)
    reading = _Reading(file)
    for number, line in enumerate(lines, 1):
        reading.take(number, line.partition("#")[0].strip())
    if not reading.count and not reading.problems:
        reading.say(0, "holds no phrase", 'write some, or switch it off: crisis.phrases_file = ""')
    return Phrases(reading.tree), tuple(reading.problems)


class _Reading:
    """The file as far as it has been read."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.tree: Tree = {}
        self.problems: list[Problem] = []
        self.count = 0
        self._language = False

    def say(self, line: int, what: str, todo: str, *, warning: bool = False) -> None:
        self.problems.append(_problem(self.file, line, what, todo, warning=warning))

    def take(self, number: int, line: str) -> None:
        if line.startswith("["):
            self._language = True
            if not LANGUAGE.match(line):
                self.say(number, "names no language", "write its code in brackets: [en], [es], [pt-BR]")
        elif line:
            if not self._language:
                self._language = True
                self.say(number, "stands before the first language", "begin with a line like [en]")
            self._phrase(number, line)

    def _phrase(self, number: int, line: str) -> None:
        words = words_of(line)
        if any(not word.isalnum() for word in words):
            self.say(number, "holds the end of a sentence", "a phrase ends there at the latest; take it out")
        elif sum(map(len, words)) < LEAST_LETTERS:
            self.say(number, f"has fewer than {LEAST_LETTERS} letters", "it would be found everywhere; write more")
        elif len(words) > MOST_WORDS:
            self.say(number, f"has more than {MOST_WORDS} words", "write the few words that tell")
        elif self.count == MOST_PHRASES:
            self.say(number, f"is one phrase more than the {MOST_PHRASES} that are taken", "take some out")
            self.count += 1
        elif not _plant(self.tree, words):
            self.say(number, "is found by a phrase above already", "take it out", warning=True)
        else:
            self.count += 1


def _plant(tree: Tree, words: list[str]) -> bool:
    """Put the phrase into the tree; False where one that it begins with is there."""
    node = tree
    for word in words:
        if END in node:
            return False
        node = node.setdefault(word, {})
    if END in node:
        return False
    node[END] = {}
    return True


def _problem(file: Path, line: int, what: str, todo: str, *, warning: bool = False) -> Problem:
    return Problem(file=str(file), line=line, key="crisis.phrases_file", what=what, todo=todo, warning=warning)
