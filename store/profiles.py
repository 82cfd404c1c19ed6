"""Persons at rest: everything but number, id and role is one sealed profile, bound to the person's number.

relay.domain.Person in, a row's ciphertext out, and back. A profile that does not open raises Damaged.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from relay.addresses import index_key
from relay.domain import Person, PersonId, PersonNo, Role
from relay.ports import Entropy, Keys
from relay.sealing import blind, open_sealed, seal

CONTENT = ("name", "addresses", "timezone", "locale", "response")


@dataclass(frozen=True, slots=True)
class Profiles:
    """Seals and opens profiles with the directory key."""

    keys: Keys
    entropy: Entropy

    def seal(self, person: Person) -> bytes:
        """Seal what is content."""
        content = {name: getattr(person, name) for name in CONTENT}
        plain = json.dumps(content, separators=(",", ":")).encode()
        return seal(plain, self.keys.directory_key(), _place(person.no), self.entropy)

    def open(self, no: PersonNo, person: PersonId, role: Role, profile: bytes) -> Person:
        """Open a row. Raises Damaged."""
        content = json.loads(open_sealed(profile, self.keys.directory_key(), _place(no)))
        content["addresses"] = tuple(content["addresses"])
        return Person(no=no, id=person, role=role, **content)

    def blind(self, address: str) -> bytes:
        """Give the blind index of an address, the same for every spelling of it (case, IDNA)."""
        return blind(self.keys.directory_key(), index_key(address))


def _place(no: PersonNo) -> bytes:
    return b"person %d" % no
