"""How a mail is built: its parts as a tree, with types and sizes, and how near it is to each limit (inbound/limits.py).

Octets and Parsed in, lines out. What is a file of the mail bears its position, as refusals count it.
"""

from __future__ import annotations

from collections.abc import Iterator

from inbound import limits
from inbound.condense import Condensed, condense
from inbound.mime import content, name_of
from inbound.parts import Part, read
from relay.domain import Parsed
from relay.explained.telling import harmless, number


def told(octets: bytes, mail: Parsed, max_message: int) -> list[str]:
    """Tell how the mail is built."""
    small = condense(octets)
    root = read(small.octets)
    parts = list(_walk(root))
    headers = sum(len(part.headers) for _, part in parts)
    depth = max(place.count(".") for place, _ in parts)
    counts = ", ".join(
        (
            f"{number(len(octets), 'octet')} (at most {max_message:,})",
            f"{number(headers, 'header')} ({limits.MAX_HEADERS:,})",
            f"{number(len(parts), 'part')} ({limits.MAX_PARTS})",
            f"depth {depth} ({limits.MAX_DEPTH})",
            number(limits.lines(octets), "line"),
        )
    )
    files = {file.content: file.position for file in mail.files}
    return [f"{counts}.", *(_line(place, part, small, files) for place, part in parts), *_words(mail)]


def _walk(part: Part, place: str = "1") -> Iterator[tuple[str, Part]]:
    yield place, part
    for number_of_it, each in enumerate(part.children, 1):
        yield from _walk(each, f"{place}.{number_of_it}")


def _line(place: str, part: Part, small: Condensed, files: dict[bytes, int]) -> str:
    indent = "  " * place.count(".")
    if part.children:
        return f"   {indent}{place} {part.type}"
    octets = content(part, small)
    facts = [
        part.type,
        *([f"charset {harmless(part.parameter('charset'))}"] if part.parameter("charset") else []),
        harmless(part.header("content-transfer-encoding").strip().lower() or "7bit"),
        number(len(octets), "octet"),
        *([part.disposition] if part.disposition else []),
    ]
    position = files.get(octets)
    return f"   {indent}{place} {', '.join(facts)}{f': file {position}' if position and _is_file(part) else ''}"


def _is_file(part: Part) -> bool:
    return bool(name_of(part)) or part.disposition == "attachment" or not part.type.startswith("text/")


def _words(mail: Parsed) -> Iterator[str]:
    body = mail.body
    if body.plain is None and body.html is None:
        yield "There is nothing to read in it."
    odd = [file.position for file in mail.files if not file.agreed]
    if odd:
        yield f"A second parser reads file {', '.join(map(str, odd))} differently."
