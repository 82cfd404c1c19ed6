"""Whole mails and what we read of them: tests/golden/mime/NAME.eml beside NAME.json.

The files have LF line ends; each is read with CRLF as well, and by both ways of finding the parts. RELAY_GOLDEN=write
rewrites what is expected; read the diff.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from inbound import parts
from inbound.mime import parse

MAILS = sorted((Path(__file__).parents[1] / "golden/mime").glob("*.eml"))
QUICK = {"plain", "gmail_alternative", "outlook_related_with_signature_image", "apple_text_around_a_file", "signed"}


def read(octets: bytes) -> dict[str, Any]:
    mail = parse(octets)
    return {
        "senders": list(mail.senders),
        "subject": mail.subject,
        "message_id": mail.message_id,
        "references": list(mail.references),
        "content_type": mail.content_type,
        "parts": list(mail.parts),
        "plain": mail.body.plain,
        "html": mail.body.html,
        "flowed": mail.body.flowed,
        "delsp": mail.body.delsp,
        "files": [
            [each.position, each.name, each.declared, len(each.content), each.inline, each.agreed]
            for each in mail.files
        ],
        "report": [mail.report.action, mail.report.status] if mail.report else None,
    }


def crlf(octets: bytes) -> bytes:
    return octets.replace(b"\n", b"\r\n")


@pytest.mark.parametrize("golden", MAILS, ids=[path.stem for path in MAILS])
def test_parse_reads_the_golden_mail(golden: Path) -> None:
    found = read(golden.read_bytes())
    expected = golden.with_suffix(".json")
    if os.environ.get("RELAY_GOLDEN") == "write":
        expected.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    assert found == json.loads(expected.read_text())


@pytest.mark.parametrize("golden", MAILS, ids=[path.stem for path in MAILS])
def test_parse_reads_the_same_with_crlf(golden: Path) -> None:
    whole, bare = read(crlf(golden.read_bytes())), read(golden.read_bytes())
    for each in (whole, bare):
        each["files"] = [[*file[:3], *file[4:]] for file in each["files"]]  # a text file counts its line ends
    assert whole == bare


@pytest.mark.parametrize("golden", MAILS, ids=[path.stem for path in MAILS])
def test_both_ways_find_the_same_parts(golden: Path) -> None:
    for octets in (golden.read_bytes(), crlf(golden.read_bytes())):
        quick = parts.quick(octets)
        assert quick is None or quick == parts.thorough(octets)
        assert quick is not None or golden.stem not in QUICK
