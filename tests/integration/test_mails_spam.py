"""What SpamAssassin thinks of our mails, as a receiver's server gets them: its own rules, without the network."""

from __future__ import annotations

import mailbox
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

MAILS = sorted((Path(__file__).parents[1] / "golden/notifications").glob("*.eml"))
RECEIVED = (
    b"Received: from smarthost.elm.example (smarthost.elm.example [198.51.100.25])\r\n"
    b"\tby mx.home.example (Postfix) with ESMTPS id 4F1D2 for <ana@home.example>;\r\n"
    b"\tSat, 31 Jan 2026 12:00:01 +0000 (UTC)\r\n"
)
HARMLESS = {
    "HTML_MESSAGE",  # it has an HTML part, worth 0.0
    "RCVD_ILLEGAL_IP",  # the address in the Received above is one for examples (RFC 5737)
}


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """The rules that each golden mail hits; one run for all, since to read the rules takes most of the time."""
    sent, judged = (tmp_path_factory.mktemp("spam") / name for name in ("sent", "judged"))
    with closing(mailbox.mbox(sent)) as box:
        for mail in MAILS:
            box.add(b"X-Golden: %b\r\n%b%b" % (mail.stem.encode(), RECEIVED, mail.read_bytes()))
    with judged.open("wb") as out:
        subprocess.run(["spamassassin", "--local", "--mbox", str(sent)], stdout=out, check=True, timeout=300)
    with closing(mailbox.mbox(judged)) as box:
        return {str(mail["X-Golden"]): rules(str(mail["X-Spam-Status"])) for mail in box}


def rules(status: str) -> set[str]:
    """Give the names of the rules from the header that SpamAssassin adds."""
    names = "".join(status.split()).partition("tests=")[2].partition("autolearn")[0]
    return set(names.split(","))


@pytest.mark.parametrize("name", [mail.stem for mail in MAILS])
def test_mail_hits_no_rule_that_is_ours_to_mend(judged: dict[str, set[str]], name: str) -> None:
    assert judged[name] - HARMLESS == set()


def test_the_run_would_notice(judged: dict[str, set[str]]) -> None:
    assert len(judged) == len(MAILS) > 40
    assert all("RCVD_ILLEGAL_IP" in found for found in judged.values())  # headers are looked at
    assert "HTML_MESSAGE" in judged["en_message_client"]  # and bodies
