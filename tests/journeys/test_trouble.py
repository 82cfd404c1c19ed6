"""An admin in trouble: whatever is missing, damaged or no text, the answer is a sentence with what to do."""

from __future__ import annotations

import base64
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests import files
from tests.live import PEOPLE, RELATIONSHIPS, ROOT, a_reply, relay

STRICT = {"PYTHONIOENCODING": "utf-8:strict"}
RING = "keys/ring.db"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trouble") / "config"
    assert relay(folder, "init", str(folder))[0] == 0
    (folder / "people.csv").write_text(PEOPLE)
    (folder / "relationships.csv").write_text(RELATIONSHIPS)
    assert relay(folder, "apply")[0] == 0
    assert relay(folder, "post", "--from", "lee", "--to", "ana", "Hello")[0] == 0
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "config"))


def told(folder: Path, *words: str, stdin: bytes = b"") -> str:
    """Run a command that cannot do what it should; give its one sentence."""
    code, out, err = relay(folder, *words, env=STRICT, stdin=stdin)
    assert (code, out, err.count("\n")) == (1, "", 1), err
    return err


READING = ("thread", "ana", "lee", "--reason", "x")


@pytest.mark.parametrize("words", [READING, ("serve",), ("apply",), ("threads",)], ids=lambda words: words[0])
def test_ring_that_is_gone_is_told_before_anything_is_done(folder: Path, words: tuple[str, ...]) -> None:
    (folder / RING).unlink()
    for _ in range(2):  # the first try must not have made one
        assert told(folder, *words).startswith("there is no key ring at keys.ring, but a store at store.url; restore")
        assert not (folder / RING).exists()


def test_check_tells_a_key_that_does_not_open_the_ring(folder: Path) -> None:
    assert relay(folder, "check")[:2] == (0, "")
    before = {path: path.stat().st_mtime_ns for path in (folder / "keys").iterdir()}
    assert (
        "this key does not open the key ring"
        in relay(folder, "check", env={"KEK": "0" * 64, "RELAY_KEYS__SOURCE": "env:KEK"})[1]
    )
    assert {path: path.stat().st_mtime_ns for path in (folder / "keys").iterdir()} == before
    (folder / "keys/master.key").write_text("0123456789abcdef" * 4 + "\n")
    code, out, _ = relay(folder, "check")
    number = (folder / "relay.toml").read_text().splitlines().index('source = "file:keys/master.key"') + 1
    assert code == 1
    assert out.startswith(f"{folder}/relay.toml:{number}: keys.source: this key does not open the key ring")
    (folder / RING).unlink()
    assert "keys.ring: there is a store, and no key ring for it" in relay(folder, "check")[1]
    assert not (folder / RING).exists()
    (folder / RING).write_bytes(os.urandom(20_000))
    assert "keys.ring: the key ring is damaged" in relay(folder, "check")[1]


