"""Undo format=flowed: one line a paragraph again, with its quote depth (RFC 3676). Text in, lines out. Never raises."""

from __future__ import annotations

from collections.abc import Iterator


def unflow(text: str, delsp: bool) -> Iterator[tuple[str, int]]:
    """Join the lines that a mail program broke softly, each with the next of the same quote depth (RFC 3676 §4.5)."""
    parts: list[str] = []  # of the paragraph under way
    depth_before = 0
    for line in text.split("\n"):
        bare = line.lstrip(">")
        depth = len(line) - len(bare)
        bare = bare.removeprefix(" ")  # space-stuffing (§4.4)
        fixed = bare == "-- " or not bare.endswith(" ")
        if parts and (depth != depth_before or bare == "-- "):  # §4.5: improperly flowed; the paragraph ends here
            yield "".join(parts), depth_before
            parts = []
        depth_before = depth
        parts.append(bare[:-1] if delsp and not fixed else bare)
        if fixed:
            yield "".join(parts), depth
            parts = []
    if parts:
        yield "".join(parts), depth_before
