"""Processes that begin with everything imported: each start of `relay` costs a second of processor time otherwise.

A fork server of the standard library imports PRELOADED once for each process that runs tests; each `relay` is a fork of
it, a process of its own with its own pid, signals, environment and exit code. What an admin starts (an interpreter of
its own) is started by tests of their own: Practice.start(own=True) in tests/live.py, tests/unit/test_cli.py.
"""

from __future__ import annotations

import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
NOTHING = Path(os.devnull)
PRELOADED = [
    "relay.commands.serve", "relay.serving", "relay.wiring", "relay.portal.server", "uvicorn",
    "flanker.mime", "flanker.addresslib.address", "tests.forked",
]  # fmt: skip
SERVER = multiprocessing.get_context("forkserver")
SERVER.set_forkserver_preload(PRELOADED)


class Forked:
    """A running module, with the part of subprocess.Popen that tests use."""

    def __init__(
        self, module: str, words: Sequence[str], env: Mapping[str, str], out: Path, err: Path, stdin: Path = NOTHING
    ) -> None:  # fmt: skip
        """Run `python -m module words…`; stdout and stderr are appended to files."""
        self._process = SERVER.Process(target=_run, args=(module, list(words), dict(env), stdin, out, err))
        self._process.start()
        self.pid: int = self._process.pid or 0

    def poll(self) -> int | None:
        """Give the exit code (negative: the signal), None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; give the exit code. Raises subprocess.TimeoutExpired."""
        self._process.join(timeout)
        if (code := self.poll()) is None:
            raise subprocess.TimeoutExpired("a forked relay", timeout or 0.0)
        return code

    def send_signal(self, number: int) -> None:
        """Send it a signal, if it still runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill -9."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)


def command(module: str, words: Sequence[str], env: Mapping[str, str], stdin: bytes = b"") -> tuple[int, str, str]:
    """Run a module to its end; give exit code, stdout, stderr."""
    with tempfile.TemporaryDirectory() as folder:
        given, out, err = (Path(folder, name) for name in ("in", "out", "err"))
        given.write_bytes(stdin)
        code = Forked(module, words, env, out, err, given).wait(120)
        return code, out.read_text(), err.read_text()


def _run(module: str, words: list[str], env: dict[str, str], stdin: Path, out: Path, err: Path) -> None:
    os.dup2(os.open(stdin, os.O_RDONLY), 0)
    for standard, file in ((1, out), (2, err)):
        os.dup2(os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), standard)
    encoding, _, errors = env.get("PYTHONIOENCODING", "utf-8:strict").partition(":")
    sys.stdin, sys.stdout, sys.stderr = (
        open(number, mode, encoding=encoding, errors=errors, closefd=False, buffering=1)  # noqa: SIM115
        for number, mode in enumerate("rww")
    )
    os.environ.clear()
    os.environ.update(env)
    os.chdir(ROOT)
    sys.argv = [module, *words]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
