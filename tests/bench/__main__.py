"""`make bench`: the relay beside its peers, in turn in one run, medians; exit 1 where a ratio is below its bar.

Rows: durable accepts per second beside a bare aiosmtpd that keeps nothing and beside Debian's Postfix with its queue on
disk; mails per second to the smarthost beside Postfix; the rate with a million stored messages beside the rate with
none; milliseconds from the 250 to the notification at the smarthost; memory and another client's wait while 50 mails of
25 MB come at once; what finding due mails costs among 100,000 held threads over among 100; what DKIM signing costs,
which no peer does. The relay has a worker for each processor, as Postfix has processes. Read ratios, not absolute
figures.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path

from relay.demo.folder import free_ports
from tests.bench.held import ratio
from tests.bench.large import MAILS as LARGE_MAILS
from tests.bench.large import large_mails
from tests.bench.load import Order
from tests.bench.stage import CONNECTIONS, MAILS, PAIRS, Sink, burst, listening, load, process, relay, sink
from tests.live import Practice
from tests.postfix import postfix

BARE, POSTFIX, RELAY, FULL = "bare aiosmtpd", "Postfix", "relay", "relay, full store"
SIGNING = "relay, signing"


class Table:
    """Prints the rows, and knows whether all bars hold."""

    def __init__(self) -> None:
        self.holds = True

    def row(self, name: str, value: float, unit: str, *, least: float | None = None, most: float | None = None) -> None:
        """Print a row with its bar: at `least`, or at `most`."""
        holds = (least is None or value >= least) and (most is None or value <= most)
        bar = f">= {least:g}" if least is not None else f"<= {most:g}"
        print(f"{name:<58} {value:8.2f} {unit:<4} bar {bar:<7} {'ok' if holds else 'BELOW'}", flush=True)
        self.holds = self.holds and holds


def _latencies(made: Practice, envelopes: list[tuple[str, str]], smarthost: Sink, seconds: float) -> list[float]:
    """Offer 100 mails a second; give the milliseconds from each 250 to its notification at the smarthost."""
    smarthost.forget()
    mails = int(seconds * 100 / CONNECTIONS)
    told = load(Order(made.smtp_port, CONNECTIONS, mails, 100.0, envelopes, "latency"))
    answered: dict[str, list[float]] = defaultdict(list)
    in_turn = sorted(told.answers)  # by when they were begun, which is the order of the envelopes
    for index, (_, at, _) in enumerate(in_turn):
        answered[f"p{index % PAIRS}@practice.test"].append(at)
    came: dict[str, list[float]] = defaultdict(list)
    for at, to in smarthost.wait(len(in_turn)):
        came[to].append(at)
    gaps = []
    for to, times in answered.items():
        assert len(came[to]) == len(times), f"{len(came[to])} of {len(times)} notifications came"
        gaps += [(there - here) * 1000 for here, there in zip(sorted(times), sorted(came[to]), strict=True)]
    return sorted(gaps)


def main() -> int:
    """Run it all; give the exit code."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--rounds", type=int, default=11, help="runs of each server; the median counts")
    ask.add_argument("--seconds", type=float, default=5.0, help="how long 100 mails a second are offered")
    ask.add_argument("--stored", type=int, default=1_000_000, help="messages in the full store; 0 leaves it out")
    ask.add_argument("--large", type=int, default=LARGE_MAILS, help="mails of 25 MB at once; 0 leaves them out")
    told = ask.parse_args()
    table = Table()
    with ExitStack() as running:
        folder = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="relay-bench-")))
        with free_ports(1) as (bare,):
            pass
        running.enter_context(process("tests.bench.bare", str(bare)))
        listening(bare)
        smarthost = running.enter_context(sink(folder))
        peer = running.enter_context(postfix({"default_transport": f"smtp:[127.0.0.1]:{smarthost.port}"}))
        made, envelopes = running.enter_context(relay(folder / "empty", smarthost.port))
        servers = {BARE: (bare, envelopes), POSTFIX: (peer.port, envelopes), RELAY: (made.smtp_port, envelopes)}
        signing, theirs_too = running.enter_context(relay(folder / "signing", smarthost.port, signs=True))
        servers[SIGNING] = (signing.smtp_port, theirs_too)
        if told.stored:
            full, others = running.enter_context(relay(folder / "full", smarthost.port, filled=told.stored))
            servers[FULL] = (full.smtp_port, others)
        accepted: dict[str, list[float]] = {name: [] for name in servers}
        arrived: dict[str, list[float]] = {name: [] for name in servers}
        for number in range(told.rounds + 1):  # the first round warms up
            for name, (port, theirs) in servers.items():
                smarthost.forget()
                run = load(burst(port, theirs, f"{''.join(filter(str.isalpha, name))}.{number}"))
                last = 0.0 if name == BARE else max(at for at, _ in smarthost.wait(CONNECTIONS * MAILS))
                time.sleep(0.5)  # let queues settle, so that nobody works on another's time
                if number:
                    accepted[name].append(run.rate)
                    arrived[name].append(len(run.answers) / (last - min(run.answers)[0]) if last else 0.0)
        rate = {name: statistics.median(each) for name, each in accepted.items()}
        there = {name: statistics.median(each) for name, each in arrived.items()}
        for name in servers:
            print(f"{name:<58} {rate[name]:8.0f} accepted/s {there[name]:8.0f} at the smarthost/s")
        table.row("durable accepts, over Postfix", rate[RELAY] / rate[POSTFIX], "x", least=1.0)
        table.row("durable accepts, over bare aiosmtpd", rate[RELAY] / rate[BARE], "x", least=0.35)
        table.row("to the mail at the smarthost, over Postfix", there[RELAY] / there[POSTFIX], "x", least=1.3)
        print(
            f"signing its mails by two keys (DKIM) costs {1 - rate[SIGNING] / rate[RELAY]:.0%} of that; no peer signs"
        )
        if told.stored:
            table.row(f"rate with {told.stored:,} stored over none", rate[FULL] / rate[RELAY], "x", least=0.8)
        gaps = _latencies(made, envelopes, smarthost, told.seconds)
        table.row("250 to the smarthost at 100 mails/s, p50", gaps[len(gaps) // 2], "ms", most=10)
        table.row("250 to the smarthost at 100 mails/s, p99", gaps[int(len(gaps) * 0.99)], "ms", most=50)
        table.row("what is due, among 100,000 held threads over 100", ratio(folder), "x", most=1.5)
        if told.large:
            stored, peak, longest = large_mails(made, envelopes, told.large)
            table.row(f"{told.large} mails of 25 MB at once: stored", stored, "", least=told.large)
            table.row("meanwhile, memory of all processes", peak, "MiB", most=512)
            table.row("meanwhile, another client's longest NOOP", longest * 1000, "ms", most=1000)
    return 0 if table.holds else 1


if __name__ == "__main__":
    raise SystemExit(main())
