"""`make docs`: write what is generated from the code. tests/unit/test_docs.py checks that nobody forgot."""

from __future__ import annotations

from pathlib import Path

from relay import manual
from relay.refusal import Refusal
from tests.mail_pictures import mails_md

ROOT = Path(__file__).parent.parent


def refusals() -> str:
    """Give docs/refusals.md."""
    lines = [
        "# Every reason for a no",
        "",
        "Generated from relay/refusal.py by `make docs`. A 4xx answer is *deferred*: the sender's server tries again.",
        "What is typed, in the portal or for `relay post`, is *refused* then, and told to be sent again in a minute.",
        "The reason is what `relay journal` shows. Behind the sentence stands whom to ask: Support or where to book.",
        "",
        "| reason | SMTP | sentence | points to |",
        "|---|---|---|---|",
    ]
    for row in Refusal:
        sentence = row.sentence.replace("{files}", "*file 2*").replace("{allowed}", "*PDF, JPG, …*")
        lines.append(f"| {row.slug} | {row.code} {row.enhanced} | {sentence} | {row.pointer or '-'} |")
    return "\n".join(lines) + "\n"


GENERATED = {"docs/refusals.md": refusals, "docs/config.md": manual.config_md, "docs/mails.md": mails_md}

if __name__ == "__main__":
    for name, write in GENERATED.items():
        (ROOT / name).write_text(write(), encoding="utf-8")
    manual.write(ROOT)
