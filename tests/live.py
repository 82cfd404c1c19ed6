"""A whole relay for tests: a config folder, a captive smarthost, `relay serve` as a process of its own, real SMTP."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import re
import shutil
import signal
import smtplib
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import httpx
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from relay.demo.folder import free_ports
from tests.forked import Forked, command

ROOT = Path(__file__).parent.parent
PATIENCE = 20.0  #: seconds to wait for what should come at once, on a busy machine
PEOPLE = """\
id,role,name,email
ana,client,Ana Ruiz,ana@client.test
lee,provider,Dr. Lee,lee@practice.test
kim,provider,Dr. Kim,kim@practice.test
bo,client,Bo Berg,bo@client.test
sue,support,Sue,sue@practice.test
"""
RELATIONSHIPS = "client,provider,state\nana,lee,active\nana,kim,active\nbo,lee,ended\n"


APPLIED: dict[tuple[str, str], Path] = {}  #: rosters that were applied already, with the folder as it was then


class Captive:
    """A smarthost that keeps what it gets: (envelope sender, recipient, octets)."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, str, bytes]] = []
        self.arrived: list[float] = []
        self.answer = "250 2.0.0 kept"
        self.answers: dict[str, str] = {}  #: for one recipient only
        self._changed = threading.Condition()
        self._controller = Controller(self, hostname="127.0.0.1", port=0, ready_timeout=PATIENCE)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self.answers.get(envelope.rcpt_tos[0], self.answer)
        if answer.startswith("250"):
            with self._changed:
                for to in envelope.rcpt_tos:
                    self.mails.append((str(envelope.mail_from), to, bytes(envelope.content or b"")))
                    self.arrived.append(time.monotonic())
                self._changed.notify_all()
        return answer

    def __enter__(self) -> Captive:
        # aiosmtpd's Controller asks for a fixed port; 0 works where its self-test is told the port that it got.
        with free_ports(1) as (self.port,):
            pass
        self._controller.port = self.port
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    def wait(self, count: int, to: str = "", patience: float = PATIENCE) -> list[EmailMessage]:
        """Wait for so many mails (to that address), give them parsed, oldest first."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._to(to)) >= count, patience)
        found = self._to(to)
        assert len(found) >= count, f"{len(found)} of {count} mails came"
        return [message_from_bytes(octets, policy=default) for octets in found]

    def wait_for(self, message_id: str, patience: float = PATIENCE) -> EmailMessage:
        """Wait for the mail of that Message-ID, give it parsed."""
        mark = f"Message-ID: {message_id}\r\n".encode()
        with self._changed:
            self._changed.wait_for(lambda: any(mark in octets for _, _, octets in self.mails), patience)
        found = [octets for _, _, octets in self.mails if mark in octets]
        assert found, "the mail did not come"
        return message_from_bytes(found[0], policy=default)

    def _to(self, to: str) -> list[bytes]:
        return [octets for _, each, octets in self.mails if to in ("", each)]


def relay(folder: Path, *words: str, env: Mapping[str, str] | None = None, stdin: bytes = b"") -> tuple[int, str, str]:
    """Run one `relay` command; give exit code, stdout, stderr."""
    return command("relay", ["-c", str(folder), *words], {**os.environ, **(env or {})}, stdin)


def _field(page: str, name: str) -> re.Match[str] | None:
    return re.search(rf'name="{name}" value="([^"]+)"', page)


def fill(client: httpx.Client, path: str, **fields: str) -> httpx.Response:
    """Send a form of that page, with the page's own token."""
    token = _field(client.get(path).text, "form_token")
    assert token, path
    action = fields.pop("action", path)
    return client.post(action, data={"form_token": token[1], **fields})


