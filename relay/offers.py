"""The note of an offer: which thread's question nobody has answered, and when it was asked (R7).

It travels in the notification's note, in our own words: "12 1769860800" is thread 12, and seconds since 1970.
read_offer() raises ValueError for anything else.
"""

from __future__ import annotations

from datetime import UTC, datetime

from relay.domain import Question, ThreadNo


def offer_note(question: Question) -> str:
    """Write it down."""
    return f"{question.thread} {int(question.asked_at.timestamp())}"


def read_offer(note: str) -> tuple[ThreadNo, datetime]:
    """Give the thread and the time."""
    thread, _, asked = note.partition(" ")
    return ThreadNo(int(thread)), datetime.fromtimestamp(int(asked), UTC)
