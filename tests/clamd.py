"""Debian's clamd in a throw-away folder, on a free port or a socket file, with a database of one signature: EICAR's."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from relay.demo.folder import free_ports
from relay.places import Clamd, Listen

CLAMD = shutil.which("clamd") or "/usr/sbin/clamd"
# In pieces, so that no scanner takes this file for the test virus.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!" + b"$H+H*"
CONFIG = """\
Foreground yes
DatabaseDirectory {folder}/database
LogFile {folder}/log
StreamMaxLength 1M
SelfCheck 0
"""


@dataclass(slots=True)
class Scanning:
    """A clamd that runs, or did."""

    place: Clamd
    folder: Path
    process: subprocess.Popen[bytes] = field(repr=False)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)


@contextmanager
def clamd(*, socket_file: bool = False) -> Iterator[Scanning]:
    """Start it, wait until it answers, end it with the block."""
    folder = Path(tempfile.mkdtemp(prefix="relay-clamd-"))
    try:
        with free_ports(1) as (port,):
            pass
        place = Clamd(folder / "clamd.ctl") if socket_file else Clamd(Listen("127.0.0.1", port))
        where = f"LocalSocket {folder}/clamd.ctl" if socket_file else f"TCPAddr 127.0.0.1\nTCPSocket {port}"
        (folder / "database").mkdir()
        (folder / "database/test.ndb").write_text(f"Eicar-Test:0:*:{EICAR.hex()}\n")
        (folder / "clamd.conf").write_text(CONFIG.format(folder=folder) + where + "\n")
        process = subprocess.Popen(
            [CLAMD, "--config-file", str(folder / "clamd.conf")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )  # fmt: skip
        scanning = Scanning(place, folder, process)
        try:
            _wait(scanning)
            yield scanning
        finally:
            scanning.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(scanning: Scanning) -> None:
    log = scanning.folder / "log"
    end = time.monotonic() + 60
    while time.monotonic() < end and scanning.process.poll() is None:
        if log.exists() and "Self checking disabled" in log.read_text(errors="replace"):  # its last words at start
            return
        time.sleep(0.05)
    raise AssertionError(f"clamd does not start: {log.read_text(errors='replace') if log.exists() else 'no log'}")
