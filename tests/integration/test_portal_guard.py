"""What strangers, other sites and broken clients get from the portal; headers, cookies, limits."""

from __future__ import annotations

import asyncio
import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from relay.portal import forms, views
from relay.portal.server import Web
from tests.portal_world import ANA, LEE, ORGANISATION, WITH_LEE, Browser, Stage, World, browser, served

URL = "https://portal.elm.example"
OURS = {"Host": "portal.elm.example"}


@pytest.fixture(scope="module")
def stage() -> Iterator[tuple[Stage, int]]:
    stage = Stage()
    with served(Web(stage)) as web:
        yield stage, web.port


@pytest.fixture
def world() -> World:
    return World(url=URL)


@pytest.fixture
def port(world: World, stage: tuple[Stage, int]) -> int:
    stage[0].app = world.app
    return stage[1]


@pytest.fixture
def ana(world: World, port: int) -> Iterator[Browser]:
    """A browser at the front's side: plain HTTP here, with the Host of the https portal."""
    one = browser(port, headers=OURS)
    with one.http:
        yield one


def signed_in(world: World, ana: Browser) -> None:
    """Sign in by hand: the jar keeps Secure cookies back from plain HTTP."""
    world.store.clock.advance(1)
    asked = ana.http.post("/sign-in", data={"address": ANA.addresses[0]}, follow_redirects=False)
    ticket = re.match(r"([^;]+);", asked.headers["set-cookie"])[1]
    opened = ana.http.post(
        "/sign-in/code", data={"code": world.code()}, headers={"Cookie": ticket}, follow_redirects=False
    )
    ana.http.headers["Cookie"] = re.match(r"([^;]+);", opened.headers["set-cookie"])[1]


# -- headers and cookies -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/t/11", "/nothing", "/sign-out", "/static/relay.css", "/put-away"])
def test_every_answer_has_the_headers(ana: Browser, path: str) -> None:
    headers = ana.get(path).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "form-action 'self'" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["strict-transport-security"].startswith("max-age=")
    assert headers["permissions-policy"]
    assert "server" not in headers
    if path.startswith("/static"):
        assert "max-age=31536000" in headers["cache-control"]
    else:
        assert headers["cache-control"] == "no-store"


def test_pages_hold_no_inline_script_or_style(world: World, ana: Browser) -> None:
    world.post(WITH_LEE, LEE, "Hello")
    signed_in(world, ana)
    for path in ("/", "/t/11", "/put-away"):
        html = ana.get(path).text
        assert not re.search(r"<script(?![^>]* src=)|<style| style=| on[a-z]+=", html)


def test_cookies_over_https_are_bound_to_the_host(world: World, ana: Browser) -> None:
    asked = ana.http.post("/sign-in", data={"address": ANA.addresses[0]}, follow_redirects=False)
    ticket = asked.headers["set-cookie"]
    assert ticket.startswith("__Host-relay-code=")
    opened = ana.http.post(
        "/sign-in/code",
        data={"code": world.code()},
        headers={"Cookie": ticket.partition(";")[0]},
        follow_redirects=False,
    )
    assert opened.status_code == 303
    session, dropped = opened.headers.get_list("set-cookie")
    assert session.startswith("__Host-relay=")
    assert dropped.startswith('__Host-relay-code=""')
    for cookie in (ticket, session, dropped):
        assert {"secure", "httponly", "samesite=lax", "path=/"} <= set(cookie.lower().split("; "))
        assert "domain" not in cookie.lower()


def test_cookies_on_loopback_need_no_tls(stage: tuple[Stage, int]) -> None:
    world = World()
    stage[0].app = world.app
    one = browser(stage[1])
    with one.http:
        assert one.sign_in(world, ANA).status_code == 200
        assert "strict-transport-security" not in one.page.headers


