"""Files are looked into by processes of their own: what they say, and what happens when a file ends one."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import inbound.workbench
from inbound.looker import READY
from inbound.workbench import Busy, Workbench
from relay.domain import FoundFile, Look
from relay.events import Event, Log
from relay.screen import screen
from relay.settings import Attachments
from tests import files
from tests.fakes import FakeClock
from tests.live import ROOT

FILES: dict[str, tuple[Any, bytes, Look]] = {
    "pdf": ("pdf", files.pdf(), "plain"),
    "pdf that runs": ("pdf", files.pdf("/OpenAction << /S /JavaScript /JS (x) >>"), "active"),
    "jpg": ("jpg", files.picture("JPEG"), "plain"),
    "png": ("png", files.picture("PNG"), "plain"),
    "docx": ("docx", files.docx(), "plain"),
    "doc": ("doc", files.doc(), "plain"),
    "csv": ("csv", files.CSV, "plain"),
    "no pdf": ("pdf", b"%PDF-", "unfit"),
    "nothing": ("csv", b"", "unfit"),
}
BAD = """
import os, signal, sys, time
import relay.looks
def bad(content):
    if content == b"crash": os.kill(os.getpid(), signal.SIGSEGV)
    if content == b"killed": os.kill(os.getpid(), signal.SIGKILL)
    if content == b"spin":
        while True: pass
    if content == b"sleep": time.sleep(600)
    if content == b"memory": bytearray(2 << 30)
    if content.startswith(b"/"): open(content, "wb", buffering=0).write(b"x")
    if content == b"print": print("plain words", flush=True); os.write(1, b"more")
    if content == b"secret": assert "RELAY_SECRET" not in os.environ
    return "plain"
def guarded(kind, content):
    try: return bad(content)
    except (MemoryError, OSError, AssertionError): return "unfit"
relay.looks.look = guarded
from inbound.looker import main
main(seconds=1, stuck=60)
"""


@pytest.fixture
def cuts() -> list[Any]:
    return []


@pytest.fixture
def bench(cuts: list[Any]) -> Iterator[Workbench]:
    def watch(event: Event, fields: dict[str, Any]) -> None:
        cuts.append((event, fields.get("reason")))

    made = Workbench(Log(FakeClock(), lambda _line: None, watch))
    yield made
    made.close()


def starts(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    real = subprocess.Popen

    def popen(_command: list[str], **more: Any) -> Any:
        return real([sys.executable, "-c", code], cwd=ROOT, **more)

    monkeypatch.setattr(inbound.workbench.subprocess, "Popen", popen)


@pytest.fixture
def bad(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have files looked into by a process that does what the file says."""
    starts(monkeypatch, BAD)


@pytest.mark.parametrize(("kind", "content", "look"), FILES.values(), ids=FILES)
def test_files_are_looked_into_as_in_the_room(bench: Workbench, kind: Any, content: bytes, look: Look) -> None:
    with bench.turn() as turn:
        assert turn(kind, content) == look


def test_files_of_a_mail_are_screened_on_the_bench(bench: Workbench, cuts: list[Any]) -> None:
    found = [
        FoundFile(position=no, name=f"a.{kind}", declared="text/csv" if kind == "csv" else "", content=content)
        for no, (kind, content, _) in enumerate(FILES.values(), 1)
    ]
    with bench.turn() as turn:
        screened = screen(found, Attachments(), has_text=True, look=turn)
    assert len(screened.kept) == 6
    assert [(each.position, each.flaw) for each in screened.left_out] == [(2, "active"), (8, "type"), (9, "type")]
    assert cuts == []


ENDS = {"crash": "crashed", "spin": "too-long", "sleep": "stuck", "killed": "killed"}


