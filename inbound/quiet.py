"""Imports flanker when it is first needed, and keeps it silent.

flanker 0.9.11 (2019) prints 28 lines when it builds its grammars, warns of `cgi` and `imghdr`, and logs addresses it
cannot read: content, which must reach no log (DESIGN: What always holds, 5). Its import takes 0.2 s.
"""

from __future__ import annotations

import importlib
import logging
import threading
import warnings
from functools import cache
from typing import Any

_ONE_AT_A_TIME = threading.Lock()


@cache
def flanker(module: str) -> Any:
    """Give a module of flanker, say `addresslib.address`."""
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        log = logging.getLogger("flanker")
        log.addHandler(logging.NullHandler())
        log.propagate = False
        return importlib.import_module(f"flanker.{module}")