def test_portal_below_a_path_keeps_to_it(stage: tuple[Stage, int]) -> None:
    world = World(url="http://127.0.0.1/messages")
    stage[0].app = world.app
    one = browser(stage[1])
    with one.http:
        assert one.get("/messages").text == one.get("/messages/").text
        assert one.get("/").status_code == one.get("/messages/t/11/").status_code == 404
        one.get("/messages/t/11")
        one.post("/messages/sign-in", {"address": ANA.addresses[0], "goal": "11"})
        one.post("/messages/sign-in/code", {"code": world.code()})
        assert one.page.url.path == "/messages/t/11"
        assert set(re.findall(r'(?:href|src|action)="(/[^/"?]*)', one.html)) == {"/messages"}


# -- other hosts, other sites ------------------------------------------------------------------------------------------

HOSTS = {
    "another": "evil.example",
    "none": "",
    "ours with more": "portal.elm.example.evil.example",
    "loopback": "127.0.0.1",
    "broken": "[::1",
}


@pytest.mark.parametrize("host", HOSTS.values(), ids=HOSTS)
def test_host_that_is_not_ours_is_turned_away(ana: Browser, host: str) -> None:
    page = ana.get("/", headers={"Host": host})
    assert page.status_code == 400
    assert "E-mail me a code" not in page.text


@pytest.mark.parametrize("host", ["portal.elm.example:443", "PORTAL.elm.example"])
def test_host_may_be_spelt_otherwise(ana: Browser, host: str) -> None:
    assert ana.get("/", headers={"Host": host}).status_code == 200


ELSEWHERE = {
    "another site": {"Origin": "https://evil.example"},
    "opaque": {"Origin": "null"},
    "plain http": {"Origin": "http://portal.elm.example"},
    "cross-site, no origin": {"Sec-Fetch-Site": "cross-site"},
    "same-site, no origin": {"Sec-Fetch-Site": "same-site"},
}


@pytest.mark.parametrize("headers", ELSEWHERE.values(), ids=ELSEWHERE)
@pytest.mark.parametrize("path", ["/sign-in", "/sign-in/code", "/sign-out", "/t/11"])
def test_form_from_elsewhere_is_turned_away(world: World, ana: Browser, path: str, headers: dict[str, str]) -> None:
    signed_in(world, ana)
    before = len(world.codes())
    assert ana.post(path, {"address": ANA.addresses[0], "text": "Hi"}, headers=headers).status_code == 403
    assert len(world.codes()) == before


@pytest.mark.parametrize(
    "headers", [{"Origin": URL}, {"Sec-Fetch-Site": "same-origin"}, {"Origin": URL.upper()}], ids=str
)
def test_form_of_ours_is_taken(world: World, ana: Browser, headers: dict[str, str]) -> None:
    page = ana.http.post("/sign-in", data={"address": ANA.addresses[0]}, headers=headers, follow_redirects=False)
    assert page.status_code == 303
    assert len(world.codes()) == 1


# -- broken and slow clients -------------------------------------------------------------------------------------------

FORM = "application/x-www-form-urlencoded"
BODIES = {
    "json": (b"{}", "application/json", 415),
    "multipart": (b"--x--", "multipart/form-data; boundary=x", 415),
    "no type": (b"address=a", "", 415),
    "not ascii": (b"address=\xff", FORM, 400),
    "bad utf-8": (b"address=%ff", FORM, 400),
    "many fields": (b"&".join(b"a=1" for _ in range(50)), FORM, 400),
    "long": (b"address=" + b"a" * 10_000, FORM, 413),
}


@pytest.mark.parametrize(("body", "kind", "status"), BODIES.values(), ids=BODIES)
def test_body_that_is_no_form_gets_our_page(ana: Browser, body: bytes, kind: str, status: int) -> None:
    page = ana.http.post("/sign-in", content=body, headers={"Content-Type": kind} if kind else {})
    assert page.status_code == status
    assert ORGANISATION.emergency in page.text


def test_the_front_in_the_docs_lets_the_longest_form_through() -> None:
    megabytes = re.search(r"client_max_body_size (\d+)m;", Path("docs/running.md").read_text())
    assert int(megabytes[1]) * 1024 * 1024 >= forms.LONG_FORM


