"""The closed list of log lines and metrics. They take ids, numbers and our own words, never text of a mail.

An event is an enum row: its name, and the fields it may carry. `Log.say()` writes one JSON line; a field that the row
does not name is a programming error, and what is not a number, a bool or a short code is refused, so that content
cannot get into a log by mistake (DESIGN: What always holds, 5).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from enum import Enum, unique
from pathlib import Path

from relay.ports import Clock, PortTrouble

Value = int | float | bool | str
NO_CODE = re.compile(r"[^a-z0-9._]+")
CODE = re.compile(r"[a-z0-9][a-z0-9._:/-]{0,63}\Z")  #: ids, slugs, versions, addresses of listening sockets


@unique
class Event(Enum):
    """What may be logged, with its fields."""

    STARTED = "started", ("version",)
    STORE_MADE = "store-made", ()  #: there was none
    LISTENING = "listening", ("door", "port")
    STOPPING = "stopping", ()
    STOPPED = "stopped", ()
    WORKER_ENDED = "worker-ended", ("worker", "code")
    RELOADED = "reloaded", ()
    RELOAD_REFUSED = "reload-refused", ()
    MAIL_STORED = "mail-stored", ("receipt", "via", "message", "ms")  #: ms: since the end of the mail, here and below
    MAIL_REFUSED = "mail-refused", ("receipt", "via", "reason", "stage", "ms")
    MAIL_DEFERRED = "mail-deferred", ("receipt", "via", "reason", "stage", "ms")
    MAIL_CONSUMED = "mail-consumed", ("receipt", "via", "kind", "ms")
    MAIL_HELD = "mail-held", ("receipt", "via", "ms")
    LOOK_CUT = "look-cut", ("reason",)  #: a file that took too long, or crashed what looked into it
    CRISIS = "crisis", ("thread",)  #: the crisis net caught something; never what
    SESSION_CUT = "session-cut", ("reason",)
    TLS_FAILED = "tls-failed", ()
    MAILBOX_OPEN = "mailbox-open", ("mailbox",)  #: its number in relay.toml, from 1
    MAILBOX_TROUBLE = "mailbox-trouble", ("mailbox", "code", "seconds")  #: tried again after so many
    REFUSED_EXPIRED = "refused-expired", ("mailbox", "count")
    SMARTHOST_DOWN = "smarthost-down", ("code",)
    SMARTHOST_UP = "smarthost-up", ("seconds",)  #: for so many it was down
    NOTICE_SENT = "notice-sent", ("notification", "attempts", "ms")  #: ms: since it was due
    NOTICE_LATER = "notice-later", ("notification", "attempts", "code")
    NOTICE_FAILED = "notice-failed", ("notification", "attempts", "code")
    NOTICE_CANCELLED = "notice-cancelled", ("notification",)
    NOTICE_BOUNCED = "notice-bounced", ("notification", "harm", "code")
    UNREACHABLE = "unreachable", ("person",)
    SUPPORT_OFFERED = "support-offered", ("thread",)
    ESCALATED = "escalated", ("thread",)
    SIGNED_IN = "signed-in", ("person",)
    SIGN_IN_LOCKED = "sign-in-locked", ("person",)
    SIGNED_OUT = "signed-out", ("person",)
    INTERNAL = "internal-error", ("stage", "error", "where", "code")  #: type and place of an exception, never its text

    def __init__(self, label: str, fields: tuple[str, ...]) -> None:
        """Unpack the row."""
        self.label = label
        self.fields = fields


def as_code(words: str) -> str:
    """Give words of ours, or of a program, as the log takes them: whatever is no sign of a code separates."""
    return "-".join(NO_CODE.sub(" ", words.lower()).split())[:64].lstrip("._-") or "unknown"


def milliseconds(since: datetime, until: datetime) -> float:
    """Give the time between as the log takes it; a clock that is set back meanwhile makes it 0."""
    return max(0.0, round((until - since).total_seconds() * 1000, 1))


class Log:
    """Writes events as JSON lines to one sink."""

    def __init__(self, clock: Clock, sink: Callable[[str], object], watch: Callable[[Event, dict[str, Value]], None]):
        """Take the clock, where lines go, and who else wants each event (the metrics)."""
        self._clock = clock
        self._sink = sink
        self._watch = watch

    def say(self, event: Event, /, **fields: Value) -> None:
        """Write one line. Raises ValueError for a field that the event does not have, or a value that is not a code."""
        for name, value in fields.items():
            if name not in event.fields:
                raise ValueError(f"{event.label} has no field {name}")
            if isinstance(value, str) and not CODE.match(value):
                raise ValueError(f"{event.label}.{name} must be a code")
        self._watch(event, fields)
        line = {"at": self._clock.now().isoformat(timespec="milliseconds"), "event": event.label, **fields}
        self._sink(json.dumps(line))

    def trouble(self, stage: str, error: BaseException) -> None:
        """Log something unexpected by its type and place, and a code of ours; its text may hold content: left out.

        Raises nothing, whatever the error is: handlers that must not raise end here.
        """
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        where = "unknown"
        if trace is not None:
            where = f"{as_code(Path(trace.tb_frame.f_code.co_filename).name)[:56]}:{trace.tb_lineno}"
        more = {"code": as_code(error.code)} if isinstance(error, PortTrouble) and error.code else {}
        self.say(Event.INTERNAL, stage=stage, error=as_code(type(error).__name__), where=where, **more)
