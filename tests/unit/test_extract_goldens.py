"""Whole mails and what is kept and cut of each: tests/golden/replies/NAME.{eml,html,txt}, NAME.kept.txt, NAME.cut.txt.

`python -m tests.unit.test_extract_goldens` writes the answers anew; read the diff.
"""

from __future__ import annotations

from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest

from relay.domain import Body, Extracted
from relay.extract import extract

FOLDER = Path(__file__).parents[1] / "golden" / "replies"
MAILS = sorted(path for path in FOLDER.iterdir() if not path.name.endswith((".kept.txt", ".cut.txt")))


def body_of(path: Path) -> Body:
    """Read the file: a whole mail, or a bare body."""
    if path.suffix != ".eml":
        text = path.read_text("utf-8")
        return Body(html=text) if path.suffix == ".html" else Body(plain=text)
    mail = message_from_bytes(path.read_bytes())
    parts = {part.get_content_type(): part for part in mail.walk()}
    plain = parts.get("text/plain")
    return Body(
        plain=text_of(plain),
        html=text_of(parts.get("text/html")),
        flowed=plain is not None and plain.get_param("format") == "flowed",
    )


def text_of(part: Message | None) -> str | None:
    """Decode a part."""
    content = part.get_payload(decode=True) if part is not None else None
    return content.decode("utf-8") if isinstance(content, bytes) else None


def answers(path: Path) -> tuple[Path, Path]:
    """Name the two files of answers."""
    return path.with_suffix(".kept.txt"), path.with_suffix(".cut.txt")


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.name)
def test_extract_parts_the_golden_mail(path: Path) -> None:
    kept, cut = (answer.read_text("utf-8").removesuffix("\n") for answer in answers(path))
    assert extract(body_of(path)) == Extracted(text=kept, cut=cut)


def test_golden_mails_have_answers_and_answers_have_mails() -> None:
    stems = {path.stem for path in MAILS}
    assert {path.name.split(".")[0] for path in FOLDER.iterdir()} == stems
    assert all(answer.exists() for path in MAILS for answer in answers(path))


def write() -> None:
    """Write the answers as they are now."""
    for path in MAILS:
        found = extract(body_of(path))
        for answer, text in zip(answers(path), (found.text, found.cut), strict=True):
            answer.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    write()
