"""What the benchmark runs on: the relay, its peers and a smarthost, as processes on loopback."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from relay.demo.folder import free_ports
from tests.bench.load import Order, spell
from tests.live import ROOT, Practice, practice

PAIRS = 100  #: relationships in the bench's practice
CONNECTIONS, MAILS = 20, 10
PATIENCE = 60.0  #: seconds
UNSIGNED = {"RELAY_OUTBOUND__DKIM_SELECTORS": "[]"}
OFF = {f"RELAY_LIMITS__{name}": "" for name in ("PER_PERSON", "PER_THREAD", "PER_IP", "SAME_TEXT")}


@contextmanager
def process(*words: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a module of ours until the block ends."""
    running = subprocess.Popen([sys.executable, "-m", *words], cwd=ROOT)
    try:
        yield running
    finally:
        running.terminate()
        running.wait(20)


def listening(port: int) -> None:
    """Wait until somebody listens there."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise SystemExit(f"nothing listens on {port}")


@dataclass(frozen=True, slots=True)
class Sink:
    """The smarthost, and where it writes down what came (tests/bench/sink.py)."""

    port: int
    arrivals: Path

    def forget(self) -> None:
        """Begin anew."""
        self.arrivals.write_text("")

    def came(self) -> list[tuple[float, str]]:
        """Give when each mail came, and for whom."""
        rows = [line.split() for line in self.arrivals.read_text().splitlines()]
        return [(float(row[0]), row[1]) for row in rows if len(row) == 2]

    def wait(self, mails: int) -> list[tuple[float, str]]:
        """Wait until so many have come."""
        end = time.monotonic() + PATIENCE
        while len(came := self.came()) < mails:
            if time.monotonic() > end:
                raise SystemExit(f"only {len(came)} of {mails} mails came to the smarthost")
            time.sleep(0.02)
        return came


@contextmanager
def sink(folder: Path) -> Iterator[Sink]:
    """Run the smarthost."""
    with free_ports(1) as (port,):
        pass
    made = Sink(port, folder / "arrivals")
    made.forget()
    with process("tests.bench.sink", str(port), str(made.arrivals)):
        listening(port)
        yield made


@contextmanager
def relay(
    folder: Path, smarthost: int, *, filled: int = 0, signs: bool = False
) -> Iterator[tuple[Practice, list[tuple[str, str]]]]:
    """Run a relay with a worker for each processor; give it, and its envelopes (sender, reply address).

    Its mails bear no DKIM signature, since the peers' do not either, unless it `signs`.
    """
    folder.mkdir()
    people = ["id,role,name,email"]
    relations = ["client,provider,state"]
    for number in range(PAIRS):
        people += [f"c{number},client,C,c{number}@client.test", f"p{number},provider,P,p{number}@practice.test"]
        relations.append(f"c{number},p{number},active")
    with ExitStack() as running:
        made = running.enter_context(
            practice(
                folder,
                smarthost,
                "\n".join(people) + "\n",
                "\n".join(relations) + "\n",
                **OFF,
                **({} if signs else UNSIGNED),
            )
        )
        if filled:
            from tests.bench.fill import fill  # noqa: PLC0415 - only where it is asked for

            fill(made.folder / "relay.db", filled)
        made.start("--workers", str(len(os.sched_getaffinity(0))))
        rows = json.loads(made.ok("address", "--all", "--json"))
        yield made, [(f"{row['person']}@client.test", row["address"]) for row in rows if row["person"] == row["client"]]


@dataclass(frozen=True, slots=True)
class Run:
    """What came of one load."""

    seconds: float
    answers: list[tuple[float, float, int]]  #: (begun, answered, code) of each mail, on the clock of all processes

    @property
    def rate(self) -> float:
        """Mails a second."""
        return len(self.answers) / self.seconds


def load(order: Order) -> Run:
    """Send it; every mail must be taken."""
    words = [sys.executable, "-m", "tests.bench.load"]
    done = subprocess.run(words, input=spell(order), capture_output=True, check=True, cwd=ROOT, timeout=300)
    told = json.loads(done.stdout)
    answers = [(float(began), float(at), int(code)) for began, at, code in told["answers"]]
    taken = sum(code == 250 for _, _, code in answers)
    if taken != len(answers):
        raise SystemExit(f"only {taken} of {len(answers)} mails were taken")
    return Run(float(told["seconds"]), answers)


def burst(port: int, envelopes: list[tuple[str, str]], mark: str) -> Order:
    """Give the order that all rates are measured with."""
    return Order(port, CONNECTIONS, MAILS, 0.0, envelopes, mark)
