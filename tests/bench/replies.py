"""`make bench-replies`: what is kept of replies, by Relay and by its peers, on the shared corpus; exit 1 below a bar.

A row: how much is exact, passes, LOSES a word that the person wrote, LEAKS old text; and microseconds a mail (median),
MIME included, the best of three runs. Peers are timed inside their process, Relay from pipe to pipe. The scorer is the
shared folder's own program. Below: three mails of a megabyte each, since a quadratic rule is a denial of service.
"""

from __future__ import annotations

import argparse
import base64
import json
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.live import ROOT

SHARED = ROOT.parent / "shared"
RELAY = [sys.executable, "-m", "relay", "extract", "--jsonl"]
PEERS = {
    "quotequail": "quotequail_unwrap",
    "mail-parser-reply": "mail_parser_reply",
    "email-reply-parser": "email_reply_parser",
    "unquotemail": "unquotemail",
}
RATES = ("exact", "pass", "loss", "leak")
AT_LEAST, AT_MOST = {"pass": 98.0}, {"loss": 1.0, "leak": 2.0, "us": 500.0}  #: per cent, and microseconds (the median)
LARGE_MS = 250.0  #: for a mail of a megabyte

HEAD = (
    "From: ana@client.test\r\nSubject: Re: hello\r\nMessage-ID: <1@client.test>\r\nMIME-Version: 1.0\r\n"
    "Content-Type: text/{}; charset=utf-8\r\n\r\n"
)
LINE = "This line was written by somebody some time ago and goes on."
LARGE = {
    "1 MB of quotes": HEAD.format("plain") + "Yes.\r\n\r\nOn Monday, Lee wrote:\r\n" + f"> {LINE}\r\n" * 16_000,
    "1 MB of text": HEAD.format("plain") + f"{LINE}\r\n" * 17_000,
    "1 MB of HTML": HEAD.format("html") + f"<div><p>{LINE}</p></div>\r\n" * 12_500,
}


def _score(scorer: Path, corpus: Path, *what: str) -> dict[str, float]:
    """Run the scorer; give per cent and microseconds."""
    with tempfile.NamedTemporaryFile(suffix=".json") as told:
        run = [sys.executable, str(scorer), "--dev", str(corpus), *what, "--by", "", "-q", "--json", told.name]
        subprocess.run(run, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        total: dict[str, float] = json.loads(Path(told.name).read_bytes())["total"]
    return {**{name: total[name] * 100 for name in RATES}, "us": total["us_median"]}


def _large(mail: str) -> float:
    """Give the milliseconds that Relay takes for the mail, the best of three."""
    line = json.dumps({"id": "1", "raw_b64": base64.b64encode(mail.encode()).decode()}).encode() + b"\n"
    best = float("inf")
    with subprocess.Popen(RELAY, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as relay:
        assert relay.stdin is not None
        assert relay.stdout is not None
        for _ in range(3):
            began = time.perf_counter()
            relay.stdin.write(line)
            relay.stdin.flush()
            assert json.loads(relay.stdout.readline())["text"]
            best = min(best, (time.perf_counter() - began) * 1000)
        relay.stdin.close()
    return best


def _row(name: str, rates: dict[str, float]) -> str:
    return f"{name:<20}" + "".join(f"{rates[key]:>9.1f}" for key in RATES) + f"{rates['us']:>9.0f}"


def main() -> int:
    """Run it all; give the exit code."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--corpus", type=Path, default=SHARED / "corpus/replies", help="mails with what is new in them")
    ask.add_argument("--scorer", type=Path, default=SHARED / "tools/score_replies.py", help="the program that judges")
    told = ask.parse_args()
    if not (told.corpus / "INDEX.tsv").is_file() or not told.scorer.is_file():
        print("the corpus of replies is not here; name it: ARGS='--corpus DIR --scorer FILE'", file=sys.stderr)
        return 2
    print(f"{'':<20}" + "".join(f"{key + ' %':>9}" for key in RATES) + f"{'us':>9}", flush=True)
    runs = [_score(told.scorer, told.corpus, "--jsonl", shlex.join(RELAY)) for _ in range(3)]
    relay = min(runs, key=lambda run: run["us"])
    print(_row("Relay", relay), flush=True)
    for name, function in PEERS.items():
        print(_row(name, _score(told.scorer, told.corpus, f"tests.bench.peers:{function}")), flush=True)
    large = {name: _large(mail) for name, mail in LARGE.items()}
    for name, milliseconds in large.items():
        print(f"Relay, {name:<30} {milliseconds:6.0f} ms")
    below = [f"{name} {relay[name]:.1f}, bar >= {bar}" for name, bar in AT_LEAST.items() if relay[name] < bar]
    below += [f"{name} {relay[name]:.1f}, bar <= {bar}" for name, bar in AT_MOST.items() if relay[name] > bar]
    below += [f"{name} {ms:.0f} ms, bar <= {LARGE_MS:.0f}" for name, ms in large.items() if ms > LARGE_MS]
    print("\n".join(f"BELOW: {line}" for line in below) or "every bar is reached")
    return 1 if below else 0


if __name__ == "__main__":
    sys.exit(main())
