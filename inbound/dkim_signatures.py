"""DKIM: which domains have signed this mail as it is?

Octets of a mail in; for one signature at a time, whether it is a valid one that counts. Raises Unsure where DNS cannot
tell, nothing else. A signature counts that covers From and the whole body (no l=), by rsa-sha256 with 1024 bits or more
or by ed25519-sha256 (RFC 6376 §3.3, §5.4, §8.2; RFC 8301 §3; RFC 8463). dkimpy judges headers, key and signature. The
body is hashed by relay/body_hash.py.
"""

from __future__ import annotations

import base64
import logging
import re
from collections.abc import Iterator
from typing import Any

import dkim

from inbound.dns import Lookup, Unsure
from relay.body_hash import body_hash

MOST = 8  #: signatures looked at; who adds more wants our time
LONGEST = 8192  #: octets of one signature's header
MOST_COVERED = 200  #: names in its h=
ALGORITHMS = frozenset({b"rsa-sha256", b"ed25519-sha256"})
LEAST_BITS = 1024
HEADERS_END = re.compile(rb"\r?\n\r?\n")

_SILENT = logging.getLogger("relay.dkim")  # dkimpy would log domains and selectors
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False
_SILENT.setLevel(logging.CRITICAL + 1)


class Signatures:
    """The signatures of one mail, topmost first."""

    def __init__(self, octets: bytes) -> None:
        """Split the mail; nothing is believed or looked up yet."""
        found = HEADERS_END.search(octets)
        head, self._body_at = (octets[: found.start()], found.end()) if found else (octets, len(octets))
        self._octets = octets
        self._hashes: dict[bytes, bytes] = {}
        self._signed: dict[int, tuple[dict[bytes, bytes], list[bytes], Any]] = {}
        self.values: list[bytes] = []  #: of every signature's header, topmost first
        try:
            self._mail = dkim.DKIM(head + b"\r\n\r\n", logger=_SILENT, minkey=LEAST_BITS)
        except Exception:  # noqa: BLE001 headers that the library cannot read bear no signature that counts
            return
        self.values = [value for name, value in self._mail.headers if name.lower() == b"dkim-signature"]
        if sum(name.lower() == b"from" for name, _ in self._mail.headers) == 1:
            self._signed = dict(self._readable(self.values[:MOST]))

    def _readable(self, values: list[bytes]) -> Iterator[tuple[int, tuple[dict[bytes, bytes], list[bytes], Any]]]:
        for place, value in enumerate(values):
            if len(value) > LONGEST:
                continue
            try:
                fields, covered, headers = self._mail.verify_headerprep(place)
            except Exception:  # noqa: BLE001, S112 a signature that cannot be read is none; the next one may be good
                continue
            if _counts(fields, covered):
                yield place, (fields, covered, headers[place])

    def domains(self) -> dict[int, str]:
        """Give the d= of each signature that might count, by its place."""
        return {
            place: fields[b"d"].decode("ascii", "replace").lower() for place, (fields, _, _) in self._signed.items()
        }

    def is_valid(self, place: int, lookup: Lookup) -> bool:
        """Verify that signature: the body first, which costs no lookup. Raises Unsure."""
        fields, covered, header = self._signed[place]
        try:
            if not self.has_body(place):
                return False
            rest = {tag: value for tag, value in fields.items() if tag != b"bh"}
            return bool(self._mail.verify_sig(rest, list(covered), header, _keys_by(lookup)))
        except Unsure:
            raise
        except Exception:  # noqa: BLE001 whatever the library stumbles over, the signature is not valid
            return False

    def has_body(self, place: int) -> bool:
        """Tell whether the body is the one that was signed."""
        fields = self._signed[place][0]
        headers, _, body = fields.get(b"c", b"simple/simple").partition(b"/")
        way = body or b"simple"
        if headers not in (b"simple", b"relaxed") or way not in (b"simple", b"relaxed"):
            return False
        if way not in self._hashes:
            self._hashes[way] = body_hash(self._octets, self._body_at, relaxed=way == b"relaxed")
        return base64.b64decode(b"".join(fields[b"bh"].split())) == self._hashes[way]


def _counts(fields: dict[bytes, bytes], covered: list[bytes]) -> bool:
    """Tell whether the signature would count if it were valid."""
    whole_body = b"l" not in fields  # with l= anybody may add to the mail (RFC 6376 §8.2)
    return fields[b"a"] in ALGORITHMS and whole_body and b"from" in covered and len(covered) <= MOST_COVERED


def _keys_by(lookup: Lookup) -> Any:
    """Make the function that dkimpy asks for a key record."""

    def key(name: bytes | str, timeout: float = 0) -> bytes | None:
        text = name.decode("ascii", "replace") if isinstance(name, bytes) else name
        records = lookup.txt(text)
        return next((record for record in records if b"p=" in record), None)

    return key
