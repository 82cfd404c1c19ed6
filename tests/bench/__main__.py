"""`make bench`: the relay beside its peers, in turn in one run, medians; exit 1 where a ratio is below its bar.

Rows: durable accepts per second beside a bare aiosmtpd that keeps nothing and beside Debian's Postfix with its queue on
disk; milliseconds from the 250 to the notification at the smarthost. The relay has a worker for each processor, as
Postfix has processes. Read ratios, not absolute figures.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from relay.demo.folder import free_ports
from tests.bench.load import Order, spell
from tests.live import ROOT, Practice, practice
from tests.postfix import postfix

PAIRS = 100  #: relationships in the bench's practice
CONNECTIONS, MAILS = 20, 10


@contextmanager
def _process(*words: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-m", *words], cwd=ROOT)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)


def _listening(port: int) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise SystemExit(f"nothing listens on {port}")


def _load(order: Order) -> dict[str, object]:
    run = [sys.executable, "-m", "tests.bench.load"]
    done = subprocess.run(run, input=spell(order), capture_output=True, check=True, cwd=ROOT, timeout=300)
    told: dict[str, object] = json.loads(done.stdout)
    return told


def _rate(order: Order) -> float:
    told = _load(order)
    answers = told["answers"]
    assert isinstance(answers, list)
    codes = [code for _, _, code in answers]
    if codes.count(250) != len(codes):
        raise SystemExit(f"only {codes.count(250)} of {len(codes)} mails were taken")
    assert isinstance(told["seconds"], float)
    return len(codes) / told["seconds"]


def _people() -> tuple[str, str]:
    people = ["id,role,name,email"]
    relations = ["client,provider,state"]
    for number in range(PAIRS):
        people += [f"c{number},client,C,c{number}@client.test", f"p{number},provider,P,p{number}@practice.test"]
        relations.append(f"c{number},p{number},active")
    return "\n".join(people) + "\n", "\n".join(relations) + "\n"


def _envelopes(made: Practice) -> list[tuple[str, str]]:
    rows = json.loads(made.ok("address", "--all", "--json"))
    return [(f"{row['person']}@client.test", row["address"]) for row in rows if row["person"] == row["client"]]


def _latencies(made: Practice, envelopes: list[tuple[str, str]], arrivals: Path, seconds: float) -> list[float]:
    """Offer 100 mails a second; give the milliseconds from each 250 to its notification at the smarthost."""
    arrivals.write_text("")
    mails = int(seconds * 100 / CONNECTIONS)
    told = _load(Order(made.smtp_port, CONNECTIONS, mails, 100.0, envelopes, "latency"))
    time.sleep(2)
    answered: dict[str, list[float]] = defaultdict(list)
    answers = told["answers"]
    assert isinstance(answers, list)
    in_turn = sorted(answers)  # by when they were begun, which is the order of the envelopes
    for index, (_, at, code) in enumerate(in_turn):
        assert code == 250
        answered[f"p{index % PAIRS}@practice.test"].append(at)
    came: dict[str, list[float]] = defaultdict(list)
    for line in arrivals.read_text().splitlines():
        at, to = line.split()
        came[to].append(float(at))
    gaps = []
    for to, times in answered.items():
        assert len(came[to]) == len(times), f"{len(came[to])} of {len(times)} notifications came"
        gaps += [(there - here) * 1000 for here, there in zip(sorted(times), sorted(came[to]), strict=True)]
    return sorted(gaps)


def _row(name: str, value: float, unit: str, bar: float, *, at_least: bool) -> bool:
    holds = value >= bar if at_least else value <= bar
    sign, verdict = ">=" if at_least else "<=", "ok" if holds else "BELOW"
    print(f"{name:<58} {value:8.2f} {unit:<3} bar {sign} {bar:<6} {verdict}", flush=True)
    return holds


def main() -> int:
    """Run it all; give the exit code."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--rounds", type=int, default=5, help="runs of each server; the median counts")
    ask.add_argument("--seconds", type=float, default=5.0, help="how long 100 mails a second are offered")
    told = ask.parse_args()
    with ExitStack() as running:
        folder = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="relay-bench-")))
        with free_ports(2) as (bare_port, sink_port):
            pass
        running.enter_context(_process("tests.bench.bare", str(bare_port)))
        running.enter_context(_process("tests.bench.sink", str(sink_port), str(folder / "arrivals")))
        _listening(bare_port)
        _listening(sink_port)
        peer = running.enter_context(postfix({"default_transport": f"smtp:[127.0.0.1]:{sink_port}"}))
        off = {f"RELAY_LIMITS__{name}": "" for name in ("PER_PERSON", "PER_THREAD", "PER_IP", "SAME_TEXT")}
        made = running.enter_context(practice(folder, sink_port, *_people(), **off))
        made.start("--workers", str(len(os.sched_getaffinity(0))))
        envelopes = _envelopes(made)
        ports = {"bare aiosmtpd": bare_port, "Postfix": peer.port, "relay": made.smtp_port}
        rates: dict[str, list[float]] = {name: [] for name in ports}
        for number in range(told.rounds + 1):  # the first round warms up
            for name, port in ports.items():
                order = Order(port, CONNECTIONS, MAILS, 0.0, envelopes, f"{name.replace(' ', '')}.{number}")
                rate = _rate(order)
                time.sleep(0.5)  # let queues drain, so that nobody works on another's time
                if number:
                    rates[name].append(rate)
        middle = {name: statistics.median(each) for name, each in rates.items()}
        for name, value in middle.items():
            print(f"{name:<58} {value:8.0f} mails/s")
        gaps = _latencies(made, envelopes, folder / "arrivals", told.seconds)
        held = [
            _row("relay, durable accepts, over Postfix", middle["relay"] / middle["Postfix"], "x", 1.0, at_least=True),
            _row(
                "relay, durable accepts, over bare aiosmtpd",
                middle["relay"] / middle["bare aiosmtpd"],
                "x",
                0.35,
                at_least=True,
            ),
            _row("250 to the smarthost at 100 mails/s, p50", gaps[len(gaps) // 2], "ms", 10, at_least=False),
            _row("250 to the smarthost at 100 mails/s, p99", gaps[int(len(gaps) * 0.99)], "ms", 50, at_least=False),
        ]
    return 0 if all(held) else 1


if __name__ == "__main__":
    raise SystemExit(main())
