"""Undo format=flowed: one line a paragraph again, quote marks kept (RFC 3676).

Text in, text out, LF line ends. Never raises.
"""

from __future__ import annotations


def unflow(text: str, delsp: bool) -> str:
    """Join the lines that a mail program broke softly, each with the next of the same quote depth (RFC 3676 §4.5)."""
    done: list[str] = []
    parts: list[str] = []  # of the paragraph under way
    depth_before = 0
    for line in text.split("\n"):
        bare = line.lstrip(">")
        depth = len(line) - len(bare)
        bare = bare.removeprefix(" ")  # space-stuffing (§4.4)
        fixed = bare == "-- " or not bare.endswith(" ")
        if parts and (depth != depth_before or bare == "-- "):  # §4.5: improperly flowed; the paragraph ends here
            done.append(_paragraph(parts, depth_before))
            parts = []
        depth_before = depth
        parts.append(bare[:-1] if delsp and not fixed else bare)
        if fixed:
            done.append(_paragraph(parts, depth))
            parts = []
    if parts:
        done.append(_paragraph(parts, depth_before))
    return "\n".join(done)


def _paragraph(parts: list[str], depth: int) -> str:
    text = "".join(parts)
    return f"{'>' * depth} {text}" if depth else text
