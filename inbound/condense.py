"""A large mail made small for the parsers: each long run of plain base64 lines stands as one line of its own.

Octets in, octets out, and the way back. A line of the base64 alphabet alone can be no boundary, no header and no empty
line (RFC 2045 §6.8 chose the alphabet so), so a parser finds the same parts with or without it; and runs hold whole
groups of four signs, so what stands around them decodes the same. The line that stands for a run is its SHA-384 in
base64: equal lines mean equal runs. A mail of 25 MiB is parsed, twice, as a few thousand octets.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

SMALL = 64 * 1024  #: octets; below it there is nothing to win
_LINES = 16  #: fewer are no run
_PIECE = 2 * 1024 * 1024  #: octets; no line is longer (inbound/limits.py)

_RUN = re.compile(
    rb"(?m)^(?:"
    + b"|".join(b"(?:[A-Za-z0-9+/]{%d}\r?\n){%d,}+" % (width, _LINES) for width in (76, 72, 64, 60))
    + rb")"
)


@dataclass(slots=True)
class Condensed:
    """The mail as the parsers get it, and the runs that were taken out."""

    octets: bytes = field(repr=False)
    runs: dict[bytes, memoryview] = field(default_factory=dict, repr=False)  #: by the line that stands for each

    def whole(self, body: bytes) -> bytes:
        """Give the body of a part with its runs back in place."""
        if not self.runs:
            return body
        return b"".join(self._line(line) for line in body.splitlines(keepends=True))

    def _line(self, line: bytes) -> bytes | memoryview:
        """Give the run that a line stands for; the line itself where it stands for none."""
        run = self.runs.get(line.rstrip(b"\r\n"))
        if run is None:
            return line
        return run if line.endswith(b"\n") else run[: -2 if run[-2] == 0x0D else -1]  # the boundary took the line end


def _runs(octets: bytes) -> Iterator[re.Match[bytes]]:
    """Find the runs in pieces that end with a line: a regular expression holds up all other threads while it runs."""
    begin = 0
    while begin < len(octets):
        end = octets.rfind(b"\n", begin, begin + _PIECE) + 1 or len(octets)
        yield from _RUN.finditer(octets, begin, end)
        begin = end


def condense(octets: bytes) -> Condensed:
    """Take the long runs of base64 out of a mail."""
    if len(octets) <= SMALL:
        return Condensed(octets)
    kept: list[bytes | memoryview] = []
    runs: dict[bytes, memoryview] = {}
    view = memoryview(octets)
    at = 0
    for found in _runs(octets):
        run = view[found.start() : found.end()]
        line = base64.b64encode(hashlib.sha384(run).digest())  # 48 octets are 64 signs, no padding
        kept += (view[at : found.start()], line, b"\r\n" if run[-2] == 0x0D else b"\n")
        runs[line] = run
        at = found.end()
    if not runs:
        return Condensed(octets)
    kept.append(view[at:])
    return Condensed(b"".join(kept), runs)
