"""Whose address a mail in a file came to: what its headers name, which of them decides, and whether that one lives.

A mail in a file has lost its envelope, so it is read as one of a mailbox is (relay/routes.py): the delivery headers
decide, To and Cc only without them. Where the recipient was named, that is the envelope. Gives the route and lines.
"""

from __future__ import annotations

from dataclasses import replace

from relay.domain import Identified, Parsed, RawMail
from relay.explained.telling import harmless
from relay.outcomes import Steps
from relay.refusal import Refused
from relay.reply_address import DELIVERY_HEADERS, RECIPIENT_HEADERS, Bounced
from relay.routes import Route, Routes
from relay.wiring import House

LOOKED_AT = frozenset((*DELIVERY_HEADERS, *RECIPIENT_HEADERS))


def told(house: House, raw: RawMail, mail: Parsed) -> tuple[RawMail, Route | Refused, list[str]]:
    """Tell whose address it is. The mail comes back with its recipient named."""
    routes = Routes(house.desk, house.people)
    if raw.recipient:
        lines = [f"The recipient was named: {_spell(house, raw.recipient, _read(house, raw.recipient))}."]
    else:
        spots = list(house.addresses.spots(mail.headers))
        lines = [f"{name.title()} names {_spell(house, spot, found)}." for name, spot, found in spots]
        headers = tuple((name, value) for name, value in mail.headers if name in LOOKED_AT)
        lines = lines or [
            f"None of {', '.join(name.title() for name in (*DELIVERY_HEADERS, *RECIPIENT_HEADERS))} names one of ours."
        ]
        if len({name in DELIVERY_HEADERS for name, _, _ in spots}) > 1:
            lines.append("The delivery headers decide; To and Cc do not count beside them.")
        raw = replace(raw, via="imap", envelope=headers)
    try:
        raw, route = routes.of(raw, Steps())
    except Refused as no:
        return raw, no, lines
    if route is None:
        route = routes.in_references(mail.references)
        if isinstance(route, Identified):
            lines.append(f"In-Reply-To or References hold a proof: {_spell(house, '', route)}.")
    return raw, route, lines


def _read(house: House, address: str) -> Identified | Bounced | None:
    try:
        return house.addresses.read(address)
    except Refused:
        return None


def _spell(house: House, address: str, found: Identified | Bounced | None) -> str:
    shown = f"{harmless(address)}: " if address else ""
    match found:
        case Identified():
            alive = house.people.epoch(found.thread, found.holder) == found.epoch
            state = "live" if alive else "revoked"
            return f"{shown}the reply address of {house.id_of(found.holder)} in thread {found.thread}, {state}"
        case Bounced():
            return f"{shown}the envelope sender of one of our notifications"
        case None:
            return f"{shown}no address that we minted"
