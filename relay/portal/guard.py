"""What holds for every answer of the portal, whatever page it is: headers, the Host, and that no traceback gets out.

An ASGI layer around the app. A request for a host that is not ours is turned away (DNS rebinding, poisoned links). An
unexpected exception is logged by its type and place and becomes our own page. Sources: OWASP HTTP Headers Cheat Sheet;
W3C CSP 3; RFC 6797 (HSTS); RFC 9110 §7.2 (Host).
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from relay.events import Log
from relay.places import is_loopback

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()",
    "Cache-Control": "no-store",
}
HSTS = "max-age=31536000"


class Guard:
    """Wraps the app."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        url: str,
        notice: Callable[[int], str],
        log: Log,
    ) -> None:
        """Take the app, the URL that it answers to, and the page for each status."""
        self._app = app
        parts = urlsplit(url)
        self._host = (parts.hostname or "").lower()
        self._headers = {**HEADERS, "Strict-Transport-Security": HSTS} if parts.scheme == "https" else HEADERS
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
            ours = self._is_ours(Headers(scope=scope).getlist("host"))
            answer: ASGIApp = self._app if ours else HTMLResponse(self._notice(400), 400)
            await answer(scope, receive, send_guarded)
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001 - a browser sees our page, never a traceback
            self._log.trouble("portal", error)
            if not started:
                await HTMLResponse(self._notice(500), 500)(scope, receive, send_guarded)

    def _is_ours(self, hosts: list[str]) -> bool:
        if len(hosts) != 1:
            return False
        try:
            host = urlsplit(f"//{hosts[0]}").hostname or ""
        except ValueError:
            return False
        return host == self._host or (is_loopback(self._host) and is_loopback(host))
