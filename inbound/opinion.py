"""A second opinion on mails with files: does flanker find the same parts with the same content?

What one parser hides from another is how malware travels, so a file on which the two disagree is not taken
(FoundFile.agreed); the text is. flanker reads strictly and raises on what it does not like, hangs on little of what
the limits let through, and is handed the condensed mail, up to MAX_OCTETS. Never raises: no opinion is a disagreement.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from inbound.parts import Part
from inbound.quiet import flanker

MAX_OCTETS = 4 * 1024 * 1024  #: of a condensed mail; flanker holds it about eight times
MAX_MARKS = 20_000  #: lines that might be boundaries: flanker looks at each of them for 4 µs

Content = tuple[str, bytes]  #: transfer encoding, body as it stands in the mail


def agreed(octets: bytes, leaves: list[Part]) -> list[bool]:
    """Tell for each leaf of our tree, in order, whether flanker read the same content there."""
    theirs = _theirs(octets)
    if theirs is None or len(theirs) != len(leaves):
        return [False] * len(leaves)
    ours = [_content(leaf.header("content-transfer-encoding"), leaf.body) for leaf in leaves]
    return [our == their for our, their in zip(ours, theirs, strict=True)]


def _theirs(octets: bytes) -> list[Content] | None:
    """Let flanker read the mail; None where it cannot."""
    if len(octets) > MAX_OCTETS or octets.count(b"\n--") > MAX_MARKS:
        return None
    try:
        root = flanker("mime").from_string(octets.decode("latin-1"))  # as text: an octet a sign, and no guessing
        return [_content(*each) for each in _leaves(root)]
    except Exception:  # noqa: BLE001 whatever a library from 2019 raises on strangers' mail: no opinion
        return None


def _leaves(part: Any) -> Iterator[tuple[str, bytes]]:
    """Walk flanker's tree; an enclosed mail stays closed, as in ours."""
    if part.content_type.is_multipart():
        for each in part.parts:
            yield from _leaves(each)
        return
    container = part._container  # its public body is decoded, by guesses where charsets fail
    encoding = container.headers.get("Content-Transfer-Encoding")
    yield (encoding.value if encoding else ""), container.read_body().encode("latin-1")


def _content(encoding: str, body: bytes) -> Content:
    """Bring one leaf into the form that is compared."""
    word = encoding.partition(";")[0].strip().lower()
    return (word if word in ("base64", "quoted-printable") else ""), body.rstrip(b"\r\n")
