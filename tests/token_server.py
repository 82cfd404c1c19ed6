"""A token endpoint on loopback: what a provider does for XOAUTH2, and what Dovecot asks about a token."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Answer = tuple[int, Any]


class TokenServer:
    """Gives tokens `token-1`, `token-2` …, good until `dead` holds them; `answer` may say something else."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.forms: list[dict[str, str]] = []
        self.strays: list[str] = []  #: what else was asked for
        self.dead: set[str] = set()
        self.lives = 3600
        self.refresh = ""  #: a new refresh token to give
        self.answer: Callable[[dict[str, str]], Answer | None] = lambda form: None

    def post(self, form: dict[str, str]) -> Answer:
        self.forms.append(form)
        told = self.answer(form)
        if told is not None:
            return told
        token = {"access_token": f"token-{len(self.forms)}", "token_type": "Bearer", "expires_in": self.lives}
        return 200, {**token, "refresh_token": self.refresh} if self.refresh else token

    def info(self, token: str) -> Answer:
        return (200, {"user": "care"}) if token not in self.dead and token.startswith("token-") else (401, {})


@contextmanager
def token_server() -> Iterator[TokenServer]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            octets = self.rfile.read(int(self.headers["Content-Length"]))
            self._answer(*made.post(dict(parse_qsl(octets.decode()))))

        def do_GET(self) -> None:
            if not self.path.startswith("/tokeninfo"):
                made.strays.append(self.path)
            self._answer(*made.info(dict(parse_qsl(urlsplit(self.path).query)).get("access_token", "")))

        def _answer(self, status: int, body: Any) -> None:
            octets = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            if status in {301, 302, 307}:
                self.send_header("Location", f"{made.url}/elsewhere")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(octets)))
            self.end_headers()
            self.wfile.write(octets)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        made = TokenServer(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield made
        finally:
            server.shutdown()
            thread.join()
