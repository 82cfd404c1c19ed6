"""Under which name a file is kept: harmless anywhere, and true to its content."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from relay.file_names import MOST, kept_name

NAMES = {
    "as_it_is": ("Care plan 2026.pdf", "pdf", "Care plan 2026.pdf"),
    "other_script": ("план.pdf", "pdf", "план.pdf"),
    "upper_case_ending": ("SCAN.PDF", "pdf", "SCAN.pdf"),
    "jpeg_is_as_good": ("photo.jpeg", "jpg", "photo.jpeg"),
    "wrong_ending": ("report.doc", "pdf", "report.doc.pdf"),
    "double_ending": ("report.pdf.exe", "pdf", "report.pdf"),
    "several_endings": ("report.pdf.js.exe", "pdf", "report.pdf"),
    "ending_in_front": ("report.exe.pdf", "pdf", "report.pdf"),
    "no_ending": ("report", "docx", "report.docx"),
    "dot_within": ("v1.2 final.docx", "docx", "v1.2 final.docx"),
    "path": ("/etc/passwd.pdf", "pdf", "passwd.pdf"),
    "path_up": ("../../a.pdf", "pdf", "a.pdf"),
    "windows_path": ("C:\\Users\\ana\\a.pdf", "pdf", "a.pdf"),
    "stream_name": ("a.pdf:evil.exe", "pdf", "a.pdf_evil.pdf"),
    "only_a_path": ("a/", "pdf", "file.pdf"),
    "hidden": (".bashrc.csv", "csv", "bashrc.csv"),
    "only_an_ending": (".pdf", "pdf", "pdf.pdf"),
    "only_dots": ("...", "pdf", "file.pdf"),
    "trailing_dots": ("a.pdf. . ", "pdf", "a.pdf"),
    "controls": ("a\x00b\r\nc.pdf", "pdf", "ab c.pdf"),
    "bidi_override": ("a\u202efdp.exe", "pdf", "afdp.pdf"),
    "zero_width": ("a\u200b\ufeff.pdf", "pdf", "a.pdf"),
    "half_character": ("a\ud800.pdf", "pdf", "a.pdf"),
    "forbidden_on_windows": ('a<b>"c|d?*.pdf', "pdf", "a_b__c_d__.pdf"),
    "reserved": ("CON.pdf", "pdf", "file-CON.pdf"),
    "reserved_with_dots": ("aux.x.pdf", "pdf", "file-aux.x.pdf"),
    "not_reserved": ("console.pdf", "pdf", "console.pdf"),
    "spaces": ("  a   b .pdf", "pdf", "a b.pdf"),
    "decomposed": ("u\u0308.pdf", "pdf", "ü.pdf"),
    "empty": ("", "png", "file.png"),
    "long": ("a" * 300 + ".pdf", "pdf", "a" * 96 + ".pdf"),
}


@pytest.mark.parametrize(("name", "kind", "kept"), NAMES.values(), ids=NAMES)
def test_kept_name_is_harmless(name: str, kind: str, kept: str) -> None:
    assert kept_name(name, kind) == kept


@example("0\r\x1b 0", "pdf")  # a control between two spaces left two of them
@given(some.text(max_size=400), some.sampled_from(["pdf", "jpg", "png", "doc", "docx", "csv"]))
def test_kept_name_is_always_a_name(name: str, kind: str) -> None:
    kept = kept_name(name, kind)
    stem, _, ending = kept.rpartition(".")
    assert ending == kind or (kind == "jpg" and ending in ("jpg", "jpeg", "jpe", "jfif"))
    assert stem and len(kept) <= MOST
    assert not set(kept) & set('/\\:*?"<>|') and kept[0] not in ". " and stem[-1] not in ". "
    assert not any(unicodedata.category(sign) in ("Cc", "Cf", "Cs") for sign in kept)
    assert kept_name(kept, kind) == kept
