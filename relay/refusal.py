"""Every reason for a no, as one enum.

A row is a reply code (RFC 5321 §4.2), an enhanced code (RFC 3463), whom the sentence points to, and the one sentence
that a person reads. The SMTP answer, the explaining mail, the portal's line, the metric and docs/refusals.md all come
from it. The sentence passes through other people's servers: it names nobody, quotes nothing. A 4xx row is *deferred*:
the sender's server keeps the mail and tries again. `{files}` and `{allowed}` are positions and type names, never names.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, unique
from typing import Literal

Pointer = Literal["", "support", "bookings"]


@unique
class Refusal(Enum):
    """One reason why a mail was not taken (DESIGN: Words)."""

    UNKNOWN_ADDRESS = (
        550, "5.1.1", "",
        "This reply address is not valid or no longer works. Please reply to the latest notification you got from us.",
    )  # fmt: skip
    NOT_RELAYED = 550, "5.7.1", "", "We take mail for our own reply addresses only."
    ONE_AT_A_TIME = (
        452,
        "4.5.3",
        "",
        "One recipient at a time, please. Your mail program will send the others by itself.",
    )
    TOO_LARGE = 552, "5.3.4", "support", "Your message is larger than we can take. Please send fewer or smaller files."
    UNREADABLE = (
        550, "5.6.0", "support",
        "Your message is built in a way that we cannot read. Please write it anew in an ordinary mail program.",
    )  # fmt: skip
    BARE_NEWLINE = (
        550, "5.5.2", "support",
        "The line ends of your message were damaged on the way (bare CR or LF). Please use an ordinary mail program.",
    )  # fmt: skip
    NO_ROOM = 452, "4.3.1", "", "We have no room for a large message just now. Your mail program will try again."
    SEVERAL_THREADS = (
        550, "5.1.0", "",
        "Your message names the reply addresses of several threads. Please send it to one of them at a time.",
    )  # fmt: skip
    LOOP = 554, "5.4.6", "", "This mail has come back to us in a loop."
    NOT_ONE_SENDER = 550, "5.7.1", "support", "The From line of your message must name exactly one address."
    OTHER_SENDER = (
        550, "5.7.1", "support",
        "We do not know this sender. Please write from the e-mail address that we have registered for you.",
    )  # fmt: skip
    NOT_AUTHENTICATED = (
        550, "5.7.26", "support",
        "We cannot be sure that this message really came from you. Please send it through your usual mail provider.",
    )  # fmt: skip
    DNS_UNSURE = 451, "4.4.3", "", "We cannot check the sender just now. Your mail program will try again by itself."
    HAS_ENDED = 550, "5.7.1", "support", "This care relationship has ended, so the thread is closed. Support can help."
    NEVER_BOOKED = (
        550, "5.7.1", "bookings",
        "You can write to a provider once you have booked with them. Please book a first appointment.",
    )  # fmt: skip
    NOTHING_NEW = (
        550,
        "5.6.0",
        "",
        "We found no new text and no file in your message. Please write above the quoted text.",
    )
    FILE_NOT_ALLOWED = (
        550, "5.7.1", "support",
        "We could not take {files} of your message. Accepted are {allowed}. Please send it again as one of these.",
    )  # fmt: skip
    HEIC_FILE = (
        550, "5.7.1", "support",
        "We could not take {files}: we do not accept the iPhone's photo format (HEIC). Please send JPEG: choose "
        "Settings, Camera, Formats, Most Compatible and take the photo again, or send a screenshot of it.",
    )  # fmt: skip
    ACTIVE_FILE = (
        550, "5.7.1", "support",
        "We could not take {files}: there are scripts or macros inside. Please send a copy as PDF without scripts.",
    )  # fmt: skip
    MALWARE = (
        550,
        "5.7.1",
        "support",
        "We could not take {files} of your message: our scanner found it to be dangerous.",
    )
    SCANNER_DOWN = 451, "4.3.0", "", "We cannot check your files just now. Your mail program will try again by itself."
    SAME_TEXT = 451, "4.7.1", "", "The same text has come many times within minutes. Please wait a little."
    TOO_FAST = 451, "4.7.1", "", "Too many messages within a short time. Your mail program will try again by itself."
    NOT_NOW = 451, "4.3.0", "", "We could not keep your message yet. Your mail program will try again by itself."
    POISON = 554, "5.3.0", "support", "We failed to keep this message several times and have told Support."

    def __init__(self, code: int, enhanced: str, pointer: Pointer, sentence: str) -> None:
        """Unpack the row; see the module's first lines for the columns."""
        self.code = code
        self.enhanced = enhanced
        self.pointer: Pointer = pointer
        self.sentence = sentence

    @property
    def temporary(self) -> bool:
        """Whether the sender's server should keep the mail and try again (RFC 5321 §4.2.1)."""
        return self.code < 500

    @property
    def slug(self) -> str:
        """The reason as the journal, the metrics and the docs spell it, say `has-ended`."""
        return self.name.lower().replace("_", "-")


TYPED: Mapping[Refusal, str] = {  #: for these rows where no mail program is: in a form, and on the command line
    Refusal.NOT_NOW: "We could not keep your message just now. Please send it again in a minute.",
    Refusal.TOO_FAST: "Too many messages within a short time. Please send it again in a minute.",
    Refusal.SCANNER_DOWN: "We cannot check your files just now. Please send the message again in a minute.",
    Refusal.NOTHING_NEW: "There is nothing to send yet. Please write something first.",
}


class Refused(Exception):
    """A stage said no. Raised anywhere in the rooms, caught once in relay/intake.py.

    `details` fill `{files}` and `{allowed}` of the sentence: positions and type names only, never content.
    """

    def __init__(self, reason: Refusal, **details: str) -> None:
        """Keep the reason and the details of its sentence."""
        super().__init__(reason.slug)
        self.reason = reason
        self.details = details


def sentence(
    reason: Refusal, details: Mapping[str, str], pointers: Mapping[str, str], *, typed: bool = False
) -> str:  # fmt: skip
    """Give the whole sentence: the row's own (`typed`: to somebody who has no mail program there), then whom to ask.

    `pointers` maps "support" and "bookings" to what the config says of them; one that is missing or empty adds nothing.
    """
    own = TYPED.get(reason, reason.sentence) if typed else reason.sentence
    text = own.format_map({"files": "a file", "allowed": "common documents", **details})
    pointer = pointers.get(reason.pointer, "") if reason.pointer else ""
    return f"{text} {pointer}" if pointer else text


def smtp_reply(reason: Refusal, details: Mapping[str, str], pointers: Mapping[str, str]) -> str:
    """Give the reply line of the SMTP session: code, enhanced code, sentence; printable ASCII, one line, ≤ 512 octets.

    RFC 5321 §4.5.3.1.5 limits a reply line to 512 octets, its CRLF included.
    """
    text = sentence(reason, details, pointers).encode("ascii", "replace").decode()
    text = "".join(sign if sign.isprintable() else " " for sign in text)
    return f"{reason.code} {reason.enhanced} {text}"[:510]
