"""What a process listens on: it outlives the doors, moves when the config does, and says what it cannot have."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from relay.places import Listen
from relay.sockets import NotListening, Sockets

ANYWHERE = Listen("127.0.0.1", 0)


@pytest.fixture
def sockets() -> Iterator[Sockets]:
    made = Sockets()
    yield made
    made.open({})


def port(sockets: Sockets, key: str) -> int:
    with sockets.of(key) as one:
        found: int = one.getsockname()[1]
        return found


def is_open(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 5).close()
    except ConnectionRefusedError:
        return False
    return True


def test_whoever_comes_between_two_doors_waits_in_line(sockets: Sockets) -> None:
    sockets.open({"a": ANYWHERE})
    sockets.of("a").close()  # the first door
    with socket.create_connection(("127.0.0.1", port(sockets, "a")), 5) as client:
        client.sendall(b"x")
        sockets.open({"a": ANYWHERE})
        with sockets.of("a") as door:
            door.settimeout(5)
            with door.accept()[0] as met:
                assert met.recv(1) == b"x"


def test_what_stays_where_it_is_stays_open_and_the_rest_is_closed(sockets: Sockets) -> None:
    sockets.open({"a": ANYWHERE, "b": ANYWHERE})
    a, b = port(sockets, "a"), port(sockets, "b")
    sockets.open({"a": ANYWHERE, "b": Listen("::1", 0)})
    assert port(sockets, "a") == a
    assert (is_open(a), is_open(b)) == (True, False)
    sockets.open({})
    assert not is_open(a)


def test_a_port_that_is_taken_is_told_by_its_key_and_changes_nothing(sockets: Sockets) -> None:
    sockets.open({"a": ANYWHERE, "b": ANYWHERE})
    a, b = port(sockets, "a"), port(sockets, "b")
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = Listen("127.0.0.1", other.getsockname()[1])
        with pytest.raises(NotListening, match=rf"^b: {taken} is taken by another process"):
            sockets.open({"a": Listen("::1", 0), "b": taken})
    assert (port(sockets, "a"), port(sockets, "b")) == (a, b)
    assert is_open(a)
    assert is_open(b)


def test_a_name_of_both_families_is_listened_to_by_ipv4(sockets: Sockets) -> None:
    sockets.open({"a": Listen("localhost", 0)})
    with sockets.of("a") as one:
        assert one.getsockname()[0] == "127.0.0.1"


def test_what_cannot_be_done_after_all_leaves_the_doors_as_they_are(sockets: Sockets) -> None:
    sockets.open({"a": ANYWHERE})
    a = port(sockets, "a")
    with socket.create_server(("127.0.0.1", 0)) as other:
        b = other.getsockname()[1]
    with pytest.raises(ZeroDivisionError), sockets.opening({"b": Listen("127.0.0.1", b)}):
        assert (is_open(a), is_open(b)) == (True, True)
        1 / 0  # noqa: B018
    assert (is_open(a), is_open(b)) == (True, False)
    assert port(sockets, "a") == a
