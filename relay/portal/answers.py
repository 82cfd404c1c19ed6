"""What all views share: cookies, redirects, who looks at a page, and the token that every form of theirs carries.

Raises HTTPException(403) for a form without the token of its session.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from relay.portal.pages import Reading
from relay.portal.signin import SignIn, Visitor

Form = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Cookies:
    """The two cookies. Over https their names demand Secure, our host alone and Path=/ (RFC 6265bis §4.1.3.2)."""

    https: bool

    @property
    def session(self) -> str:
        """The name of the session's cookie."""
        return "__Host-relay" if self.https else "relay"

    @property
    def ticket(self) -> str:
        """The name of the cookie of the browser that asked for a code."""
        return "__Host-relay-code" if self.https else "relay-code"

    def put(self, response: Response, name: str, value: str, max_age: int | None = None) -> None:
        """Set a cookie; one without an age ends with the browser."""
        response.set_cookie(name, value, max_age=max_age, secure=self.https, httponly=True, samesite="lax")

    def drop(self, response: Response, name: str) -> None:
        """Take a cookie back."""
        response.delete_cookie(name, secure=self.https, httponly=True, samesite="lax")


@dataclass(frozen=True, slots=True)
class Answers:
    """Gives answers that a visitor is meant for."""

    signin: SignIn
    cookies: Cookies
    base: str  #: where the portal lies below its host

    def visitor(self, request: Request) -> Visitor | None:
        """Give who is signed in, and count it as a sign of life."""
        return self.signin.visitor(request.cookies.get(self.cookies.session))

    def had_session(self, request: Request) -> bool:
        """Tell whether the browser shows a session, though it may have ended."""
        return self.cookies.session in request.cookies

    def to(self, path: str) -> Response:
        """Send the browser to a page of ours (Post/Redirect/Get)."""
        return RedirectResponse(f"{self.base}{path}", 303)


def html(page: str, status: int = 200) -> Response:
    """Give a page."""
    return HTMLResponse(page, status)


def reading(visitor: Visitor) -> Reading:
    """Give who looks at the page."""
    return Reading(person=visitor.person, form_token=visitor.form_token)


def check_token(visitor: Visitor, form: Form) -> None:
    """Take forms of this session only. Raises HTTPException."""
    if not hmac.compare_digest(visitor.form_token.encode(), form.get("form_token", "").encode()):
        raise HTTPException(403)
