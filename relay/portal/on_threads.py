"""What a person does on the page of a thread besides writing: uses it, takes a message back, decides on unsent texts.

Each is a POST with the token of the session (403 without) on a thread that the visitor takes part in (404 otherwise).
"""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from relay.domain import RowId, Stored, ThreadNo, Turned, shown
from relay.portal.answers import Answers, Form, check_token
from relay.portal.languages import N_
from relay.portal.pages import Pages
from relay.portal.signin import NUMBER, Visitor
from relay.portal.views import ROW, Views
from relay.ports import Clock
from relay.reading import Page, Reader
from relay.unsent import UnsentBox

TOO_LATE = N_("It is too late to take that back: it was opened, or a mail about it has gone out.")
GONE = N_("That text is not here any more: it was sent or discarded, or its time was over.")
DISCARDED = N_("What you wrote is discarded and erased.")
TAKEN_BACK = N_("That message is taken back; nobody was told of it.")


class OnThreads:
    """Answers requests."""

    def __init__(
        self, *, pages: Pages, answers: Answers, views: Views, reader: Reader, unsent: UnsentBox, clock: Clock
    ) -> None:
        """Take what shows a thread, and what does something to it."""
        self._pages = pages
        self._unsent = unsent
        self._answers = answers
        self._views = views
        self._reader = reader
        self._clock = clock

    def here(self, request: Request, form: Form) -> Response:
        """POST /t/{ref}/here: the page is in use."""
        thread, visitor = self._on(request, form)
        if not self._reader.stay(thread, visitor.person.no, self._clock.now()):
            raise HTTPException(404)
        return Response(status_code=204)

    def withdraw(self, request: Request, form: Form) -> Response:
        """POST /t/{ref}/withdraw: take a message back, and give its words back to be written anew."""
        thread, visitor = self._on(request, form)
        if not ROW.match(form.get("message", "")):
            raise HTTPException(400)
        page, message = self._views.open(thread, visitor), RowId(int(form["message"], 16))
        if not self._reader.withdraw(page, visitor.person, message, self._clock.now()):
            return self._views.show(visitor, page, self._views.draft(notice=TOO_LATE), 409)
        words = next((each.text for each in page.messages if each.id == message), None)
        return self._views.show(
            visitor, self._views.open(thread, visitor), self._views.draft(text=words or "", notice=TAKEN_BACK)
        )  # fmt: skip

    def unsent(self, request: Request, form: Form) -> Response:
        """POST /t/{ref}/unsent: send what the thread did not take to Support, or discard it (R14)."""
        thread, visitor = self._on(request, form)
        if not ROW.match(form.get("unsent", "")):
            raise HTTPException(400)
        page, row = self._views.open(thread, visitor), RowId(int(form["unsent"], 16))
        match form.get("do"):
            case "support":
                return self._to_support(page, visitor, row)
            case "discard":
                gone = self._unsent.discard(visitor.person.no, row)
                return self._views.show(visitor, page, self._views.draft(notice=DISCARDED if gone else GONE))
            case _:
                raise HTTPException(400)

    def _to_support(self, page: Page, visitor: Visitor, row: RowId) -> Response:
        sent = self._unsent.send(page.thread.no, visitor.person.no, row)
        if sent is None:
            return self._views.show(visitor, page, self._views.draft(notice=GONE), 409)
        thread, outcome = sent
        if isinstance(outcome, Turned):
            why = self._pages.refusal(outcome.reason, visitor.person)
            return self._views.show(
                visitor, page, self._views.draft(notice=why), 503 if outcome.reason.temporary else 422
            )
        mark = f"m-{shown(outcome.message)}" if isinstance(outcome, Stored) else "new"
        return self._answers.to(f"/t/{thread}#{mark}")

    def _on(self, request: Request, form: Form) -> tuple[ThreadNo, Visitor]:
        ref, visitor = str(request.path_params["ref"]), self._answers.visitor(request)
        if not NUMBER.match(ref):
            raise HTTPException(404)
        if visitor is None:
            raise HTTPException(401)
        check_token(visitor, form)
        return ThreadNo(int(ref)), visitor