@dataclass(slots=True)
class Practice:
    """A config folder with people, and where its relay listens."""

    folder: Path
    smtp_port: int
    portal_port: int
    operator_port: int
    env: dict[str, str]
    process: subprocess.Popen[bytes] | Forked | None = None
    log: Path = field(default_factory=Path)

    def run(self, *words: str, stdin: bytes = b"") -> tuple[int, str, str]:
        return relay(self.folder, *words, env=self.env, stdin=stdin)

    def ok(self, *words: str, stdin: bytes = b"") -> str:
        code, out, err = self.run(*words, stdin=stdin)
        assert code == 0, f"relay {' '.join(words)} ended with {code}: {err}"
        return out

    def json(self, *words: str) -> Any:
        return json.loads(self.ok(*words, "--json"))

    def address(self, client: str, provider: str, holder: str) -> str:
        return self.ok("address", client, provider, "--for", holder).strip()

    def thread(self, client: str = "ana", provider: str = "lee") -> list[dict[str, Any]]:
        messages: list[dict[str, Any]] = self.json("thread", client, provider, "--reason", "test")["messages"]
        return messages

    def _spawn(
        self, *words: str, dies_at: str = "", shifted: int = 0, own: bool = False
    ) -> subprocess.Popen[bytes] | Forked:  # fmt: skip
        module, run = "relay", ["-c", str(self.folder), "serve", *words]
        if dies_at:
            module, run = "tests.faulty_serve", [str(self.folder), dies_at]
        if shifted:
            module, run = "tests.shifted_serve", [str(self.folder), str(shifted)]
        self.log, env = self.folder.parent / "serve.log", {**os.environ, **self.env}
        if not (own or words):
            return Forked(module, run, env, self.log, self.log)
        with self.log.open("ab") as log:
            return subprocess.Popen([sys.executable, "-m", module, *run], stdout=log, stderr=log, env=env, cwd=ROOT)

    def dies(self, step: str) -> int:
        """Start `relay serve`, which comes upon a mail by itself; wait until it dies at that step, give the code."""
        process = self._spawn(dies_at=step)
        try:
            return process.wait(PATIENCE * 3)
        finally:
            process.kill()

    def start(self, *words: str, dies_at: str = "", shifted: int = 0, own: bool = False) -> None:
        """Start `relay serve` and wait until it takes mail.

        `dies_at` kills it at that step of a mail; `shifted` is how many seconds its clock is ahead. With words, or as
        its `own`, it is a Python of its own as an admin starts it; else it is forked (tests/forked.py).
        """
        self.process = self._spawn(*words, dies_at=dies_at, shifted=shifted, own=own)
        end = time.monotonic() + PATIENCE * 2
        while time.monotonic() < end:
            assert self.process.poll() is None, f"relay serve ended: {self.log.read_text()}"
            with contextlib.suppress(OSError), urllib.request.urlopen(self.url("readyz"), timeout=2) as answer:
                if answer.status == 200:
                    return
            time.sleep(0.05)
        raise AssertionError(f"relay serve is not ready: {self.log.read_text()}")

    def mailbox(self, number: int = 1) -> dict[str, Any]:
        """Give what /readyz tells of a mailbox."""
        told: dict[str, Any] = json.loads(self.get("readyz")[1])["imap"][number - 1]
        return told

    def sibling(self) -> Practice:
        """Give a second relay on the same folder and store, with ports and a name of its own; not yet started."""
        with free_ports(3) as (smtp, portal, operator):
            own = {
                "RELAY_INBOUND__SMTP__LISTEN": f"127.0.0.1:{smtp}",
                "RELAY_INBOUND__SMTP__HOSTNAME": "second.practice.test",
                "RELAY_PORTAL__LISTEN": f"127.0.0.1:{portal}",
                "RELAY_OPERATOR__LISTEN": f"127.0.0.1:{operator}",
            }
        return Practice(self.folder, smtp, portal, operator, {**self.env, **own})

    def url(self, page: str) -> str:
        return f"http://127.0.0.1:{self.operator_port}/{page}"

    def get(self, page: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(self.url(page), timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def get_quietly(self, page: str) -> int:
        """Give the status, 0 while nobody listens."""
        try:
            return self.get(page)[0]
        except OSError:
            return 0

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End the process that start() began; give its exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        code = self.process.wait(PATIENCE * 2)
        self.process = None
        return code

    def ended(self, code: int) -> None:
        """Wait for the end of the process that start() began, by itself, with that code."""
        assert self.process is not None
        assert self.process.wait(PATIENCE * 2) == code
        self.process = None

    @contextlib.contextmanager
    def sign_in(self, smarthost: Captive, address: str, path: str = "/") -> Iterator[httpx.Client]:
        """Sign in on the portal as a browser does, from that page; the client is at home there afterwards."""
        base = f"http://127.0.0.1:{self.portal_port}"
        with httpx.Client(base_url=base, follow_redirects=True, timeout=PATIENCE * 2) as client:
            page = client.get(path).text
            fields = {name: found[1] for name in ("link", "goal") if (found := _field(page, name))}
            client.post("/sign-in", data=fields if "link" in fields else {**fields, "address": address})
            owed = next(row for row in reversed(self.json("outbox")) if row["kind"] == "sign-in")
            mail = smarthost.wait_for(owed["message_id"])
            assert mail["To"] == address
            code = re.search(r"^(\d{6})\s*$", mail.get_body(("plain",)).get_content(), re.MULTILINE)
            assert code
            arrived = client.post("/sign-in/code", data={"code": code[1]})
            assert arrived.status_code == 200, arrived.text
            yield client

    def send(self, octets: bytes, to: str, sender: str = "ana@client.test") -> tuple[int, str]:
        """Send a mail by SMTP; give the code and the text that decided."""
        with smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=60) as client:
            client.ehlo()
            steps = (client.mail(sender), client.rcpt(to))
            for code, line in steps:
                if code >= 400:
                    return code, line.decode()
            code, line = client.data(octets)
            return code, line.decode()


@contextlib.contextmanager
def practice(
    folder: Path, smarthost_port: int, people: str = PEOPLE, relationships: str = RELATIONSHIPS, **env: str
) -> Iterator[Practice]:
    """Make a config folder and bring people in line; whatever was started is ended with the block."""
    with free_ports(3) as (smtp, portal, operator):
        pass
    settings = {
        "RELAY_ADDRESS__PATTERN": "r.{token}@reply.practice.test",
        "RELAY_ORGANISATION__NAME": "Riverside Practice",
        "RELAY_ORGANISATION__SUPPORT_CONTACT": "support@practice.test",
        "RELAY_INBOUND__SMTP__LISTEN": f"127.0.0.1:{smtp}",
        "RELAY_INBOUND__SMTP__HOSTNAME": "reply.practice.test",
        "RELAY_INBOUND__TRUST__POLICY": "address-only",
        "RELAY_OUTBOUND__SMARTHOST": f"smtp://127.0.0.1:{smarthost_port}",
        "RELAY_OUTBOUND__FROM": "relay@reply.practice.test",
        "RELAY_CHAT__QUIET_AFTER": "1s",  # what is no test of chats does not wait for five minutes
        "RELAY_PORTAL__LISTEN": f"127.0.0.1:{portal}",
        "RELAY_PORTAL__URL": f"http://127.0.0.1:{portal}",
        "RELAY_OPERATOR__LISTEN": f"127.0.0.1:{operator}",
        **env,
    }
    made = Practice(folder=folder / "config", smtp_port=smtp, portal_port=portal, operator_port=operator, env=settings)
    own = any(name.startswith(("RELAY_STORE", "RELAY_KEYS", "RELAY_ORGANISATION")) for name in env)
    like = APPLIED.get((people, relationships)) if not own else None
    if like is not None:
        shutil.copytree(like, made.folder)
    else:
        made.ok("init", str(made.folder))
        (made.folder / "people.csv").write_text(people, encoding="utf-8")
        (made.folder / "relationships.csv").write_text(relationships, encoding="utf-8")
        made.ok("apply")
        if not own:
            kept = Path(tempfile.mkdtemp(prefix="relay-applied-"))
            atexit.register(shutil.rmtree, kept, ignore_errors=True)
            APPLIED[people, relationships] = shutil.copytree(made.folder, kept / "config")
    try:
        yield made
    finally:
        if made.process is not None:
            made.stop(signal.SIGKILL)


def a_reply(to: str, text: str, sender: str = "ana@client.test", **headers: str) -> bytes:
    """Write a small plain mail."""
    mail = {
        "From": sender,
        "To": to,
        "Subject": "Re: New message",
        "Message-ID": f"<{time.monotonic_ns()}@client.test>",
    }
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in {**mail, **headers}.items()]
    body = (
        "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\nMIME-Version: 1.0\n\n" + text + "\n"
    )
    return re.sub(rb"\r?\n", b"\r\n", ("\n".join(lines) + "\n" + body).encode())


def words_of(rows: Sequence[Mapping[str, Any]], key: str) -> list[Any]:
    """Give one column of a listing."""
    return [row[key] for row in rows]
