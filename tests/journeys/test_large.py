"""Many mails of 25 MB at once: all are stored, and memory does not grow with their number (issue: doors, 2).

`make bench` does it with fifty, under 512 MiB, and says how long another client waits meanwhile.
"""

from __future__ import annotations

from pathlib import Path

from tests.bench.large import large_mails
from tests.live import Captive, practice

MAILS = 16  #: 384 MiB as they come: 420 at the peak where nobody waits for room, 255 where they do, 265 for fifty
MOST = 340  #: MiB
NO_LIMITS = {f"RELAY_LIMITS__{name}": "" for name in ("PER_PERSON", "PER_THREAD", "PER_IP", "SAME_TEXT")}


def test_many_large_mails_at_once_are_stored_in_bounded_memory(tmp_path: Path) -> None:
    with Captive() as smarthost, practice(tmp_path, smarthost.port, **NO_LIMITS) as made:
        made.start(own=True)
        to = made.address("ana", "lee", "ana")
        stored, peak, _ = large_mails(made, [("ana@client.test", to)] * MAILS, MAILS)
        assert stored == MAILS
        assert peak < MOST
        assert len(made.thread()) == MAILS
