"""What the system lends to `relay serve`: files and sockets, memory; and what asyncio says about itself.

Many systems let a process have 1,024 until it asks for more; that many clients would leave none for the store. So the
limit is raised as far as the system permits, and clients get what the rest can spare. What large mails took is given
back at once, where the C library is glibc: it would keep some of it for every thread. asyncio's own words (addresses,
exceptions' texts, a thousand lines a second once there is no descriptor left) become one line of our log a second.
"""

from __future__ import annotations

import asyncio
import ctypes
import logging
import resource
from contextlib import suppress
from typing import Any

from relay.events import Log

ENOUGH = 65_536
RESERVED = 384  #: for the store (64 readers), the ring, the portal, the smarthost, our own threads
M_MMAP_THRESHOLD = -3
LARGE = 1 << 20  #: octets; by itself glibc raises that to 32 MiB with the first large mail
PAUSE = 1.0  #: seconds between two lines about the loop


def widen() -> int:
    """Raise the limit as far as the system permits; give it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = ENOUGH if hard == resource.RLIM_INFINITY else min(hard, ENOUGH)
    if soft == resource.RLIM_INFINITY or soft >= most:
        return ENOUGH if soft == resource.RLIM_INFINITY else soft
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return most


def for_clients(limit: int) -> int:
    """Give how many of them SMTP clients may have."""
    return max(limit - RESERVED, limit // 4)


def give_back_memory() -> None:
    """Have every large block be a mapping of its own, which goes back to the system when it is freed (mallopt(3))."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, LARGE)


def listen_to_loop(loop: asyncio.AbstractEventLoop, log: Log) -> None:
    """Have our log, and nobody else, hear of what goes wrong in the loop itself."""
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    told = -PAUSE

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        nonlocal told
        if loop.time() - told >= PAUSE:
            told = loop.time()
            error = context.get("exception")
            log.trouble("loop", error if isinstance(error, BaseException) else RuntimeError())

    loop.set_exception_handler(handle)
