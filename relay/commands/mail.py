"""relay extract: what the relay understands of a mail. No config folder is needed, nothing is kept."""

from __future__ import annotations

import base64
import binascii
import json
import sys
from typing import Annotated, Any

import typer

from relay.commands.understand import NOTHING, understand


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command(epilog="Example: relay extract < reply.eml")(extract)


def extract(
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help='Lines {"id","raw_b64"} in, lines {"id","kind","text",…} out.')
    ] = False,
) -> None:
    """Read a mail on stdin and print what the relay understands, as JSON. Judges neither address nor sender."""
    if not jsonl:
        typer.echo(json.dumps(understand(sys.stdin.buffer.read()), ensure_ascii=False, indent=1))
        return
    for line in sys.stdin.buffer:
        if line.strip():
            sys.stdout.write(json.dumps(_answer(line)) + "\n")
            sys.stdout.flush()


def _answer(line: bytes) -> dict[str, Any]:
    asked = None
    try:
        asked = json.loads(line)
        raw = base64.b64decode("".join(asked["raw_b64"].split()), validate=True)  # RFC 2045 §6.8: in lines of 76
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError, binascii.Error):
        known = asked.get("id") if isinstance(asked, dict) else None
        return {"id": known, **NOTHING, "error": 'not a line of {"id": …, "raw_b64": base64 of a mail}'}
    return {"id": asked.get("id"), **understand(raw)}
