"""Access tokens from a token endpoint on loopback: both grants, renewal, and whatever goes wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from inbound.imap_talk import Trouble
from inbound.imap_tokens import Remembered, Tokens
from relay.settings import OAuth2
from tests.fakes import FakeClock, FakeMailboxes
from tests.token_server import TokenServer, token_server

BOX = b"b" * 16


@pytest.fixture(scope="module")
def running() -> Iterator[TokenServer]:
    with token_server() as server:
        yield server


@pytest.fixture
def server(running: TokenServer) -> TokenServer:
    running.__init__(int(running.url.rpartition(":")[2]))  # type: ignore[misc]  # as new
    return running


class World:
    def __init__(self, server: TokenServer, **settings: Any) -> None:
        self.clock = FakeClock()
        self.boxes = FakeMailboxes()
        self.section = OAuth2.model_validate({"token_url": f"{server.url}/token", "client_id": "relay", **settings})
        self.tokens = self.anew()

    def anew(self) -> Tokens:
        """Give the tokens as after a restart."""
        boxes = self.boxes
        remembered = Remembered(
            lambda configured: boxes.token(BOX, configured),
            lambda configured, token: boxes.keep_token(BOX, configured, token),
        )
        return Tokens(self.section, remembered, self.clock)


def test_a_refresh_token_is_exchanged(server: TokenServer) -> None:
    here = World(server, refresh_token="first", client_secret="s&=é", scope="mail")
    assert here.tokens.get() == ("token-1", False)
    assert server.forms == [
        {"grant_type": "refresh_token", "refresh_token": "first", "client_id": "relay", "client_secret": "s&=é",
         "scope": "mail"}
    ]  # fmt: skip


def test_without_one_the_client_signs_in_as_itself(server: TokenServer) -> None:
    World(server, client_secret="secret").tokens.get()
    assert server.forms == [{"grant_type": "client_credentials", "client_id": "relay", "client_secret": "secret"}]


def test_a_token_is_kept_until_shortly_before_it_ends(server: TokenServer) -> None:
    here = World(server, client_secret="s")
    assert [here.tokens.get() for _ in range(2)] == [("token-1", False), ("token-1", True)]
    here.clock.advance(3600 - 61)
    assert here.tokens.get() == ("token-1", True)
    here.clock.advance(2)
    assert here.tokens.get() == ("token-2", False)
    here.tokens.forget()
    assert here.tokens.get() == ("token-3", False)


@pytest.mark.parametrize(("lives", "seconds"), [("300", 239), (None, 239), ("soon", 239), (10**9, 86339)])
def test_how_long_a_token_lives_is_taken_with_salt(server: TokenServer, lives: Any, seconds: int) -> None:
    server.lives = lives
    here = World(server, client_secret="s")
    here.tokens.get()
    here.clock.advance(seconds)
    assert here.tokens.get() == ("token-1", True)
    here.clock.advance(2)
    assert here.tokens.get() == ("token-2", False)
    server.lives = -5
    here.clock.advance(86400)
    assert [here.tokens.get()[0] for _ in range(2)] == ["token-3", "token-4"]


def test_a_renewed_refresh_token_is_used_from_then_on_also_after_a_restart(server: TokenServer) -> None:
    here = World(server, refresh_token="first")
    server.refresh = "second"
    here.tokens.get()
    server.refresh = ""
    here.anew().get()
    assert [form["refresh_token"] for form in server.forms] == ["first", "second"]
    here.section = here.section.model_copy(update={"refresh_token": OAuth2.model_validate(
        {"client_id": "x", "refresh_token": "configured anew"}).refresh_token})  # fmt: skip
    here.anew().get()
    assert server.forms[-1]["refresh_token"] == "configured anew"


WRONG: dict[str, tuple[int, Any, str]] = {
    "refused": (400, {"error": "invalid_grant", "error_description": "canary"}, "token-refused"),
    "not allowed": (401, {"error": "invalid_client"}, "token-refused"),
    "down": (503, b"<html>", "token-unreachable"),
    "too often": (429, b"", "token-unreachable"),
    "elsewhere": (302, b"", "token-refused"),
    "no JSON": (200, b"<html>welcome to the hotel</html>", "token-unreachable"),
    "no object": (200, ["token"], "token-refused"),
    "no token": (200, {"token_type": "Bearer"}, "token-refused"),
    "an odd token": (200, {"access_token": 5}, "token-refused"),
    "too long": (200, b'{"access_token": "' + b"x" * 200_000 + b'"}', "token-unreachable"),
    "too deep": (200, b"[" * 60_000, "token-unreachable"),
}


@pytest.mark.parametrize(("status", "body", "code"), WRONG.values(), ids=WRONG)
def test_what_goes_wrong_is_told_by_code(server: TokenServer, status: int, body: Any, code: str) -> None:
    server.answer = lambda form: (status, body)
    here = World(server, client_secret="s")
    with pytest.raises(Trouble) as trouble:
        here.tokens.get()
    assert (trouble.value.code, str(trouble.value)) == (code, code)
    assert trouble.value.__cause__ is None
    assert (len(server.forms), server.strays) == (1, [])  # no secret was carried elsewhere
    server.answer = lambda form: None
    assert here.tokens.get()[1] is False


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/token", "http://nowhere.invalid/token"])
def test_an_endpoint_that_is_not_there(server: TokenServer, url: str) -> None:
    with pytest.raises(Trouble) as trouble:
        World(server, client_secret="s", token_url=url).tokens.get()
    assert trouble.value.code == "token-unreachable"


PRESETS: dict[str, tuple[dict[str, str], str, str]] = {
    "Microsoft 365 as itself": (
        {"preset": "microsoft365", "tenant": "practice.test", "client_secret": "s"},
        "https://login.microsoftonline.com/practice.test/oauth2/v2.0/token", "https://outlook.office365.com/.default",
    ),
    "Microsoft 365 for somebody": (
        {"preset": "microsoft365", "tenant": "practice.test", "refresh_token": "r"},
        "https://login.microsoftonline.com/practice.test/oauth2/v2.0/token",
        "https://outlook.office.com/IMAP.AccessAsUser.All offline_access",
    ),
    "Google": ({"preset": "google", "refresh_token": "r"}, "https://oauth2.googleapis.com/token", ""),
    "what is written wins": (
        {"preset": "google", "token_url": "https://login.test/token", "scope": "mail"},
        "https://login.test/token", "mail",
    ),
    "nothing": ({}, "", ""),
}  # fmt: skip


@pytest.mark.parametrize(("settings", "endpoint", "scope"), PRESETS.values(), ids=PRESETS)
def test_presets(settings: dict[str, str], endpoint: str, scope: str) -> None:
    section = OAuth2.model_validate({"client_id": "x", **settings})
    assert (section.endpoint, section.asked_scope) == (endpoint, scope)
