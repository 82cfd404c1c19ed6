"""Real mail through a running relay: every case of the shared reply corpus ends in one outcome with a receipt."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from tests.live import Captive, practice

SHARED = Path(__file__).resolve().parents[3] / "shared" / "corpus" / "replies"
SUFFIX = {"text": "txt", "html": "html", "eml": "eml"}
MIME = "MIME-Version: 1.0\nContent-Type: text/{kind}; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
NO_LIMITS = {f"RELAY_LIMITS__{name}": "" for name in ("PER_PERSON", "PER_THREAD", "SAME_TEXT")}
ENDED = re.compile(r"(250 2\.0\.0|550 5\.[0-9]+\.[0-9]+|552 5\.3\.4|554 5\.4\.6) ")


def case_as_mail(row: dict[str, str], to: str) -> bytes:
    """Give a case as a whole mail from ana to her reply address."""
    octets = (SHARED / f"{row['case']}.{SUFFIX[row['kind']]}").read_bytes()
    if row["kind"] != "eml":
        kind = "html" if row["kind"] == "html" else "plain"
        octets = b"Subject: Re: hello\n" + MIME.format(kind=kind).encode() + octets
    for name in ("From", "To", "Cc", "Message-ID", "Delivered-To"):
        octets = _without(octets, name)
    ours = f"From: ana@client.test\nTo: {to}\nMessage-ID: <{row['case']}@client.test>\n"
    return re.sub(rb"\r?\n", b"\r\n", ours.encode() + octets)


def _without(octets: bytes, name: str) -> bytes:
    head, gap, body = (*re.split(rb"(\r?\n\r?\n)", octets, maxsplit=1), b"", b"")[:3]
    head = re.sub(rb"(?im)^" + name.encode() + rb":[^\n]*\n(?:[ \t][^\n]*\n?)*", b"", head + b"\n").rstrip(b"\r\n")
    return head + gap + body


@pytest.mark.shared
def test_every_real_mail_ends_in_one_outcome(tmp_path: Path) -> None:
    with (SHARED / "INDEX.tsv").open(encoding="utf-8", newline="") as index:
        rows = list(csv.DictReader(index, delimiter="\t", quoting=csv.QUOTE_NONE))
    with Captive() as smarthost, practice(tmp_path, smarthost.port, **NO_LIMITS) as made:
        made.start()
        to = made.address("ana", "lee", "ana")
        answers = {row["case"]: made.send(case_as_mail(row, to), to) for row in rows}
        strange = {case: line for case, (code, line) in answers.items() if not ENDED.match(f"{code} {line}")}
        assert strange == {}
        stored = sum(code == 250 for code, _ in answers.values())
        outcomes = Counter(row["outcome"] for row in made.json("journal"))
        assert sum(outcomes.values()) == len(rows)
        assert outcomes["deferred"] == 0
        assert outcomes["stored"] + outcomes["consumed"] == stored
        assert outcomes["stored"] >= len(rows) * 0.9
        assert len(made.thread()) == outcomes["stored"]
        log = made.log.read_text()
        assert "Traceback" not in log
        assert "internal-error" not in log
