"""Files that are not taken, end to end: what the SMTP answer, the mail to the sender and the thread say (R11)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from email.message import EmailMessage
from email.policy import SMTP
from itertools import count

import pytest

from tests import files
from tests.live import Captive, Practice, practice

NUMBER = count(1)
SCRIPT = files.pdf(root="/OpenAction << /S /JavaScript /JS (app.alert) >>")
PHOTO = ("IMG_0042.HEIC", files.heic())
FORM = ("intake form.pdf", SCRIPT)


@pytest.fixture(scope="module")
def smarthost() -> Iterator[Captive]:
    with Captive() as captive:
        yield captive


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, smarthost: Captive) -> Iterator[Practice]:
    with practice(tmp_path_factory.mktemp("left-out"), smarthost.port) as made:
        made.start()
        yield made


def a_mail(to: str, text: str, attached: Sequence[tuple[str, bytes]]) -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = "ana@client.test", to, "Re: New message"
    mail["Message-ID"] = f"<{next(NUMBER)}.left-out@client.test>"
    mail.set_content(text or "\n")
    for name, content in attached:
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return bytes(mail)


REFUSED = {
    "photo": ([PHOTO], "file 1: we do not accept the iPhone's photo format (HEIC). Please send JPEG:"),
    "script": ([FORM], "file 1: there are scripts or macros inside. Please send a copy as PDF without scripts."),
    "both": ([PHOTO, FORM], "files 1 (HEIC photo) and 2 (scripts or macros) of your message. Accepted are PDF, JPG,"),
}


@pytest.mark.parametrize(("attached", "said"), REFUSED.values(), ids=REFUSED)
def test_a_mail_of_bad_files_only_is_refused_with_what_to_do(
    attached: Sequence[tuple[str, bytes]], said: str, running: Practice
) -> None:
    to = running.address("ana", "lee", "ana")
    code, line = running.send(a_mail(to, "", attached), to)
    assert (code, line.split()[0]) == (550, "5.7.1")
    assert said in line
    assert not any(name.split(".")[0] in line for name, _ in attached)


def test_a_text_is_delivered_without_them_and_the_sender_is_told_what_to_do(
    running: Practice, smarthost: Captive
) -> None:
    to = running.address("ana", "lee", "ana")
    good = ("plan.pdf", files.pdf())
    assert running.send(a_mail(to, "Here they are", [PHOTO, good, FORM]), to)[0] == 250
    row = next(row for row in reversed(running.json("outbox")) if row["kind"] == "files-left-out")
    mail = smarthost.wait_for(row["message_id"])
    assert mail["To"] == "ana@client.test"
    told = " ".join(mail.get_body(("plain",)).get_content().split())
    assert "without files 1, 3 (counted in the order" in told
    assert "File 1: we do not accept the iPhone's photo format (HEIC). Please send JPEG:" in told
    assert "File 3: there are scripts or macros inside." in told
    assert "IMG_0042" not in mail.as_string()
    assert "intake form" not in mail.as_string()
    message = running.thread()[-1]
    assert (message["text"], message["left_out"]) == ("Here they are", 2)
    assert [file["name"] for file in message["attachments"]] == ["plan.pdf"]
    plain = running.ok("thread", "ana", "lee", "--reason", "test")
    assert "[A file in the iPhone's photo format (HEIC) was left out.]" in plain
    assert "[A file with scripts or macros in it was left out.]" in plain