def test_body_that_drips_is_cut_off(world: World, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "READ_WITHIN", 0.2)
    head = f"POST /sign-in HTTP/1.1\r\nHost: {OURS['Host']}\r\nContent-Type: {FORM}\r\nContent-Length: 100\r\n\r\naddr"
    with socket.create_connection(("127.0.0.1", port), timeout=10) as slow:
        slow.sendall(head.encode())
        assert slow.recv(64).startswith(b"HTTP/1.1 408 ")
    assert world.lines == []


KIB = 1024


@contextmanager
def half_sent(port: int, count: int, octets: int) -> Iterator[list[socket.socket]]:
    """Clients that send so much of a long message and no more."""
    head = (
        f"POST /t/11 HTTP/1.1\r\nHost: {OURS['Host']}\r\nContent-Type: {FORM}\r\nContent-Length: 3000000\r\n\r\ntext="
    )
    with ExitStack() as stack:
        slow = [
            stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10)) for _ in range(count)
        ]  # fmt: skip
        for one in slow:
            one.sendall(head.encode() + b"a" * (octets - 5))
        yield slow


@pytest.fixture
def small_rooms(
    world: World, stage: tuple[Stage, int], port: int, monkeypatch: pytest.MonkeyPatch
) -> tuple[forms.Room, ...]:
    rooms = forms.Room(100 * KIB), forms.Room(400 * KIB)
    sizes = {forms.OF_ANYBODY: rooms[0], forms.OF_PEOPLE: rooms[1]}
    monkeypatch.setattr(views, "Room", lambda octets: sizes[octets])
    stage[0].app = world.build()
    return rooms


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.01)


def long_post(ana: Browser, octets: int) -> httpx.Response:
    page = ana.get("/t/11")
    token, once = (re.search(rf'name="{name}" value="([^"]*)"', page.text)[1] for name in ("form_token", "once"))
    fields = {"form_token": token, "once": once, "text": "a" * octets}
    return ana.http.post("/t/11", data=fields, follow_redirects=False)


def stranger_posts(port: int, octets: int) -> httpx.Response:
    with browser(port, headers=OURS).http as fresh:
        return fresh.post("/t/11", data={"text": "a" * octets})


def test_strangers_who_send_much_leave_room_for_who_is_signed_in(
    world: World, port: int, ana: Browser, small_rooms: tuple[forms.Room, ...]
) -> None:
    signed_in(world, ana)
    with half_sent(port, 2, 48 * KIB):  # 40 KiB each beyond a small form, of 100
        until(lambda: small_rooms[0]._free == 20 * KIB)
        page = stranger_posts(port, 30 * KIB)
        assert page.status_code == 503
        assert page.headers["retry-after"] == "10"
        assert ORGANISATION.emergency in page.text
        assert stranger_posts(port, 7 * KIB).status_code == 401
        assert long_post(ana, 300 * KIB).status_code == 303
        with half_sent(port, 3, 48 * KIB) as more:  # what is too much is read to its end, and then answered
            for one in more:
                one.sendall(b"a" * (3_000_000 - 48 * KIB))
                assert one.recv(12) == b"HTTP/1.1 503"
    until(lambda: small_rooms[0]._free == 100 * KIB)
    page = stranger_posts(port, 90 * KIB)
    assert "a" * (90 * KIB) in page.text  # whose session ended meanwhile loses nothing
    assert "internal-error" not in world.events()


