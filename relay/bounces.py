"""What does it mean that a mail came back? A report or a smarthost's code in, the harm out. Pure. Never raises.

*dead*: the address takes no mail, so nothing more is sent to it. *lost*: this mail was not delivered, the next one may
be. *late*: the server still tries. A failure with 5.x.x kills, but for codes that say nothing about the address: the
sender's address (5.1.7, 5.1.8), a full mailbox or system, a mail too long, a time that ran out (RFC 3463 wants these
for what passes), what the mail holds (5.6.x) and what the server thinks of us (5.7.x): one wrong SPF record would
silence everybody. A smarthost's own no kills only where its enhanced code names the destination, since a bare 550 may
as well mean that it does not relay for us. Sources: RFC 3464 §2.3.3 and §2.3.4, RFC 3463 §3, RFC 7505 §5 (5.1.10),
docs/decisions/0005.
"""

from __future__ import annotations

import re
from datetime import timedelta

from relay.domain import Harm, Report

BELIEVED_FOR = timedelta(days=14)  #: after sending: five days in a queue (RFC 5321 §4.5.4.1), and five for the report
ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\Z")
NOT_THE_ADDRESS = re.compile(r"5\.(?:1\.[78]|2\.[23]|3\.[124]|4\.7|[67]\.\d{1,3})\Z")
MARKED = "address marked as dead"  #: why a mail is cancelled
DESTINATION = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})


def harm_of(report: Report) -> Harm | None:
    """Give what the report tells of the address; None where nothing is wrong."""
    if report.action == "delayed":
        return "late"
    if report.action != "failed":
        return None
    code = code_of(report)
    return "dead" if code.startswith("5.") and not NOT_THE_ADDRESS.match(code) else "lost"


def code_of(report: Report) -> str:
    """Give the report's code; "" where what stands there is none: it is the server's text then."""
    return report.status if ENHANCED.match(report.status) else ""


def is_of_destination(enhanced: str) -> bool:
    """Tell whether a smarthost's no is about the address that we mail to, for good."""
    return enhanced in DESTINATION
