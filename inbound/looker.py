"""`python -m inbound.looker`: looks into strangers' files in a process that may crash. inbound/workbench.py starts it.

On stdin: for each file a head (its type, whether it is the first of a mail, its length) and its octets. On stdout: one
octet once it is ready, then one a file: the Look, with a bit set when the process is worn. A mail may use so many
seconds of processor time, a file so many by the clock: then the system ends the process. Memory is bounded, no file can
be written, and no core is left behind. Ends with its stdin, that is with whoever asks.
"""

from __future__ import annotations

import math
import os
import resource
import signal
import struct
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import BinaryIO

from relay import looks
from relay.domain import Look
from relay.file_types import MEDIA_TYPES, FileType

HEAD = struct.Struct("!B?I")  #: place of the type in TYPES, first of its mail, octets that follow
TYPES: tuple[FileType, ...] = tuple(MEDIA_TYPES)
LOOKS: tuple[Look, ...] = ("plain", "active", "unfit")
READY = b"\x40"
SECONDS = 4  #: of processor time for all files of one mail; 18 MiB of CSV take one
STUCK = 60.0  #: seconds by the clock for one file, where processor time does not pass
MEMORY = 320 << 20  #: octets; 2 million tokens of a PDF, the most that relay/pdf_bounds.py lets pass, take 300 MiB
WORN = 96 << 20  #: octets that it has; more is not given back, so it should not be used again
WORN_BIT = 0x80


def main(seconds: int = SECONDS, stuck: float = STUCK) -> None:
    """Look into one file after the other."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a service manager tells all our processes; ours finish their mails
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(5)
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # a library that prints must not be taken for an answer
    for module in looks.MODULES.values():
        import_module(module)
    answers.write(READY)
    questions = sys.stdin.buffer
    while head := questions.read(HEAD.size):
        place, first, length = HEAD.unpack(head)
        content = _read(questions, length)
        if first:
            most = math.ceil(time.process_time()) + seconds
            resource.setrlimit(resource.RLIMIT_CPU, (most, resource.RLIM_INFINITY))
        signal.setitimer(signal.ITIMER_REAL, stuck)  # SIGALRM ends us, whatever a library is at
        seen = LOOKS.index(looks.look(TYPES[place], content))
        signal.setitimer(signal.ITIMER_REAL, 0)
        del content
        answers.write(bytes([seen | WORN_BIT * (_resident() > WORN)]))


def _resident() -> int:
    """Give the octets of memory that we have; 0 where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    except OSError:
        return 0


def _read(questions: BinaryIO, length: int) -> bytes:
    content = questions.read(length)
    if len(content) < length:
        raise SystemExit  # whoever asked is gone
    return content


if __name__ == "__main__":
    main()