def test_a_connection_that_sends_much_holds_little() -> None:
    """What waits to be read is held for each of a thousand connections."""
    held: list[int] = []

    async def slow(_scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(0.5)
        held.append(len((await receive())["body"]))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body"})

    with served(Web(slow)) as web, half_sent(web.port, 1, 1000 * KIB) as sockets:
        assert sockets[0].recv(12) == b"HTTP/1.1 200"
    assert held[0] <= 96 * KIB


def test_a_room_is_free_again_however_a_form_ends(
    world: World,
    port: int,
    ana: Browser,
    small_rooms: tuple[forms.Room, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    signed_in(world, ana)
    with monkeypatch.context() as hasty:
        hasty.setattr(forms, "READ_WITHIN", 0.3)
        with half_sent(port, 2, 48 * KIB) as slow:
            assert [one.recv(12) for one in slow] == [b"HTTP/1.1 408"] * 2
    with browser(port, headers=OURS).http as fresh:
        for body, status in ((b"text=" + b"%ff" * 30 * KIB, 400), (b"text=" + b"a" * 98 * KIB, 401)) * 2:
            assert fresh.post("/t/11", content=body, headers={"Content-Type": FORM}).status_code == status
    for _ in range(3):
        assert long_post(ana, 380 * KIB).status_code == 303
    assert long_post(ana, 520 * KIB).status_code == 503
    until(lambda: [room._free for room in small_rooms] == [100 * KIB, 400 * KIB])


def test_client_that_hangs_up_leaves_no_trace(world: World, port: int, ana: Browser) -> None:
    head = f"POST /sign-in HTTP/1.1\r\nHost: {OURS['Host']}\r\nContent-Type: {FORM}\r\nContent-Length: 100\r\n\r\naddr"
    with socket.create_connection(("127.0.0.1", port), timeout=10) as gone:
        gone.sendall(head.encode())
    assert ana.get("/").status_code == 200
    assert world.lines == []


def test_unexpected_error_shows_our_page_and_is_logged_by_place(
    world: World, ana: Browser, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("Ana said: secret")

    signed_in(world, ana)
    monkeypatch.setattr(world.store.people, "threads", fail)
    page = ana.get("/")
    assert page.status_code == 500
    assert ORGANISATION.emergency in page.text
    assert "Traceback" not in page.text
    assert world.events()[-1] == "internal-error"
    assert "secret" not in page.text + "".join(world.lines)
    assert capfd.readouterr() == ("", "")  # and nothing went round the log


@pytest.mark.parametrize("method", ["PUT", "DELETE", "TRACE", "OPTIONS"])
def test_other_methods_are_not_there(ana: Browser, method: str) -> None:
    assert ana.http.request(method, "/t/11").status_code == 405


def test_visitors_are_told_apart_behind_a_front_on_loopback(world: World, port: int) -> None:
    for number in range(40):
        one = browser(port, headers={**OURS, "X-Forwarded-For": f"2001:db8:0:{number}::1"})
        with one.http:
            asked = one.http.post("/sign-in", data={"address": f"p{number}@x.example"}, follow_redirects=False)
            assert asked.status_code == 303


@pytest.mark.parametrize("path", ["/sign-in", "/sign-in/code"])
def test_strangers_cannot_tell_by_the_time(stage: tuple[Stage, int], path: str) -> None:
    stage[0].app = World(sign_in_takes=0.2).app
    one = browser(stage[1])
    with one.http:
        for address in (ANA.addresses[0], "nobody@home.example"):
            answer = one.http.post(path, data={"address": address, "code": "x"}, follow_redirects=False)
            assert answer.elapsed.total_seconds() >= 0.2


# -- the server --------------------------------------------------------------------------------------------------------


def test_web_stops_without_having_started(world: World) -> None:
    asyncio.run(Web(world.app).stop())


class Counted(forms.Room):
    asked = 0

    def lend(self, octets: int) -> bool:
        self.asked += 1
        return super().lend(octets)


def test_a_form_that_comes_in_drops_costs_no_more_than_its_length() -> None:
    room = Counted(1000 * KIB)

    async def drip() -> None:
        loan = forms.Loan(room, forms.Room(0), _never)
        for octets in range(400 * KIB):
            assert await loan.grow(octets)
        loan.end()
        loan.end()

    async def _never() -> bool:
        return False

    asyncio.run(drip())
    assert room.asked <= 400 * KIB // forms.STEP + 1
    assert room.lend(1000 * KIB)  # all of it is back
