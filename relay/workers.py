"""`relay serve --workers N`: a parent and N relays that share the SMTP port and the store (DESIGN: Growing).

The parent takes no mail. It listens, and the workers accept from its socket: who is less busy is quicker, and a client
that waits outlives a worker. (With SO_REUSEPORT the system would deal clients out by chance, also to the dead.) It
starts the workers, each this same command with its number, and hands on signals: SIGTERM ends all, SIGHUP checks and
applies the folder once and has all of them read it. A worker that dies is started anew, after a pause that doubles
while it keeps dying; one that ends with 1 or 2 has said what is wrong, and ends the others. A worker whose parent is
gone ends at once: what got its 250 is on disk (DESIGN: 250 means durable). Every worker takes SMTP and sends what it
owes, on a processor of its own; what there is one of (portal, operator's page, scheduler) is with the first.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence

from prometheus_client.multiprocess import mark_process_dead

from relay.events import Event, Log

SAID_WHY = (1, 2)  #: exit codes after which starting anew would change nothing, of a worker that has never worked
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  #: seconds
STEADY = 10.0  #: seconds after which a worker's death counts as the first
COUNTS = "PROMETHEUS_MULTIPROC_DIR"  #: where the workers' metrics meet (prometheus-client's name for it)


class Workers:
    """The parent."""

    def __init__(
        self,
        count: int,
        command: Sequence[str],
        env: Mapping[str, str],
        *,
        listening: socket.socket,
        log: Log,
        check: Callable[[], bool],
    ) -> None:
        """Take how many, what each runs, where, and what brings the folder in line (False: nothing is to change)."""
        self._count = count
        self._command = command
        self._env = env
        self._listening = listening
        self._log = log
        self._check = check
        self._running: dict[int, asyncio.subprocess.Process] = {}
        self._ended = asyncio.Event()
        self._again = asyncio.Event()
        self._code = 0

    async def run(self) -> int:
        """Keep the workers running until SIGTERM or SIGINT; give the exit code."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._ended.set)
        loop.add_signal_handler(signal.SIGHUP, self._again.set)
        with tempfile.TemporaryDirectory(prefix="relay-metrics-") as counts:
            reloading = asyncio.create_task(self._reload())
            keeping = [asyncio.create_task(self._keep(number, counts)) for number in range(1, self._count + 1)]
            await self._ended.wait()
            self._signal(signal.SIGTERM)
            await asyncio.gather(*keeping)
            reloading.cancel()
        return self._code

    async def _keep(self, number: int, counts: str) -> None:
        """Run one worker, and run it again when it dies."""
        loop, pause, was_steady = asyncio.get_running_loop(), FIRST_PAUSE, False
        while not self._ended.is_set():
            started = loop.time()
            process = await asyncio.create_subprocess_exec(
                *self._command,
                "--worker",
                str(number),
                "--listening",
                str(self._listening.fileno()),
                pass_fds=(self._listening.fileno(),),
                stdin=asyncio.subprocess.PIPE,
                env={**self._env, COUNTS: counts},
            )
            self._running[number] = process
            if self._ended.is_set():  # it was said while the process was being made
                process.terminate()
            code = await process.wait()
            del self._running[number]
            mark_process_dead(process.pid, counts)  # type: ignore[no-untyped-call]
            if self._ended.is_set():
                self._code = self._code or code
                return
            self._log.say(Event.WORKER_ENDED, worker=number, code=code)
            steady = loop.time() - started > STEADY
            was_steady = was_steady or steady
            if code in SAID_WHY and not was_steady:
                self._code = code
                self._ended.set()
                return
            pause = FIRST_PAUSE if steady else pause
            await self._rest(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _rest(self, seconds: float) -> None:
        waiting = asyncio.create_task(self._ended.wait())
        await asyncio.wait([waiting], timeout=seconds)
        waiting.cancel()

    async def _reload(self) -> None:
        while True:
            await self._again.wait()
            self._again.clear()
            if await self._is_in_line():
                self._signal(signal.SIGHUP)
            else:
                self._log.say(Event.RELOAD_REFUSED)

    async def _is_in_line(self) -> bool:
        try:
            return await asyncio.to_thread(self._check)
        except Exception as error:  # noqa: BLE001 - whatever it is, what serves now goes on
            self._log.trouble("reload", error)
            return False

    def _signal(self, number: signal.Signals) -> None:
        for process in self._running.values():
            process.send_signal(number)


def end_with_parent() -> None:
    """In a worker: end at once when the parent is gone, which holds the other end of our stdin."""
    os.set_blocking(sys.stdin.fileno(), False)
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), _parent_is_gone)


def _parent_is_gone() -> None:
    if not os.read(sys.stdin.fileno(), 1):
        os._exit(1)


def keep_to_one_processor(number: int) -> None:
    """In a worker: let all threads run on one processor. They take turns anyway, as Python's threads do.

    On several, each turn wakes another processor: that was half of all time (`make bench`, 1.5 to 1.6 times the mails).
    """
    processors = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {processors[(number - 1) % len(processors)]})
