"""Pages on mails from unknown addresses: what waits for one's word, and the addresses that one lets write.

A GET changes nothing. A POST carries the token of the session (403 without) and is answered by a redirect, or by the
page that says why not. Whoever a mail does not wait for sees it nowhere. "I wrote this" is the only way in for it: the
page says so beside the button, with the address that it came from.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from relay.domain import Consumed, HeldMail, RowId, Stored, Turned, shown
from relay.holding import Holding, decided_by
from relay.portal.answers import Answers, Form, html, reading
from relay.portal.pages import Pages
from relay.portal.signin import Visitor
from relay.portal.views import ROW
from relay.ports import People
from relay.reading import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A held mail as the template shows it."""

    mail: HeldMail = field(repr=False)
    id: str
    name: str = field(repr=False)  #: to whom it would go
    at: str
    iso: str
    until: str
    problem: str = ""


class Decisions:
    """Answers requests."""

    def __init__(self, *, pages: Pages, answers: Answers, holding: Holding, people: People, reader: Reader) -> None:
        """Take what pages are made of."""
        self._pages = pages
        self._answers = answers
        self._holding = holding
        self._people = people
        self._reader = reader

    # -- what waits ----------------------------------------------------------------------------------------------------

    def linked(self, request: Request) -> Response:
        """GET /t/{ref}/held: the link of a notification; it opens nothing by itself."""
        token = str(request.path_params["ref"])
        link = self._answers.signin.read_link(token)
        if link is None:
            raise HTTPException(404)
        visitor = self._answers.visitor(request)
        if visitor is None:
            return html(self._pages.sign_in(link=token, goal="held", idle=self._answers.had_session(request)))
        if visitor.person.no != link.holder:
            return html(self._pages.other_holder(reading(visitor), token), 403)
        return self._answers.to("/held")

    def held(self, request: Request, visitor: Visitor) -> Response:
        """GET /held: everything that waits for the visitor's word."""
        return self._page(visitor, done=request.query_params.get("done", ""))

    def decide(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """POST /held/{id}: confirm or discard."""
        which = str(request.path_params["id"])
        if not ROW.match(which):
            raise HTTPException(404)
        row = RowId(int(which, 16))
        match form.get("do"):
            case "confirm":
                return self._confirm(visitor, row, remember=bool(form.get("remember")))
            case "discard":
                not_theirs = bool(form.get("not_mine"))
                gone = self._holding.discard(row, visitor.person, not_theirs=not_theirs)
                return self._answers.to(f"/held?done={'discarded' if gone else 'gone'}")
            case _:
                raise HTTPException(400)

    def _confirm(self, visitor: Visitor, row: RowId, *, remember: bool) -> Response:
        thread = next((one.thread for one in self._holding.waiting(visitor.person.no) if one.id == row), None)
        outcome = self._holding.confirm(row, visitor.person.no, remember=remember)
        match outcome:
            case Stored():
                return self._answers.to(f"/t/{thread}#m-{shown(outcome.message)}")
            case Consumed():  # it is in the thread already
                return self._answers.to(f"/t/{thread}#new")
            case Turned():
                problem = self._pages.refusal(outcome.reason, visitor.person)
                return self._page(visitor, problem=(row, problem), status=503 if outcome.reason.temporary else 422)
            case None:
                return self._answers.to("/held?done=gone")

    def _page(
        self, visitor: Visitor, *, done: str = "", problem: tuple[RowId, str] = (RowId(0), ""), status: int = 200
    ) -> Response:
        rows = [self._row(mail, visitor, problem) for mail in self._holding.waiting(visitor.person.no)]
        return html(self._pages.signed_in("held.html", reading(visitor), rows=rows, done=done), status)

    def _row(self, mail: HeldMail, visitor: Visitor, problem: tuple[RowId, str]) -> Waiting:
        thread = self._people.thread(mail.thread)
        other = None if thread is None else self._reader.other(thread, visitor.person.no)
        at, iso = self._pages.time(mail.arrived_at, visitor.person)
        return Waiting(
            mail=mail,
            id=shown(mail.id),
            name=self._pages.name(other, visitor.person),
            at=at,
            iso=iso,
            until=self._pages.time(decided_by(mail), visitor.person)[0],
            problem=problem[1] if problem[0] == mail.id else "",
        )

    # -- addresses -----------------------------------------------------------------------------------------------------

    def addresses(self, _: Request, visitor: Visitor) -> Response:
        """GET /addresses: the addresses that the visitor may write from."""
        rows = [
            (shown(one.id), one.address, self._pages.time(one.since, visitor.person))
            for one in visitor.person.remembered
        ]
        return html(self._pages.signed_in("addresses.html", reading(visitor), rows=rows))

    def forget(self, _: Request, visitor: Visitor, form: Form) -> Response:
        """POST /addresses: let a remembered address write no more."""
        which = form.get("forget", "")
        if not ROW.match(which):
            raise HTTPException(400)
        self._holding.forget(visitor.person, RowId(int(which, 16)), actor=visitor.person.id)
        return self._answers.to("/addresses")
