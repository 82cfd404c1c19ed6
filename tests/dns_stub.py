"""A DNS server on loopback for tests: a zone as a table, answers over UDP, and names that fail on purpose."""

from __future__ import annotations

import socket
import threading
from collections.abc import Mapping
from types import TracebackType

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

Zone = Mapping[str, Mapping[str, str | tuple[str, ...]]]  #: name → type → record(s) as in a zone file

SERVFAIL = "SERVFAIL"  #: as a type: every question about the name fails
SILENT = "SILENT"  #: no question about the name is answered


class StubDns:
    """Serves a zone; counts the questions by name."""

    def __init__(self, zone: Zone) -> None:
        self.zone = {name.lower(): records for name, records in zone.items()}
        self.asked: list[tuple[str, str]] = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> StubDns:
        self._thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", ("127.0.0.1", self.port))
        self._thread.join(5)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            packet, peer = self._socket.recvfrom(4096)
            if not packet:
                return
            reply = self._reply(dns.message.from_wire(packet))
            if reply is not None:
                self._socket.sendto(reply.to_wire(), peer)

    def _reply(self, query: dns.message.Message) -> dns.message.Message | None:
        question = query.question[0]
        name, kind = question.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind))
        reply = dns.message.make_response(query)
        reply.flags |= dns.flags.RA
        records = self.zone.get(name)
        if records is None:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        elif SILENT in records:
            return None
        elif SERVFAIL in records:
            reply.set_rcode(dns.rcode.SERVFAIL)
        elif kind in records:
            value = records[kind]
            texts = value if isinstance(value, tuple) else (value,)
            reply.answer.append(dns.rrset.from_text_list(question.name, 60, "IN", kind, list(texts)))
        return reply


def txt(text: str) -> str:
    """Write a TXT record in strings of at most 255 octets."""
    return " ".join(f'"{text[at : at + 250]}"' for at in range(0, len(text), 250))
