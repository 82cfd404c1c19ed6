"""Read the content after DATA: octets as they come, in pieces of any size, into one mail, without a step per line.

Only CRLF.CRLF ends a mail (RFC 5321 §4.1.1.4); the CRLF of the DATA command counts as the first. Stuffed dots are taken
away exactly (§4.5.2). A CR or LF that stands alone is what end-of-data smuggling is made of (CVE-2023-51764 and its
kin): the whole mail is refused then, so that no server behind or before us can read it as two. What is refused is read
to its end, for the sender listens only then, and thrown away as it comes: memory stays within `limit`. Pure; raises
nothing.
"""

from __future__ import annotations

from relay.refusal import Refusal

END = b"\r\n.\r\n"
MAX_LINE = 1 << 20  #: octets; RFC 5321 §4.5.3.1.6 asks for 1,000, real mails have far longer ones


class DataReader:
    """Takes octets until the mail is whole. Feed it pieces shorter than MAX_LINE."""

    __slots__ = ("_held", "_line", "_pieces", "fault", "rest", "size")

    def __init__(self) -> None:
        """Begin after the CRLF of the DATA command."""
        self.fault: Refusal | None = None  #: why the mail will not be taken, once that is known
        self.size = 0  #: octets of the mail so far, without stuffed dots (RFC 1870 §3)
        self.rest = b""  #: what the client sent after the end: its next commands
        self._pieces: list[bytes] = []
        self._held = b"\r\n"  #: the last octets, where they may be the beginning of END
        self._line = 0  #: length so far of the line that the last piece ends in

    def feed(self, octets: bytes, limit: int) -> bool:
        """Take the next octets; tell whether that was the end. More than `limit` octets in all are too large."""
        window = self._held + octets
        end = window.find(END)
        if end < 0:
            cut = len(window) - _begins_end(window)
            self._held = window[cut:]
            self._keep(window[:cut], limit)
            return False
        self.rest = window[end + len(END) :]
        self._keep(window[: end + 2], limit)
        return True

    def give_up(self, fault: Refusal) -> None:
        """Refuse the mail; what has come of it is dropped. The first reason stays."""
        self.fault = self.fault or fault
        self._pieces.clear()

    def mail(self) -> bytes:
        """Give the mail, once: it is not held any longer."""
        octets = self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
        self._pieces.clear()
        return octets

    def _keep(self, piece: bytes, limit: int) -> None:
        if self.fault or not piece:
            return
        fault = self._fault_in(piece)
        piece = piece.replace(b"\r\n.", b"\r\n")
        if not self.size and not self._pieces:
            piece = piece[2:]  # the CRLF of the DATA command; the first piece always holds it whole
        self.size += len(piece)
        self._pieces.append(piece)
        if fault or self.size > limit:
            self.give_up(fault or Refusal.TOO_LARGE)

    def _fault_in(self, piece: bytes) -> Refusal | None:
        if not piece.count(b"\r\n") == piece.count(b"\n") == piece.count(b"\r"):  # a piece never ends within CRLF
            return Refusal.BARE_NEWLINE
        return Refusal.UNREADABLE if self._longest(piece) > MAX_LINE else None

    def _longest(self, piece: bytes) -> int:
        """Give the length of the line that the piece carries on; lines within it are shorter than the piece."""
        first = piece.find(b"\n")
        if first < 0:
            self._line += len(piece)
            return self._line
        longest, self._line = self._line + first, len(piece) - piece.rfind(b"\n") - 1
        return max(longest, self._line)


def _begins_end(window: bytes) -> int:
    """Count the last octets that may be the beginning of END."""
    return next((count for count in range(len(END) - 1, 0, -1) if window.endswith(END[:count])), 0)
