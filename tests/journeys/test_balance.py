"""`relay journal --balance`: every inbound mail ended in one outcome, and where one did not, it is named."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live import Captive, Practice, a_reply, practice


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    with Captive() as smarthost, practice(tmp_path_factory.mktemp("balance"), smarthost.port) as made:
        made.start()
        yield made


def test_a_running_relays_journal_balances_until_somebody_takes_something_out(running: Practice) -> None:
    to, ended = running.address("ana", "lee", "ana"), running.address("bo", "lee", "bo")
    octets = a_reply(to, "Canary words")
    assert running.send(octets, to)[0] == running.send(octets, to)[0] == 250
    assert running.send(a_reply(to, "I am away", Auto_Submitted="auto-replied"), to)[0] == 250
    assert running.send(a_reply(ended, "Canary words", "bo@client.test"), ended, "bo@client.test")[0] == 550
    running.ok("post", "--from", "lee", "--to", "ana", "Canary words")
    running.ok("post", "--from", "bo", "--to", "support", "Canary words")

    told = running.ok("journal", "--balance")
    assert told.splitlines() == [
        "receipts: 6", "stored: 3", "refused: 1", "consumed: 2", "on the way: 0 deferred, 0 held", "messages: 3",
        "balanced: yes",
    ]  # fmt: skip
    found = running.json("journal", "--balance")
    assert (found["balanced"], found["problems"], found["on_the_way"]) == (True, [], {"deferred": 0, "held": 0})
    assert running.json("journal", "--balance", "--since", "2999-01-01T00:00:00Z")["receipts"] == 0
    assert running.json("journal", "--balance", "--since", "1h")["receipts"] == 6

    first = running.json("journal")[0]["receipt"]
    _take_out_the_message_of(first, running.folder)
    code, out, _ = running.run("journal", "--balance")
    assert code == 1
    assert f"receipt {first}: stored, but its message is not there\n" in out
    assert out.endswith("balanced: no\n")
    code, out, _ = running.run("journal", "--balance", "--json")
    found = json.loads(out)
    assert (code, found["balanced"], found["problems"][0]["receipt"]) == (1, False, first)
    assert "canary" not in (told + out).lower()


def _take_out_the_message_of(receipt: str, folder: Path) -> None:
    with contextlib.closing(sqlite3.connect(folder / "relay.db")) as database:
        database.execute(
            "DELETE FROM message WHERE id = (SELECT message FROM receipt WHERE id = ?)", (int(receipt, 16),)
        )
        database.commit()
