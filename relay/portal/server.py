"""The portal's app: the path table, and the server that runs it. The only portal module that knows the server.

`create_app()` puts the parts together; `Web` runs an app in our own event loop. TLS ends at the web server in front:
`portal.url` is https unless it is this machine, and a front on loopback may tell us who the visitor is
(X-Forwarded-For).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import urlsplit

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from relay.absence import Absences
from relay.choosing import Choosing
from relay.events import Log
from relay.holding import Holding
from relay.intake import Intake
from relay.portal.answers import Answers, Cookies
from relay.portal.choices import Choices
from relay.portal.decisions import Decisions
from relay.portal.forms import LONG_FORM, SMALL_FORM
from relay.portal.guard import Guard
from relay.portal.handed import Handed
from relay.portal.on_threads import OnThreads
from relay.portal.pages import Pages
from relay.portal.signin import SignIn
from relay.portal.views import Views
from relay.ports import Clock, Ledger, Outbox, People
from relay.questions import OpenQuestions
from relay.quiet import Quiet
from relay.reading import Reader
from relay.settings import Chat, Guide, Organisation, Portal
from relay.unsent import UnsentBox

READ_AT_ONCE = 16 * 1024  #: octets of one connection
SIGN_IN_TAKES = 0.25  #: seconds at least, so that nobody can tell by the time what is known here


def create_app(
    *,
    organisation: Organisation,
    portal: Portal,
    guide: Sequence[Guide],
    chat: Chat,
    signin: SignIn,
    people: People,
    reader: Reader,
    writer: Intake,
    holding: Holding,
    unsent: UnsentBox,
    questions: OpenQuestions,
    outbox: Outbox,
    ledger: Ledger,
    choosing: Choosing,
    absences: Absences,
    quiet: Quiet,
    clock: Clock,
    log: Log,
    sign_in_takes: float = SIGN_IN_TAKES,
) -> Starlette:
    """Make the portal."""
    pages = Pages(organisation, portal, guide, chat)
    url = urlsplit(portal.url)
    answers = Answers(signin=signin, cookies=Cookies(url.scheme == "https"), base=pages.base)
    views = Views(
        pages=pages, signin=signin, reader=reader, writer=writer, holding=holding, unsent=unsent,
        absences=absences, ledger=ledger, answers=answers, clock=clock,
        origin=f"{url.scheme}://{url.netloc}".lower(),
    )  # fmt: skip
    on_threads = OnThreads(pages=pages, answers=answers, views=views, reader=reader, unsent=unsent, clock=clock)
    decisions = Decisions(pages=pages, answers=answers, holding=holding, people=people, reader=reader)
    handed = Handed(
        pages=pages, questions=questions, people=people, outbox=outbox, ledger=ledger, reader=reader, clock=clock,
    )  # fmt: skip
    choices = Choices(pages=pages, answers=answers, choosing=choosing, absences=absences, people=people, quiet=quiet)
    guard = Middleware(Guard, url=portal.url, notice=pages.notice, log=log)
    app = Starlette(
        routes=_paths(pages.base, views, on_threads, decisions, choices, handed, sign_in_takes),
        middleware=[guard],
        exception_handlers={HTTPException: _explains(pages)},
    )
    app.router.redirect_slashes = False  # it would send people to http, since TLS ends at the front
    return app


def _paths(
    base: str, views: Views, on_threads: OnThreads, decisions: Decisions, choices: Choices, handed: Handed,
    sign_in_takes: float,
) -> list[Route]:  # fmt: skip
    small = {"most": SMALL_FORM}
    ask = views.posted(views.ask, **small, at_least=sign_in_takes)
    prove = views.posted(views.prove, **small, at_least=sign_in_takes)
    return [
        *([Route(base, views.page(views.home))] if base else []),
        Route(f"{base}/", views.page(views.home)),
        Route(f"{base}/t/{{ref}}", views.thread),
        Route(f"{base}/t/{{ref}}", views.posted(views.write, most=LONG_FORM), methods=["POST"]),
        Route(f"{base}/t/{{ref}}/held", decisions.linked),
        Route(f"{base}/held", views.page(decisions.held, "held")),
        Route(f"{base}/held/{{id}}", views.decided(decisions.decide, "held"), methods=["POST"]),
        Route(f"{base}/addresses", views.page(decisions.addresses)),
        Route(f"{base}/addresses", views.decided(decisions.forget), methods=["POST"]),
        Route(f"{base}/handed", views.page(handed.all)),
        Route(f"{base}/handed/{{ref}}", views.page(handed.ask)),
        Route(f"{base}/handed/{{ref}}", views.decided(handed.open), methods=["POST"]),
        Route(f"{base}/preferences", views.page(choices.show)),
        Route(f"{base}/preferences", views.decided(choices.choose), methods=["POST"]),
        Route(f"{base}/preferences/pause", views.decided(choices.pause), methods=["POST"]),
        Route(f"{base}/preferences/absence", views.decided(choices.away), methods=["POST"]),
        Route(f"{base}/t/{{ref}}/here", views.posted(on_threads.here, **small), methods=["POST"]),
        Route(f"{base}/t/{{ref}}/withdraw", views.posted(on_threads.withdraw, **small), methods=["POST"]),
        Route(f"{base}/t/{{ref}}/unsent", views.posted(on_threads.unsent, **small), methods=["POST"]),
        Route(f"{base}/t/{{ref}}/files/{{message}}/{{position}}", views.file),
        Route(f"{base}/sign-in", ask, methods=["POST"]),
        Route(f"{base}/sign-in/code", views.code_page),
        Route(f"{base}/sign-in/code", prove, methods=["POST"]),
        Route(f"{base}/sign-out", views.posted(views.sign_out, **small), methods=["POST"]),
        Route(f"{base}/put-away", views.put_away),
        Route(f"{base}/static/{{name}}", views.static),
    ]


def _explains(pages: Pages) -> Callable[[Request, Exception], Response]:
    def explain(_: Request, error: Exception) -> Response:
        status, headers = (error.status_code, error.headers) if isinstance(error, HTTPException) else (500, None)
        return HTMLResponse(pages.notice(status), status, headers)

    return explain


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._told = asyncio.Event()

    def leave(self) -> None:
        """End it, from the loop's thread."""
        self.should_exit = True
        self._told.set()

    async def main_loop(self) -> None:
        """Tick once a second, for the Date header. uvicorn looks ten times whether it should leave."""
        while not await self.on_tick(0):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1.0):
                    await self._told.wait()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to `relay serve`."""
        yield


class _Protocol(H11Protocol):
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Read little at once: asyncio's 256 KiB for each of many connections would be what fills the memory."""
        with contextlib.suppress(AttributeError):  # uvloop's has no such thing, and needs none
            transport.max_size = READ_AT_ONCE  # type: ignore[attr-defined]
        super().connection_made(transport)


class Web:
    """Runs an app on a socket, inside our event loop."""

    def __init__(self, app: ASGIApp) -> None:
        """Take the app."""
        logging.getLogger("uvicorn").propagate = False  # our own log is a closed list of events
        config = uvicorn.Config(
            app,
            http=_Protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=True,
            forwarded_allow_ips="127.0.0.1,::1",
            h11_max_incomplete_event_size=32 * 1024,
            limit_concurrency=1000,
            timeout_keep_alive=15,
            timeout_graceful_shutdown=5,
        )
        self._server = _Server(config)
        self._task: asyncio.Task[None] | None = None
        self.port = 0  #: where it listens, once it does

    async def start(self, listening: socket.socket) -> None:
        """Answer whoever connects to the socket, which is ours to close."""
        self.port = listening.getsockname()[1]
        self._task = asyncio.create_task(self._server.serve(sockets=[listening]), name="web")
        while not self._server.started:
            await asyncio.sleep(0.005)
            if self._task.done():
                self._task.result()
                raise RuntimeError("the web server ended while it started")

    async def stop(self) -> None:
        """Finish what is being answered, then close."""
        if self._task is not None:
            self._server.leave()
            await self._task
            self._task = None
