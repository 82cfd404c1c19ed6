"""What the core asks of the world, as small Protocols.

Each has two tenants: the real one in `store/` (or in relay/wiring.py for Clock and Entropy) and the double in
`tests/fakes.py`; tests/contract/ runs one suite on both. All are synchronous and safe to call from many threads. What a
method writes is durable when it returns. None of them raises for "not there": they return None or nothing.

A receipt with an origin settles that mail of a mailbox. Where another receipt has settled it, whatever comes with the
second one is not written: two relays on one mailbox, or a crash before the mail was moved, give one outcome.
"""

from relay.ports.held import Deciding, HeldMails
from relay.ports.ledger import AuditLine, AuditRow, Ledger
from relay.ports.mailboxes import Mailboxes
from relay.ports.messages import Behind, Kept, Messages, Summary
from relay.ports.outbox import Mark, Outbox
from relay.ports.people import People
from relay.ports.questions import Questions
from relay.ports.sessions import Challenge, Sessions
from relay.ports.unsent import UnsentTexts
from relay.ports.welcomes import Welcome, Welcomes
from relay.ports.world import Clock, Entropy, Ids, Keys, PortTrouble

__all__ = [
    "AuditLine",
    "AuditRow",
    "Behind",
    "Challenge",
    "Clock",
    "Deciding",
    "Entropy",
    "HeldMails",
    "Ids",
    "Kept",
    "Keys",
    "Ledger",
    "Mailboxes",
    "Mark",
    "Messages",
    "Outbox",
    "People",
    "PortTrouble",
    "Questions",
    "Sessions",
    "Summary",
    "UnsentTexts",
    "Welcome",
    "Welcomes",
]
