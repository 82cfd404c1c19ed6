"""`relay demo`: the story plays by itself; and by hand, its Reply button sends real SMTP."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx

from tests.live import ROOT


def test_the_script_plays_the_whole_story(tmp_path: Path) -> None:
    start = time.monotonic()
    run, env = [sys.executable, "-m", "relay", "demo", "--script"], {**os.environ, "TMPDIR": str(tmp_path)}
    done = subprocess.run(run, capture_output=True, text=True, timeout=120, check=False, cwd=ROOT, env=env)
    assert done.returncode == 0, done.stderr
    steps = re.findall(r"(?m)^(\d+)\. [^:]+: .+$", done.stdout)
    assert [int(step) for step in steps] == list(range(1, 11))
    assert "550 5.7.1 " in done.stdout
    told = (ROOT / "README.md").read_text().partition("1. the practice")[2].partition("```")[0]
    assert told_alike(told) == told_alike(done.stdout.partition("1. the practice")[2])
    assert list(tmp_path.iterdir()) == []  # the practice is thrown away
    assert time.monotonic() - start < 60  # 3 s by itself; the bound of 20 s is for a machine that does nothing else


def told_alike(story: str) -> list[str]:
    """Only the receipts differ each time."""
    return [re.sub(r"Kept as [0-9a-f]{16}$", "Kept as", line).rstrip() for line in story.splitlines()]


def test_by_hand_the_reply_button_sends_real_smtp(tmp_path: Path) -> None:
    demo = subprocess.Popen(
        [sys.executable, "-m", "relay", "demo"], stdout=subprocess.PIPE, text=True, cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path), "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    try:
        assert demo.stdout is not None
        lines = [demo.stdout.readline() for _ in range(4)]
        mailbox, portal = (re.search(r"http://\S+", line)[0] for line in lines[:2])  # type: ignore[index]
        with httpx.Client(base_url=mailbox, timeout=20, follow_redirects=True) as page:
            _wait(page, "ana@client.test")
            for program in ("gmail", "outlook", "apple"):
                shown = page.post("/1/reply", data={"text": f"Answer from {program}", "program": program})
                assert "250 2.0.0 Kept as" in shown.text
            raw = page.get("/1/raw").text
            assert "Welcome!" not in raw
            assert f"{portal}/t/" in raw.replace("=\r\n", "")
            assert "Answer from" not in page.get("/1/rendered").text
            _wait(page, "lee@practice.test")
        assert httpx.get(portal, timeout=20).status_code == 200
    finally:
        demo.send_signal(signal.SIGINT)
        assert demo.wait(30) == 0
        demo.stdout.close()
    assert list(tmp_path.iterdir()) == []


def _wait(page: httpx.Client, words: str) -> None:
    end = time.monotonic() + 20
    while words not in page.get("/").text:
        assert time.monotonic() < end
        time.sleep(0.05)
