"""The name under which a file is kept: harmless on every system, and ending as its content says.

Name as the sender's mail program gave it in, name of at most 100 characters out. Pure, never raises.
Sources: [MS-FSA] and "Naming Files, Paths, and Namespaces" (reserved names), UAX #9 §2 (bidi controls).
"""

from __future__ import annotations

import re
import unicodedata

MOST = 100  #: characters, ending included
SPARE = "file"  #: what a file is called that has no name left
ENDINGS = {"jpg": ("jpg", "jpeg", "jpe", "jfif")}  #: other endings that are as good; the first is what we add
DANGEROUS_ENDING = re.compile(
    r"\.(?:exe|scr|com|bat|cmd|pif|js|jse|vbs|vbe|wsf|wsh|hta|lnk|msi|msp|ps1|jar|dll|cpl|reg|sh|html?|xhtml|svg|php|iso|zip)$",
    re.IGNORECASE,
)
RESERVED = re.compile(r"(?:con|prn|aux|nul|clock\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?$", re.IGNORECASE)
FORBIDDEN = re.compile(r'[<>:"|?*]')
SPACES = re.compile(r"\s+")


def kept_name(name: str, kind: str) -> str:
    """Give the name without path, controls and tricks, ending in the extension of the type found."""
    endings = ENDINGS.get(kind, (kind,))
    stem = _plain(name[:4096])
    ending = endings[0]
    found = next((good for good in endings if stem.lower().endswith(f".{good}")), None)
    if found:
        ending = stem[-len(found) :].lower()
        stem = stem[: -len(found) - 1]
    stem = _without_endings(stem, endings)
    stem = stem[: MOST - len(ending) - 1].rstrip(". ")
    if not stem or RESERVED.match(stem):
        stem = f"{SPARE}-{stem}".rstrip("-")
    return f"{stem}.{ending}"


def _plain(name: str) -> str:
    """Keep the last part of the path, and of it what shows: no controls, no bidi overrides, no half characters."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    spaced = SPACES.sub(" ", last)  # a tab is a control and a space: it parts two words
    shown = "".join(sign for sign in spaced if unicodedata.category(sign) not in _HIDDEN)
    return FORBIDDEN.sub("_", SPACES.sub(" ", shown)).strip(". ")


def _without_endings(stem: str, endings: tuple[str, ...]) -> str:
    """Cut endings that would run somewhere, and our own where one stands before them: report.pdf.exe is report."""
    while True:
        shorter = DANGEROUS_ENDING.sub("", stem)
        for good in endings:
            shorter = shorter.removesuffix(f".{good}")
        shorter = shorter.strip(". ")
        if shorter == stem:
            return stem
        stem = shorter


_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