@pytest.mark.parametrize(("word", "why"), ENDS.items(), ids=ENDS)
def test_file_that_ends_the_process_is_unfit_and_the_next_mail_is_not(
    word: str, why: str, bench: Workbench, cuts: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    starts(monkeypatch, BAD.replace("stuck=60", "stuck=0.5") if why == "stuck" else BAD)
    with bench.turn() as turn:
        assert [turn("csv", each) for each in (b"good", word.encode(), b"good")] == ["plain", "unfit", "unfit"]
    with bench.turn() as turn:
        assert turn("csv", b"good") == "plain"
    assert cuts == [(Event.LOOK_CUT, why)]


def test_process_that_somebody_else_kills_is_no_files_fault(bench: Workbench, cuts: list[Any]) -> None:
    for _ in range(2):
        with bench.turn() as turn:
            assert turn("csv", files.CSV) == "plain"
        assert bench._looker is not None
        bench._looker._process.send_signal(signal.SIGTERM)  # it finishes its mails, so this does nothing
        bench._looker._process.kill()
    assert cuts == []


@pytest.mark.usefixtures("bad")
def test_process_has_little_memory_and_writes_nothing(bench: Workbench, tmp_path: Path) -> None:
    with bench.turn() as turn:
        assert turn("csv", b"memory") == "unfit"
        assert turn("csv", str(tmp_path / "file").encode()) == "unfit"
        assert turn("csv", b"good") == "plain"
    assert (tmp_path / "file").read_bytes() == b""


@pytest.mark.usefixtures("bad")
def test_process_has_no_secret_and_what_it_prints_is_no_answer(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RELAY_SECRET", "x")
    with bench.turn() as turn:
        assert turn("csv", b"secret") == "plain"
        assert turn("csv", b"print") == "plain"
        assert turn("csv", b"good") == "plain"


@pytest.mark.usefixtures("bad")
def test_too_many_that_wait_are_told_to_come_again(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbound.workbench, "PATIENCE", 0.1)
    with bench.turn() as one, bench.turn() as two:
        assert one("csv", b"x") == "plain"
        with pytest.raises(Busy):
            two("csv", b"x")
        monkeypatch.setattr(inbound.workbench, "PATIENCE", 60.0)
        monkeypatch.setattr(inbound.workbench, "WAITING", 0)
        with pytest.raises(Busy):
            two("csv", b"x")
    with bench.turn() as turn:
        monkeypatch.setattr(inbound.workbench, "WAITING", 1)
        assert turn("csv", b"x") == "plain"


def test_many_mails_at_once_are_looked_at_in_turn(bench: Workbench) -> None:
    seen: list[Look] = []

    def mail() -> None:
        for _ in range(3):
            with bench.turn() as turn:
                seen.extend(turn(kind, content) for kind, content, _ in FILES.values())

    threads = [threading.Thread(target=mail) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == sorted([look for _, _, look in FILES.values()] * 24)


def test_file_that_makes_a_process_grow_is_its_last(bench: Workbench) -> None:
    with bench.turn() as turn:
        assert turn("csv", files.CSV) == "plain"
        first = bench._looker
        assert turn("pdf", files.pdf_crowded(1_500_000)) == "plain"
        assert bench._looker is not first
        assert turn("csv", files.CSV) == "plain"


NONE = {"not started": "", "not installed as it was": "import no.such.module"}


@pytest.mark.parametrize("code", NONE.values(), ids=NONE)
def test_process_that_cannot_be_started_is_no_verdict(
    code: str, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_words: Any, **_more: Any) -> None:
        raise OSError(11, "no more processes")

    with monkeypatch.context() as bent:
        if code:
            starts(bent, code)
        else:
            bent.setattr(inbound.workbench.subprocess, "Popen", fail)
        for _ in range(2):  # a place that is lost would be missed the second time
            with bench.turn() as turn, pytest.raises(OSError, match=r"no more processes|no file can be looked into"):
                turn("csv", b"x")
    with bench.turn() as turn:
        assert turn("csv", files.CSV) == "plain"


def test_looker_leaves_when_its_parent_does() -> None:
    for half in (b"", b"\0\1\0\0\1\0half"):
        running = subprocess.Popen(
            [sys.executable, "-m", "inbound.looker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert running.communicate(half, timeout=20)[0] == READY
        assert running.returncode == 0


def test_the_folder_that_one_stands_in_gives_it_no_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "resource.py").write_text("raise SystemExit")
    monkeypatch.chdir(tmp_path)
    bench = Workbench(Log(FakeClock(), lambda _line: None, lambda _event, _fields: None))
    with bench.turn() as look:
        assert look("pdf", files.pdf()) == "plain"
    bench.close()