def test_ring_of_another_store_is_told(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    assert relay(other, "init", str(other))[0] == 0
    shutil.copyfile(folder / "keys/master.key", other / "keys/master.key")
    assert relay(other, "people")[0] == 0
    shutil.copyfile(other / RING, folder / RING)
    assert told(folder, "people").startswith("keys.ring: is not the key ring of this store; restore")


@pytest.mark.parametrize("words", [READING, ("serve",), ("apply",)], ids=lambda words: words[0])
def test_store_that_is_gone_passes_for_no_fresh_start(folder: Path, words: tuple[str, ...]) -> None:
    kept = (folder / "relay.db").read_bytes()
    (folder / "relay.db").unlink()
    for _ in range(2):  # the first try must not have made one
        assert told(folder, *words).startswith("there is no store at store.url, but the key ring has the keys of one;")
    (folder / "relay.db").write_bytes(kept)  # a store that is restored after its ring
    assert "Hello" in relay(folder, *READING)[1]
    (folder / "relay.db").unlink()
    (folder / RING).unlink()
    assert relay(folder, "apply")[0] == 0  # both are gone, as in a new folder
    assert relay(folder, *READING)[0] == 0


def test_store_that_is_made_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "config"
    assert relay(folder, "init", str(folder))[0] == 0
    said = "store.url: there was no store; a new one was made\n"
    assert relay(folder, "people")[2] == said
    assert relay(folder, "people")[2] == ""


PORTS = {"inbound.smtp.listen": "INBOUND__SMTP", "portal.listen": "PORTAL", "operator.listen": "OPERATOR"}


@pytest.mark.parametrize("key", PORTS)
def test_serve_names_the_key_of_a_port_that_is_taken(folder: Path, key: str) -> None:
    with ExitStack() as held:
        sockets = {name: held.enter_context(socket.create_server(("127.0.0.1", 0))) for name in PORTS}
        places = {name: f"127.0.0.1:{each.getsockname()[1]}" for name, each in sockets.items()}
        for name in PORTS.keys() - {key}:
            sockets[name].close()
        env = {f"RELAY_{PORTS[name]}__LISTEN": place for name, place in places.items()}
        code, out, err = relay(folder, "serve", env=env)
    assert (code, out) == (1, "")
    assert err.splitlines()[-1].startswith(f"{key}: {places[key]} is taken by another process")


@pytest.mark.parametrize("file", ["relay.db", RING])
def test_damaged_file_says_what_to_do(folder: Path, file: str) -> None:
    (folder / file).write_bytes(os.urandom(20_000))
    assert "restore it from a backup" in told(folder, "people")


def test_one_damaged_person_stops_nobody_else(folder: Path) -> None:
    with sqlite3.connect(folder / "relay.db") as database:
        database.execute("UPDATE person SET profile = zeroblob(80) WHERE id = 'kim'")
    database.close()
    assert relay(folder, *READING)[0] == 0
    assert told(folder, "people").startswith("a person in the store is damaged")


@pytest.mark.parametrize("words", ["-", b"caf\xe9"], ids=["on stdin", "as a word"])
def test_text_that_is_not_utf8_is_not_posted(folder: Path, words: str | bytes) -> None:
    said = told(folder, "post", "--from", "lee", "--to", "ana", os.fsdecode(words), stdin=b"caf\xe9")
    assert said.startswith("the text is not UTF-8")


def test_post_tells_which_file_was_left_out(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "plan.pdf").write_bytes(b"MZ" + bytes(500))  # a program by another name
    files = ("--file", str(tmp_path / "plan.pdf"))
    code, out, err = relay(folder, "post", "--from", "lee", "--to", "ana", *files, "With a file")
    assert (code, len(out.split()), err) == (0, 1, "file 1, of a type that is not accepted, was left out\n")


def test_post_says_what_is_true_on_the_command_line(folder: Path, tmp_path: Path) -> None:
    assert told(folder, "post", "--from", "lee", "--to", "ana").startswith("There is nothing to send yet.")
    (tmp_path / "plan.pdf").write_bytes(files.pdf())
    words = ("post", "--from", "lee", "--to", "ana", "--file", str(tmp_path / "plan.pdf"))
    with socket.create_server(("127.0.0.1", 0)) as held:
        down = f"clamd://127.0.0.1:{held.getsockname()[1]}"
    code, out, err = relay(folder, *words, env={"RELAY_ATTACHMENTS__SCANNER": down})
    assert (code, out) == (1, "")
    assert "We cannot check your files just now. Please send the message again in a minute.\n" in err


SENDERS = {
    "another person": ("ana", "bo@client.test", "decided by authenticate: refused, 550 5.7.1 We do not know"),
    "an ended relationship": ("bo", "bo@client.test", "decided by authorise: refused, 550 5.7.1 This care"),
    "a good one": ("ana", "ana@client.test", "decided by store: stored"),
}


@pytest.mark.parametrize(("client", "sender", "line"), SENDERS.values(), ids=SENDERS)
def test_explain_tells_which_stage_refused(folder: Path, tmp_path: Path, client: str, sender: str, line: str) -> None:
    address = relay(folder, "address", client, "lee", "--for", client)[1].strip()
    (tmp_path / "reply.eml").write_bytes(a_reply(address, "Hello", sender))
    believed = {"RELAY_INBOUND__TRUST__POLICY": "address-only"}
    code, out, err = relay(folder, "explain", str(tmp_path / "reply.eml"), env=believed)
    assert (code, err) == (0, "")
    assert f"\n{line}" in out
    assert ("stored" in out) == ("stored" in line)  # behind the stage that decides nothing ends


def test_init_over_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert told(tmp_path, "init", str(tmp_path / "file")).startswith(f"{tmp_path / 'file'} is there already")


def explained(at: Path, *words: str, stdin: bytes = b"", **env: str) -> subprocess.CompletedProcess[bytes]:
    """Run it as typed there, where no folder is named but by these words."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith("RELAY_")}
    run = [sys.executable, "-m", "relay", "explain", *words]
    mine["PYTHONPATH"] = str(ROOT)
    return subprocess.run(
        run, input=stdin, capture_output=True, timeout=60, check=False, cwd=at, env={**mine, **env}
    )  # fmt: skip


def test_explain_needs_the_folder_that_is_named(tmp_path: Path) -> None:
    mail = b"From: a@b.test\nSubject: Re: x\n\nHello.\n"
    assert b"there is no config folder" in explained(tmp_path, "-", stdin=mail).stdout  # nobody named one
    for done in (
        explained(tmp_path, "-", "-c", "none", stdin=mail),
        explained(tmp_path, "-", stdin=mail, RELAY_CONFIG="none"),
    ):
        assert (done.returncode, done.stdout) == (1, b"")
        assert b"none/relay.toml: cannot be read" in done.stderr


def test_explain_tells_the_stages_as_json(folder: Path, tmp_path: Path) -> None:
    mail = b"From: a@b.test\nTo: r.x@reply.example.org\nSubject: Re: x\n\nHello.\n"
    told = json.loads(explained(tmp_path, "-", "--json", "-c", str(folder), stdin=mail).stdout)
    assert told["decided_by"] == "identify"
    assert told["outcome"].startswith("refused, 550 5.1.1")
    assert [(row["stage"], row["reached"], row["ends"]) for row in told["stages"][:2]] == [
        ("identify", True, told["outcome"]), ("pace", False, None),
    ]  # fmt: skip
    (tmp_path / "elsewhere").mkdir()
    alone = json.loads(explained(tmp_path / "elsewhere", "-", "--json", stdin=mail).stdout)
    assert (alone["decided_by"], alone["outcome"]) == (None, None)
    assert all(row["lines"] for row in alone["stages"])


BROKEN = {
    "no JSON": (b"no", None),
    "no base64": (b'{"id": 7, "raw_b64": "!"}', 7),
    "no mail": (b'{"id": "a"}', "a"),
    "a number for a mail": (b'{"id": 7, "raw_b64": 7}', 7),
    "no end": (b'{"id": 7, "raw_b64": "DQp"}', 7),
    "a list": (b"[1]", None),
    "deep": (b"[" * 200_000, None),
    "no UTF-8": (b'"\xff"', None),
}


@pytest.mark.parametrize(("line", "known"), BROKEN.values(), ids=BROKEN)
def test_extract_answers_a_broken_line_and_goes_on(tmp_path: Path, line: bytes, known: object) -> None:
    code, out, err = relay(tmp_path, "extract", "--jsonl", stdin=line + b'\n{"id": 2, "raw_b64": "DQpoaQ=="}\n')
    first, second = map(json.loads, out.splitlines())
    assert (code, err, first["id"], first["text"], second["text"]) == (0, "", known, "", "hi")
    assert list(first) == [*second, "error"]
    assert (first["kind"], first["refusal"], first["attachments"]) == (None, None, [])


def test_extract_takes_base64_in_lines(tmp_path: Path) -> None:
    raw = base64.encodebytes(b"Subject: x\r\n\r\n" + b"Hello, Ana. " * 20).decode()
    assert raw.count("\n") > 3
    code, out, _ = relay(tmp_path, "extract", "--jsonl", stdin=json.dumps({"id": 1, "raw_b64": f" {raw}"}).encode())
    assert (code, json.loads(out)["text"]) == (0, ("Hello, Ana. " * 20).rstrip())
