"""What holds for every answer of the portal, whatever page it is: headers, the Host, and that no traceback gets out.

An ASGI layer around the app. A request for a host that is not ours is turned away (DNS rebinding, poisoned links). An
unexpected exception is logged by its type and place and becomes our own page. Sources: OWASP HTTP Headers Cheat Sheet;
W3C CSP 3; RFC 6797 (HSTS); RFC 9110 §7.2 (Host).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from relay.events import Log

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()",
    "Cache-Control": "no-store",
}
HSTS = "max-age=31536000"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def hosts_of(url: str) -> frozenset[str]:
    """Give the host names under which the portal answers: its own; on loopback, each name of this machine."""
    host = (urlsplit(url).hostname or "").lower()
    return LOOPBACK | {host} if host in LOOPBACK else frozenset({host})


class Guard:
    """Wraps the app."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        hosts: Collection[str],
        https: bool,
        ready: Callable[[], bool],
        notice: Callable[[int], str],
        log: Log,
    ) -> None:
        """Take the app, the names it answers to, and the page for each status."""
        self._app = app
        self._hosts = hosts
        self._headers = {**HEADERS, "Strict-Transport-Security": HSTS} if https else HEADERS
        self._ready = ready
        self._notice = notice
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._checked(scope, receive, send_guarded)
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001 - a browser sees our page, never a traceback
            self._log.trouble("portal", error)
            if not started:
                await HTMLResponse(self._notice(500), 500)(scope, receive, send_guarded)

    async def _checked(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._is_ours(Headers(scope=scope).getlist("host")):
            await HTMLResponse(self._notice(400), 400)(scope, receive, send)
        elif not self._ready():
            await HTMLResponse(self._notice(503), 503, headers={"Retry-After": "10"})(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _is_ours(self, hosts: list[str]) -> bool:
        if len(hosts) != 1:
            return False
        try:
            return (urlsplit(f"//{hosts[0]}").hostname or "") in self._hosts
        except ValueError:
            return False
