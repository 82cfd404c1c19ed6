"""How a file of each type is looked into: the type's name in, a Look out. One table; raises nothing.

The modules come when they are asked for: their libraries take 50 ms and 12 MiB, which the relay itself never needs, for
it has files looked into elsewhere (inbound/workbench.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from relay.domain import Look
from relay.file_types import FileType

MODULES: Mapping[FileType, str] = {
    "pdf": "relay.pdf_file",
    "jpg": "relay.picture_file",
    "png": "relay.picture_file",
    "doc": "relay.word_file",
    "docx": "relay.word_file",
    "csv": "relay.table_file",
}


def look(kind: FileType, content: bytes) -> Look:
    """Look into a file here and now."""
    seen: Look = import_module(MODULES[kind]).look(content)
    return seen
