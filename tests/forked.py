"""Processes that begin with everything imported: a start of `relay serve` costs a second of processor time otherwise.

A fork server of the standard library imports PRELOADED once for each process that runs tests; each relay is a fork of
it, a process of its own with its own pid, signals, environment and exit code. What an admin starts (an interpreter of
its own) is started by tests of its own: tests/live.py, Practice.start(own=True).
"""

from __future__ import annotations

import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
PRELOADED = ["relay.commands.serve", "relay.serving", "relay.wiring", "relay.portal.server", "uvicorn", "tests.forked"]
SERVER = multiprocessing.get_context("forkserver")
SERVER.set_forkserver_preload(PRELOADED)


class Forked:
    """A running module, with the part of subprocess.Popen that tests use."""

    def __init__(self, module: str, words: Sequence[str], env: Mapping[str, str], log: Path) -> None:
        """Run `python -m module words…`; stdout and stderr are appended to `log`."""
        self._process = SERVER.Process(target=_run, args=(module, list(words), dict(env), str(log)))
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


def _run(module: str, words: list[str], env: dict[str, str], log: str) -> None:
    told = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for standard in (1, 2):
        os.dup2(told, standard)
    os.close(told)
    os.environ.clear()
    os.environ.update(env)
    os.chdir(ROOT)
    sys.argv = [module, *words]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
