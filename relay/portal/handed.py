"""Pages for Support: which threads need somebody, and break-glass reading of one of them (R7).

Only somebody of role support gets here, and only to a thread that an item has named within AGAIN: everything else is
the 404 of what is not there. A GET shows numbers and ids. A POST with a reason is audited, kept for both parties, and
only then answered by what was written; nothing remembers that it was allowed, so the next look wants a reason anew. The
reason stays sealed in the audit chain, and is not shown: staff may write names or findings into it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from relay.domain import ITEMS, Opened, Thread, ThreadNo
from relay.portal.answers import Form, html, reading
from relay.portal.languages import N_
from relay.portal.pages import Pages
from relay.portal.signin import NUMBER, Visitor
from relay.ports import AuditLine, Clock, Ledger, Outbox, People
from relay.questions import OpenQuestions
from relay.reading import Reader

AGAIN = timedelta(days=30)  #: an item is old after that
LONGEST_REASON = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message as the template shows it."""

    who: str = field(repr=False)
    at: str
    iso: str
    message: Opened


class Handed:
    """Answers requests."""

    def __init__(
        self,
        *,
        pages: Pages,
        questions: OpenQuestions,
        people: People,
        outbox: Outbox,
        ledger: Ledger,
        reader: Reader,
        clock: Clock,
    ) -> None:
        """Take what pages are made of, and what is asked before one is shown."""
        self._pages = pages
        self._questions = questions
        self._people = people
        self._outbox = outbox
        self._ledger = ledger
        self._reader = reader
        self._clock = clock

    def all(self, _: Request, visitor: Visitor) -> Response:
        """GET /handed: the questions that Support has."""
        _only_support(visitor)
        rows = [
            (one, self._parties(one.thread), self._pages.time(one.asked_at, visitor.person))
            for one in self._questions.handed()
        ]
        return html(self._pages.signed_in("handed_all.html", reading(visitor), rows=rows))

    def ask(self, request: Request, visitor: Visitor) -> Response:
        """GET /handed/{thread}: ask for the reason."""
        return self._show(visitor, self._thread(request, visitor))

    def open(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """POST /handed/{thread}: keep the reason, then show what was written."""
        thread, reason = self._thread(request, visitor), " ".join(form.get("reason", "").split())
        if not reason or len(reason) > LONGEST_REASON:
            return self._show(visitor, thread, status=422, problem=N_("Please say in a few words why you open it."))
        self._ledger.inspected(
            thread.no,
            AuditLine(
                at=self._clock.now(), actor=visitor.person.id, action="thread-read", subject=f"thread {thread.no}",
                note=reason,
            ),
        )  # fmt: skip
        said = []
        for message in self._reader.whole(thread.no):
            author = self._people.person(message.author)
            at, iso = self._pages.time(message.sent_at, visitor.person)
            said.append(Said(who="" if author is None else author.name, at=at, iso=iso, message=message))
        return self._show(visitor, thread, said=said)

    # -- small things --------------------------------------------------------------------------------------------------

    def _show(
        self, visitor: Visitor, thread: Thread, *, said: list[Said] | None = None, status: int = 200, problem: str = ""
    ) -> Response:  # fmt: skip
        question = self._questions.open(thread.no)
        at, iso = self._pages.time(None if question is None else question.asked_at, visitor.person)
        return html(
            self._pages.signed_in(
                "handed.html", reading(visitor), thread=thread.no,
                parties=self._parties(thread.no), question=question, asked=(at, iso), said=said, problem=problem,
            ),
            status,
        )  # fmt: skip

    def _thread(self, request: Request, visitor: Visitor) -> Thread:
        """Give the thread, if an item for Support has named it."""
        _only_support(visitor)
        ref = str(request.path_params["ref"])
        thread = self._people.thread(ThreadNo(int(ref))) if NUMBER.match(ref) else None
        if thread is None or thread.provider is None or not self._is_named(thread.no):
            raise HTTPException(404)
        return thread

    def _is_named(self, thread: ThreadNo) -> bool:
        question = self._questions.open(thread)
        if question is not None and question.handed_at is not None:
            return True
        return self._outbox.told_since(self._clock.now() - AGAIN, *ITEMS, thread=thread)

    def _parties(self, no: ThreadNo) -> tuple[str, str]:
        """Give the ids of client and provider."""
        thread = self._people.thread(no)
        both = () if thread is None else (thread.client, thread.provider)
        found = [None if one is None else self._people.person(one) for one in both]
        client, provider = ("" if one is None else str(one.id) for one in (*found, None, None)[:2])
        return client, provider


def _only_support(visitor: Visitor) -> None:
    """Say to everybody else that there is no such page. Raises HTTPException."""
    if visitor.person.role != "support":
        raise HTTPException(404)
