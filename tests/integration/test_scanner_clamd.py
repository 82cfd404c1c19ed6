"""Debian's clamd, with a database of one signature: what it says of files, alone and on the whole way of a mail."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from inbound.scanner import Scanner
from relay.domain import Scan
from tests.clamd import EICAR, Scanning, clamd
from tests.live import Captive, Practice, a_reply, practice

MIB = 1 << 20
CONTENTS: dict[str, tuple[bytes, Scan]] = {
    "clean": (b"name,value\na,1\n", "clean"),
    "empty": (b"", "clean"),
    "eicar": (EICAR, "malware"),
    "eicar_within": (b"name,value\n" + EICAR + b"\n", "malware"),
    "just_below_its_limit": (b"a,b\n" * (MIB // 4 - 1), "clean"),
    "over_its_limit": (bytes(2 * MIB), "down"),
    "eicar_over_its_limit": (EICAR + bytes(18 * MIB), "down"),
}


@pytest.fixture(scope="module")
def daemon() -> Iterator[Scanning]:
    with clamd() as scanning:
        yield scanning


@pytest.mark.parametrize(("content", "verdict"), CONTENTS.values(), ids=CONTENTS)
def test_clamd_says_of_a_file(content: bytes, verdict: Scan, daemon: Scanning) -> None:
    assert Scanner(daemon.place).scan(content) == verdict


def test_clamd_is_asked_by_its_socket_file_and_down_once_stopped() -> None:
    with clamd(socket_file=True) as scanning:
        scanner = Scanner(scanning.place)
        assert [scanner.scan(b"a file"), scanner.scan(EICAR)] == ["clean", "malware"]
        scanning.stop()
        assert scanner.scan(b"a file") == "down"


# -- on the whole way --------------------------------------------------------------------------------------------------


def with_file(to: str, content: bytes) -> bytes:
    """Write a mail with a text and a CSV file."""
    file = base64.encodebytes(content).decode().replace("\n", "\r\n")
    head, _, text = a_reply(to, "See the file.").decode().partition("\r\n\r\n")
    kept = "\r\n".join(line for line in head.split("\r\n") if not line.startswith(("Content-", "MIME-")))
    return (
        f"{kept}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        f"--b\r\nContent-Type: text/plain\r\n\r\n{text}\r\n"
        f"--b\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename=list.csv\r\n"
        f"Content-Transfer-Encoding: base64\r\n\r\n{file}\r\n--b--\r\n"
    ).encode()


def reason(running: Practice) -> str | None:
    found: str | None = running.json("journal")[-1]["reason"]
    return found


def test_a_mail_with_malware_is_refused_and_waits_while_the_scanner_is_down(tmp_path: Path) -> None:
    with (
        Captive() as smarthost,
        clamd() as scanning,
        practice(tmp_path, smarthost.port, RELAY_ATTACHMENTS__SCANNER=str(scanning.place)) as running,
    ):
        running.start()
        to = running.address("ana", "lee", "ana")

        code, line = running.send(with_file(to, b"day,weight\n1,70\n2,71\n"), to)
        assert (code, line[:5]) == (250, "2.0.0"), line
        assert [file["bytes"] for file in running.thread()[-1]["attachments"]] == [21]

        code, line = running.send(with_file(to, b"day,weight\n1," + EICAR + b"\n"), to)
        assert (code, line[:5], reason(running)) == (550, "5.7.1", "malware"), line
        assert "file 1" in line

        scanning.stop()
        code, line = running.send(with_file(to, b"day,weight\n1,70\n2,72\n"), to)
        assert (code, line[:5], reason(running)) == (451, "4.3.0", "scanner-down"), line
        assert "scanner: it could not tell" in running.get("readyz")[1]
        code, line = running.send(a_reply(to, "No file here."), to)
        assert code == 250, line
        assert [message["text"] for message in running.thread()] == ["See the file.", "No file here."]
        assert running.stop() == 0
