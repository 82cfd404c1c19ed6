"""PDF: does it open, is it encrypted, does it hold anything that runs, fetches or is a file inside the file?

Octets in, a Look out. Raises nothing. Memory is bounded: by relay/pdf_bounds.py before the file is opened, by limits of
qpdf's own, which hold for the process, and by opening one file at a time. Every object is looked at, used or not.
Sources: ISO 32000-1 §7.3.8.2 (streams elsewhere), §7.6 (encryption), §7.11.4 (embedded files), §12.6 (actions), §12.7.8
(XFA).
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from io import BytesIO

import pikepdf
from pikepdf import settings

from relay.domain import Look
from relay.file_types import is_another_behind
from relay.pdf_bounds import is_bounded

MiB = 1 << 20
ONE_AT_A_TIME = threading.Lock()
MAX_OBJECTS = 300_000
MAX_NODES = 50_000  #: looked at one by one within one object; a larger one that names something active is active
settings.set_qpdf_limits(
    flate_max_memory=8 * MiB,
    png_max_memory=8 * MiB,
    tiff_max_memory=8 * MiB,
    run_length_max_memory=8 * MiB,
    max_stream_filters=4,
    parser_max_nesting=100,
    parser_max_container_size=200_000,
    doc_max_warnings=100,
)

ACTIVE_KEYS = frozenset(
    {"/JS", "/JavaScript", "/EmbeddedFiles", "/EF", "/XFA", "/RichMediaContent", "/RichMediaSettings", "/OnInstantiate"}
)
ACTIVE_ACTIONS = frozenset(
    {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/GoToR", "/GoToE", "/Rendition", "/Movie",
     "/RichMediaExecute"}
)  # fmt: skip
ACTIVE_TYPES = frozenset({"/EmbeddedFile", "/RichMedia", "/FileAttachment", "/3D", "/Movie"})  #: as /Type or /Subtype
UNASKED = ("/OpenAction", "/AA")  #: done without a click (§12.6.3); there a link fetches by itself
END = b"%%EOF"
SUSPECT = re.compile(
    rb"/(?:JS|JavaScript|EmbeddedFiles?|EF|XFA|RichMedia\w*|OnInstantiate|Launch|ImportData|SubmitForm|GoTo[RE]|Rendition"
    rb"|Movie|FileAttachment|3D|OpenAction|AA)\b"
)


def look(content: bytes) -> Look:
    """Judge a PDF."""
    end = content.rfind(END)
    if end < 0 or not is_bounded(content):
        return "unfit"
    try:
        with ONE_AT_A_TIME, pikepdf.open(BytesIO(content), suppress_warnings=True, attempt_recovery=True) as pdf:
            seen = _look_inside(pdf)
    except Exception:  # noqa: BLE001 whatever a parser stumbles over, the file is not one we take
        return "unfit"
    return "active" if seen == "plain" and is_another_behind(content, end + len(END)) else seen


def _look_inside(pdf: pikepdf.Pdf) -> Look:
    if pdf.is_encrypted or len(pdf.objects) > MAX_OBJECTS or not len(pdf.pages):
        return "unfit"
    active = any(_is_active(thing) for thing in pdf.objects)
    if any("object stream" in warning for warning in map(str, pdf.get_warnings())):
        return "unfit"  # a stream that is read as objects and does not say so
    return "active" if active else "plain"


def _is_active(thing: pikepdf.Object) -> bool:
    """Look at one indirect object; by its written form first, which is a hundred times faster."""
    whole = thing.stream_dict if isinstance(thing, pikepdf.Stream) else thing
    if isinstance(thing, pikepdf.Stream) and "/F" in whole:
        return True  # its octets are to be fetched from elsewhere (§7.3.8.2)
    if not SUSPECT.search(whole.unparse(resolved=True)):
        return False
    return any(count > MAX_NODES or _names_active(node) for count, node in enumerate(_nodes(whole)))


def _nodes(whole: pikepdf.Object) -> Iterator[pikepdf.Object]:
    """Give the dictionaries that stand directly in the object; what it refers to has its own turn."""
    waiting = [whole]
    while waiting:
        node = waiting.pop()
        if isinstance(node, pikepdf.Dictionary):
            yield node
            waiting += [value for _, value in node.items() if _is_direct(value)]
        elif isinstance(node, pikepdf.Array):
            waiting += [value for value in node if _is_direct(value)]


def _is_direct(value: object) -> bool:
    return isinstance(value, pikepdf.Dictionary | pikepdf.Array) and not value.is_indirect


def _names_active(node: pikepdf.Object) -> bool:
    keys = set(node.keys())
    if keys & ACTIVE_KEYS or _name(node, "/S") in ACTIVE_ACTIONS:
        return True
    if {_name(node, "/Type"), _name(node, "/Subtype")} & ACTIVE_TYPES:
        return True
    return any(_fetches(node[key]) for key in UNASKED if key in keys)


def _fetches(action: pikepdf.Object) -> bool:
    """Tell whether what is done unasked opens a link; a place in the file is an array, a name or a string."""
    if not isinstance(action, pikepdf.Dictionary):
        return False
    inner = [value for _, value in action.items() if isinstance(value, pikepdf.Dictionary)]
    return any(_name(node, "/S") == "/URI" for node in (action, *inner))


def _name(node: pikepdf.Object, key: str) -> str:
    value = node.get(key)
    return str(value) if isinstance(value, pikepdf.Name) else ""
