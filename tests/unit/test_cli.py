"""The command line: -c anywhere, help with an example everywhere, one answer to a typo."""

from __future__ import annotations

import os
import subprocess
import sys
from email.message import EmailMessage
from importlib import import_module
from pathlib import Path

import pytest
import typer

from relay.cli import FAMILIES, _config_first
from tests import files
from tests.live import ROOT

COMMANDS = [name for names in FAMILIES.values() for name in names if name != "audit"]
WORDS = {
    "before": (["-c", "x", "check"], (["-c", "x"], ["check"])),
    "after": (["check", "-c", "x"], (["-c", "x"], ["check"])),
    "long": (["check", "--config", "x"], (["--config", "x"], ["check"])),
    "with a sign": (["check", "--config=x"], (["--config=x"], ["check"])),
    "glued": (["check", "-c/tmp"], (["-c/tmp"], ["check"])),
    "a reason that begins so": (["thread", "--reason", "-client asked"], ([], ["thread", "--reason", "-client asked"])),
    "behind two dashes it is text": (["post", "--", "-c", "x", "-cx"], ([], ["post", "--", "-c", "x", "-cx"])),
    "without its value": (["check", "-c"], ([], ["check", "-c"])),
}


def relay(*words: str) -> subprocess.CompletedProcess[str]:
    run = [sys.executable, "-m", "relay", *words]
    return subprocess.run(run, capture_output=True, text=True, timeout=60, check=False, cwd=ROOT, env=os.environ)


@pytest.mark.parametrize(("words", "parted"), WORDS.values(), ids=WORDS)
def test_the_config_folder_may_stand_anywhere(words: list[str], parted: tuple[list[str], list[str]]) -> None:
    assert _config_first(words) == parted


@pytest.mark.parametrize(
    "command", [[name] for name in COMMANDS] + [["audit", "show"], ["audit", "verify"]], ids=" ".join
)
def test_every_command_has_help_with_an_example(command: list[str]) -> None:
    done = relay(*command, "--help")
    assert done.returncode == 0, done.stderr
    assert f"Example: relay {' '.join(command)}" in done.stdout.replace(" -c config", "")


def test_help_lists_every_command() -> None:
    shown = relay("--help").stdout
    for name in (*COMMANDS, "audit"):
        assert f"\n  {name} " in shown


def test_a_typo_is_usage() -> None:
    done = relay("sevre")
    assert done.returncode == 2
    assert "No such command 'sevre'" in done.stderr
    assert "Traceback" not in done.stderr


def test_extract_needs_no_config_folder(tmp_path: Path) -> None:
    mail = b"From: a@b.test\r\nSubject: Re: x\r\n\r\nHello\r\n\r\nOn Monday Lee <l@b.test> wrote:\r\n> old\r\n"
    done = subprocess.run(
        [sys.executable, "-m", "relay", "extract"], input=mail, capture_output=True, timeout=60, check=True,
        cwd=ROOT, env={**os.environ, "RELAY_CONFIG": str(tmp_path / "none")},
    )  # fmt: skip
    assert b'"text": "Hello"' in done.stdout
    assert b'"kind": "message"' in done.stdout
    assert b'"refusal": null' in done.stdout


def test_what_libraries_warn_of_stays_unsaid() -> None:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "a@b.test", "Re: x"
    mail.set_content("Hello")
    mail.add_attachment(files.jpeg_with_odd_exif(), "image", "jpeg", filename="a.jpg")
    run = [sys.executable, "-m", "relay", "extract"]
    done = subprocess.run(run, input=mail.as_bytes(), capture_output=True, timeout=60, check=True, cwd=ROOT)
    assert b'"type": "image/jpeg"' in done.stdout
    assert done.stderr == b""


def test_every_command_is_imported_with_its_family_alone() -> None:
    for family, names in FAMILIES.items():
        alone = typer.Typer()
        import_module(f"relay.commands.{family}").register(alone)
        named = [one.name or one.callback.__name__ for one in alone.registered_commands]  # type: ignore[union-attr]
        assert {*named, *(group.name for group in alone.registered_groups)} == set(names)
