"""The providers' welcome texts, from the config's templates/ → Greetings, or every problem with its file (R8).

`templates/welcome/PROVIDER.txt` is what that provider welcomes a new client with, `templates/welcome.txt` what all
others do. One of the same name below `templates/LOCALE/` is for clients of that language. Plain UTF-8, sent as it
stands; the emergency line is put below where the text does not hold it (R2). No file, no welcome. read_greetings()
gives what could be read beside the problems, and a warning for a file that is nobody's; load_greetings() raises
ConfigError.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from relay.domain import PersonId
from relay.problems import ConfigError, Problem, nearest

NAME = "welcome"
MOST_OCTETS = 64 * 1024
Place = tuple[str, str]  #: a language ("" for all others) and a provider's id ("" for all others)


@dataclass(frozen=True, slots=True)
class Greetings:
    """The texts, by language and provider."""

    texts: Mapping[Place, str] = field(default_factory=dict, repr=False)

    def welcomes(self, provider: PersonId) -> bool:
        """Tell whether that provider has a text for new clients, in whatever language."""
        return any(whose in ("", provider) for _, whose in self.texts)

    @property
    def languages(self) -> frozenset[str]:
        """Give the languages that some text is in, beside those for everybody."""
        return frozenset(language for language, _ in self.texts if language)

    def text(self, provider: PersonId, locale: str, emergency: str) -> str | None:
        """Give what the provider welcomes a client of that language with; their own text before everybody's."""
        wanted = locale.lower().replace("_", "-")
        languages = dict.fromkeys((wanted, wanted.partition("-")[0], ""))
        places = [(language, whose) for whose in (provider, "") for language in languages]
        found = next((self.texts[place] for place in places if place in self.texts), None)
        return found if found is None or emergency in found else f"{found}\n\n{emergency}"


def load_greetings(templates: Path) -> Greetings:
    """Read all texts. Raises ConfigError."""
    found, problems = read_greetings(templates)
    if not all(problem.warning for problem in problems):
        raise ConfigError(problems)
    return found


def read_greetings(
    templates: Path, providers: Collection[str] | None = None
) -> tuple[Greetings, tuple[Problem, ...]]:  # fmt: skip
    """Read all texts; where the providers are known, a file that is none of theirs is told."""
    texts: dict[Place, str] = {}
    problems = []
    for path, place in _files(templates):
        try:
            texts[place] = _read(path)
        except ValueError as error:
            what, _, todo = str(error).partition("; ")
            problems.append(Problem(file=str(path), line=0, key="", what=what, todo=todo))
        if place[1] and providers is not None and place[1] not in providers:
            close = nearest(place[1], providers) if len(providers) <= 10_000 else None
            todo = f"did you mean {close}.txt?" if close else "name it like the provider's id in people.csv"
            what = "no provider has this id, so nobody gets it"
            problems.append(Problem(file=str(path), line=0, key="", what=what, todo=todo, warning=True))
    return Greetings(texts), tuple(problems)


def is_greeting(name: PurePosixPath) -> bool:
    """Tell whether a file of templates/, by its path there, is a welcome text and none of the mails' templates."""
    return _place(name) is not None


def _files(templates: Path) -> Iterator[tuple[Path, Place]]:
    for path in sorted(templates.rglob("*.txt")) if templates.is_dir() else ():
        place = _place(PurePosixPath(path.relative_to(templates).as_posix()))
        if place is not None:
            yield path, place


def _place(name: PurePosixPath) -> Place | None:
    """Give whose text it is, from `[LOCALE/]welcome.txt` or `[LOCALE/]welcome/PROVIDER.txt`."""
    folders, stem = list(name.parts[:-1]), name.stem
    if name.suffix != ".txt" or not (stem == NAME or folders[-1:] == [NAME]):
        return None
    whose = folders.pop() and stem if folders[-1:] == [NAME] else ""
    if len(folders) > 1:
        return None
    return "".join(folders).lower().replace("_", "-"), whose


def _read(path: Path) -> str:
    """Give the text with LF line ends. Raises ValueError("what; what to do")."""
    try:
        octets = path.read_bytes()
    except OSError as error:
        raise ValueError(f"cannot be read ({error.strerror}); let the relay read it") from None
    if len(octets) > MOST_OCTETS:
        raise ValueError("is longer than 64 KiB; a welcome is a page at most")
    try:
        text = octets.removeprefix(b"\xef\xbb\xbf").decode()
    except UnicodeDecodeError:
        raise ValueError("is not UTF-8; save it as UTF-8 text") from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if any(not (sign in "\n\t" or sign.isprintable() or sign.isspace()) for sign in text):
        raise ValueError("holds control characters; save it as plain text")
    if not text.strip():
        raise ValueError("is empty; write the welcome, or take the file away")
    return text.strip("\n ")
