"""What becomes of a mail, and the receipt that tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from relay.domain.incoming import Kind, LeftOut, Origin
from relay.domain.people import RowId, Via
from relay.refusal import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """The message is durable; its notifications are owed."""

    receipt: RowId
    message: RowId
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """Refused for good (5xx) or deferred (4xx); what is typed is refused either way."""

    receipt: RowId
    reason: Refusal
    details: Mapping[str, str]
    stage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Consumed:
    """Taken, and never shown as a message."""

    receipt: RowId
    kind: Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Kept sealed; the holder of the reply address is asked. It ends as Stored or Consumed."""

    receipt: RowId


Ended = Stored | Turned | Consumed
Outcome = Ended | Held


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What happened to one inbound mail, without its content: a line of the journal."""

    id: RowId
    at: datetime
    via: Via
    outcome: Literal["stored", "refused", "consumed", "deferred", "held"]
    reason: str | None = None  #: Refusal.slug
    kind: str | None = None  #: Kind.value
    trace: tuple[str, ...] = ()  #: the stages it went through; the last one decided
    origin: Origin | None = None  #: the mail of a mailbox that this settles for good; written with it, never read back
