"""Fuzz one target for so many seconds: `python -m tests.fuzz.one NAME SECONDS FOLDER`.

By atheris, which follows what the code does, where it is installed; else by tests/fuzz/mutate.py. What was found is
written into FOLDER as find-DIGEST, and the exit is 1. An input that keeps one of them for ten seconds is a find too.
"""

from __future__ import annotations

import hashlib
import sys
import time
from pathlib import Path
from random import Random

try:
    import atheris
except ImportError:
    atheris = None

SLOW = 10  #: seconds


def by_atheris(name: str, seconds: int, folder: Path) -> None:
    with atheris.instrument_imports(include=["relay", "inbound"]):
        from tests.fuzz.targets import TARGETS  # noqa: PLC0415
    target = TARGETS[name]
    corpus, words = folder / "corpus", folder / "words"
    corpus.mkdir()
    for number, seed in enumerate(target.seeds()):
        (corpus / f"{number:03d}").write_bytes(seed)
    words.write_text("".join('"' + "".join(f"\\x{octet:02x}" for octet in word) + '"\n' for word in target.words))
    with target.opened() as run:
        flags = [f"-max_total_time={seconds}", f"-timeout={SLOW}", f"-artifact_prefix={folder}/find-", f"-dict={words}"]
        atheris.Setup([sys.argv[0], *flags, "-max_len=65536", "-print_final_stats=1", str(corpus)], run)
        atheris.Fuzz()  # ends the process


def by_ourselves(name: str, seconds: int, folder: Path) -> int:
    from tests.fuzz.mutate import mutated  # noqa: PLC0415
    from tests.fuzz.targets import TARGETS  # noqa: PLC0415

    target, dice, count = TARGETS[name], Random(), 0
    seeds, end = target.seeds(), time.monotonic() + seconds
    with target.opened() as run:
        while (began := time.monotonic()) < end:
            octets = mutated(seeds, target.words, dice)
            count += 1
            try:
                run(octets)
                if time.monotonic() - began < SLOW:
                    continue
            except Exception as error:
                print(f"{type(error).__name__}: {error}", file=sys.stderr)
            (folder / f"find-{hashlib.sha256(octets).hexdigest()[:12]}").write_bytes(octets)
            return 1
    print(f"stat::number_of_executed_units: {count}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    if atheris is not None:
        by_atheris(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
    sys.exit(by_ourselves(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])))
