"""Requests to pages: one method a path. Who is there is asked of signin.py, what they see of the Reader.

A GET changes nothing for somebody who is not signed in: link scanners open every URL. A POST is answered by a redirect
(Post/Redirect/Get) or by a page that says why not. Whoever takes no part in a thread gets the same 404 as for one that
is not there. Methods are synchronous and run in a thread: they read from the store. page() and decided() make endpoints
of methods, here and beside, that are for who is signed in.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from relay.absence import Absences
from relay.domain import Consumed, RowId, Stored, ThreadNo, Turned, shown
from relay.holding import Holding
from relay.intake import Intake
from relay.portal.answers import Answers, Form, check_token, html, reading
from relay.portal.forms import OF_ANYBODY, OF_PEOPLE, SMALL_FORM, TEXT_OCTETS, Loan, Room, read_form
from relay.portal.languages import N_
from relay.portal.pages import Draft, Pages
from relay.portal.signin import (
    NUMBER,
    Asked,
    Expired,
    Goal,
    Locked,
    SignedIn,
    SignIn,
    TooMany,
    Visitor,
    WrongCode,
    read_goal,
)  # fmt: skip
from relay.ports import Clock, Ledger
from relay.reading import Page, Reader
from relay.refusal import Refusal, Refused
from relay.unsent import UnsentBox

ROW = re.compile(r"[0-7][0-9a-f]{15}\Z")  #: 63 bits, as an id has them (relay.domain.row_id)
ONCE = re.compile(r"[0-9a-f]{32}\Z")
TICKET_LIVES = 15 * 60  #: seconds; a little longer than the code, so that the page can say that it is too old


class Views:
    """Answers requests."""

    def __init__(
        self,
        *,
        pages: Pages,
        signin: SignIn,
        reader: Reader,
        writer: Intake,
        holding: Holding,
        unsent: UnsentBox,
        absences: Absences,
        ledger: Ledger,
        answers: Answers,
        clock: Clock,
        origin: str,
    ) -> None:
        """Take what pages are made of."""
        self._pages = pages
        self._signin = signin
        self._reader = reader
        self._writer = writer
        self._holding = holding
        self._unsent = unsent
        self._absences = absences
        self._ledger = ledger
        self._answers = answers
        self._cookies = answers.cookies
        self._clock = clock
        self._origin = origin
        self._rooms = Room(OF_ANYBODY), Room(OF_PEOPLE)

    def posted(
        self, answer: Callable[[Request, Form], Response], *, most: int, at_least: float = 0.0
    ) -> Callable[[Request], Awaitable[Response]]:
        """Make an endpoint of a method that wants a form.

        `at_least` is how many seconds the answer takes anyway: what is known and what is not take the same time.
        """

        async def endpoint(request: Request) -> Response:
            loan = Loan(*self._rooms, partial(self._is_signed_in, request))
            try:
                form = await read_form(request, self._origin, most, loan)
                response, _ = await asyncio.gather(run_in_threadpool(answer, request, form), asyncio.sleep(at_least))
            finally:
                loan.end()
            return response

        return endpoint

    def page(
        self, answer: Callable[[Request, Visitor], Response], goal: Goal = None
    ) -> Callable[[Request], Response]:  # fmt: skip
        """Make an endpoint of a method for who is signed in; all others are offered a code, and led to the goal."""

        def endpoint(request: Request) -> Response:
            visitor = self._answers.visitor(request)
            if visitor is None:
                return html(self._pages.sign_in(goal=goal, idle=self._answers.had_session(request)))
            return answer(request, visitor)

        return endpoint

    def decided(
        self, answer: Callable[[Request, Visitor, Form], Response], goal: Goal = None
    ) -> Callable[[Request], Awaitable[Response]]:
        """Make an endpoint of a method for who is signed in and sends a small form with the session's token."""

        def checked(request: Request, form: Form) -> Response:
            visitor = self._answers.visitor(request)
            if visitor is None:
                return html(self._pages.sign_in(goal=goal), 401)
            check_token(visitor, form)
            return answer(request, visitor, form)

        return self.posted(checked, most=SMALL_FORM)

    async def _is_signed_in(self, request: Request) -> bool:
        return await run_in_threadpool(self._answers.visitor, request) is not None

    # -- reading -------------------------------------------------------------------------------------------------------

    def home(self, _: Request, visitor: Visitor) -> Response:
        """GET /: the list of threads, or sign-in."""
        lines, waiting = self._reader.threads(visitor.person.no), self._holding.how_many(visitor.person.no)
        return html(self._pages.threads(reading(visitor), lines, waiting))

    def thread(self, request: Request) -> Response:
        """GET /t/{ref}: a thread by its number, or by the token of a notification's link."""
        ref = str(request.path_params["ref"])
        if not NUMBER.match(ref):
            return self._linked(request, ref)
        thread, visitor = ThreadNo(int(ref)), self._answers.visitor(request)
        if visitor is None:
            return html(self._pages.sign_in(goal=thread, idle=self._answers.had_session(request)))
        page = self.open(thread, visitor)
        response = self.show(visitor, page, self.draft())
        looked_at = request.method == "GET" and "prefetch" not in request.headers.get("sec-purpose", "")
        if looked_at:
            self._reader.look(page, visitor.person.no, self._clock.now())
        return response

    def _linked(self, request: Request, token: str) -> Response:
        link = self._signin.read_link(token)
        if link is None:
            raise HTTPException(404)
        visitor = self._answers.visitor(request)
        if visitor is None:
            return html(self._pages.sign_in(link=token, idle=self._answers.had_session(request)))
        if visitor.person.no != link.holder:
            return html(self._pages.other_holder(reading(visitor), token), 403)
        return self._answers.to(f"/t/{link.thread}#new")

    def file(self, request: Request) -> Response:
        """GET /t/{ref}/files/{message}/{position}: a download."""
        visitor = self._answers.visitor(request)
        thread, message, position = (str(request.path_params[name]) for name in ("ref", "message", "position"))
        if not (NUMBER.match(thread) and ROW.match(message) and NUMBER.match(position)):
            raise HTTPException(404)
        if visitor is None:
            return self._answers.to(f"/t/{thread}")
        row = RowId(int(message, 16))
        found = self._reader.file(ThreadNo(int(thread)), visitor.person.no, row, int(position))
        if found is None:
            raise HTTPException(404)
        file, content = found
        headers = {
            "Content-Disposition": attachment(file.name),
            "Content-Security-Policy": "sandbox; default-src 'none'",
        }
        return Response(content, media_type=file.type, headers=headers)

    def put_away(self, request: Request) -> Response:
        """GET /put-away: in place of a page that idled out. Asks nobody who they are: that would be a sign of life."""
        thread = request.query_params.get("thread", "")
        return html(self._pages.put_away(ThreadNo(int(thread)) if NUMBER.match(thread) else None))

    def static(self, request: Request) -> Response:
        """GET /static/{name}: style, script and icon; the pages' links change with them."""
        found = self._pages.static.get(str(request.path_params["name"]))
        if found is None:
            raise HTTPException(404)
        return Response(found[0], media_type=found[1], headers={"Cache-Control": "public, max-age=31536000, immutable"})

    # -- signing in and out --------------------------------------------------------------------------------------------

    def ask(self, request: Request, form: Form) -> Response:
        """POST /sign-in: mail a code."""
        ip = request.client.host if request.client else ""
        goal = read_goal(form.get("goal", ""))
        try:
            if link := form.get("link", ""):
                asked = self._signin.ask_by_link(link, ip, goal)
            elif address := form.get("address", "").strip():
                asked = self._signin.ask_by_address(address, goal, ip)
            else:
                return html(self._pages.sign_in(problem=N_("Please type your e-mail address.")), 422)
        except Refused:
            raise HTTPException(404) from None
        match asked:
            case Asked():
                response = self._answers.to("/sign-in/code")
                self._cookies.put(response, self._cookies.ticket, asked.ticket, TICKET_LIVES)
                return response
            case Locked():
                return self._locked(asked)
            case TooMany():
                raise HTTPException(429)

    def code_page(self, request: Request) -> Response:
        """GET /sign-in/code: where the code is typed."""
        if not self._signin.holds(request.cookies.get(self._cookies.ticket, "")):
            return self._answers.to("/")
        return html(self._pages.code())

    def prove(self, request: Request, form: Form) -> Response:
        """POST /sign-in/code: judge the code, and go where the person wanted to go."""
        proof = self._signin.prove(request.cookies.get(self._cookies.ticket, ""), form.get("code", ""))
        match proof:
            case SignedIn():
                self._signin.leave(request.cookies.get(self._cookies.session), told=False)
                response = self._answers.to(_path(proof.goal))
                self._cookies.put(response, self._cookies.session, proof.token)
                self._cookies.drop(response, self._cookies.ticket)
                return response
            case WrongCode():
                return html(self._pages.code(problem=N_("That is not the code. Please look at the newest mail.")), 422)
            case Locked():
                return self._locked(proof)
            case Expired():
                problem = N_("That code is no longer valid. Please ask for a new one.")
                response = html(self._pages.sign_in(problem=problem), 422)
                self._cookies.drop(response, self._cookies.ticket)
                return response

    def sign_out(self, request: Request, form: Form) -> Response:
        """POST /sign-out: end the session, and go on with a link if one was opened."""
        visitor = self._answers.visitor(request)
        if visitor is not None:
            check_token(visitor, form)
            self._signin.leave(request.cookies.get(self._cookies.session))
        link = form.get("link", "")
        response = self._answers.to(f"/t/{link}" if self._signin.read_link(link) else "/")
        self._cookies.drop(response, self._cookies.session)
        return response

    # -- writing -------------------------------------------------------------------------------------------------------

    def write(self, request: Request, form: Form) -> Response:
        """POST /t/{ref}: send what was written."""
        ref, text = str(request.path_params["ref"]), form.get("text", "")
        if not NUMBER.match(ref):
            raise HTTPException(404)
        thread, visitor = ThreadNo(int(ref)), self._answers.visitor(request)
        if visitor is None:
            return html(self._pages.sign_in(goal=thread, unsent=text), 401)
        check_token(visitor, form)
        page = self.open(thread, visitor)
        once = form.get("once", "")
        if not ONCE.match(once):
            raise HTTPException(400)
        if len(text.encode("utf-8", "replace")) > TEXT_OCTETS:
            raise HTTPException(413)
        urgent = form.get("urgent") == "1"
        outcome = self._writer.write(
            thread, visitor.person.no, text, via="portal", once=f"<{once}@portal>", urgent=urgent
        )  # fmt: skip
        match outcome:
            case Stored():
                return self._answers.to(f"/t/{thread}#m-{shown(outcome.message)}")
            case Consumed():  # the same form once more: it is there already
                return self._answers.to(f"/t/{thread}#new")
            case Turned():
                return self._refused(visitor, page, Draft(once=once, text=text, urgent=urgent), outcome.reason)

    def _refused(self, visitor: Visitor, page: Page, draft: Draft, reason: Refusal) -> Response:
        """Say why it was not taken. Nothing typed is lost: it stands in the form, or is kept where there is none."""
        thread = page.thread.no
        if reason is not Refusal.HAS_ENDED:
            draft = replace(draft, problem=self._pages.refusal(reason, visitor.person))
            return self.show(visitor, page, draft, 503 if reason.temporary else 422)
        if self._unsent.keep(thread, visitor.person.no, draft.text, f"<{draft.once}@portal>"):
            return self._answers.to(f"/t/{thread}#unsent")
        return self.show(visitor, self.open(thread, visitor), draft, 422)  # it may have ended just now

    # -- small things --------------------------------------------------------------------------------------------------

    def draft(self, *, text: str = "", notice: str = "") -> Draft:
        """Give the form of a thread, with a mark of its own."""
        return Draft(once=self._signin.once(), text=text, notice=notice)

    def open(self, thread: ThreadNo, visitor: Visitor) -> Page:
        """Open a thread for the visitor. Raises HTTPException where they take no part in it."""
        page = self._reader.open(thread, visitor.person.no)
        if page is None:
            raise HTTPException(404)
        return page

    def show(self, visitor: Visitor, page: Page, draft: Draft, status: int = 200) -> Response:
        """Show a thread."""
        waiting = self._holding.how_many(visitor.person.no)
        mine = visitor.person.no == page.thread.client
        away = self._absences.seen(page.thread) if mine and not page.may_write else None
        unsent = self._unsent.of(page.thread.no, visitor.person.no) if page.may_write else ()
        opened = self._ledger.inspections(page.thread.no)
        return html(self._pages.thread(reading(visitor), page, draft, waiting, unsent, away, opened), status)

    def _locked(self, locked: Locked) -> Response:
        seconds = max(1, int((locked.until - self._clock.now()).total_seconds()))
        return HTMLResponse(self._pages.locked(locked.until), 429, headers={"Retry-After": str(seconds)})


def _path(goal: Goal) -> str:
    """Give where somebody who has signed in wanted to go."""
    if goal == "held":
        return "/held"
    return f"/t/{goal}#new" if goal else "/"


def attachment(name: str) -> str:
    """Give the Content-Disposition of a download (RFC 6266 §4.3): a plain name for old browsers, RFC 8187 beside it."""
    whole = "".join(sign for sign in name if sign.isprintable() and sign not in '/\\"') or "file"
    plain = whole.encode("ascii", "replace").decode().replace("?", "_").replace("%", "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(whole, safe='', errors='replace')}"
