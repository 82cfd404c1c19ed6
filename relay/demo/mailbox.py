"""The captive mailbox: a smarthost that keeps what each person got, and a page to read and answer it.

The page shows each mail rendered and raw; its Reply button sends a real SMTP reply to the relay's own SMTP port,
quoting the mail as Gmail, Outlook or Apple Mail would.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import cast, get_args
from urllib.parse import parse_qsl

import aiosmtplib
from aiosmtpd.smtp import SMTP, Envelope, Session
from jinja2 import Environment, FileSystemLoader
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from relay.demo.quoting import Answer, Program, reply_to
from relay.ports import Clock, Entropy

HOST = "127.0.0.1"

#: A mail is shown as a mail program shows it: nothing of it runs or loads, its link opens in a page of its own.
NEW_TAB = '<head><base target="_blank">'
SANDBOX = "allow-popups allow-popups-to-escape-sandbox"
MAIL_POLICY = f"sandbox {SANDBOX}; default-src 'none'; style-src 'unsafe-inline'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Got:
    """A mail in the captive mailbox."""

    no: int
    to: str = field(repr=False)
    octets: bytes = field(repr=False)

    @property
    def subject(self) -> str:
        """The subject, decoded."""
        return str(message_from_bytes(self.octets, policy=default)["Subject"])

    def body(self, kind: str) -> str:
        """The plain or HTML text, decoded."""
        part = message_from_bytes(self.octets, policy=default).get_body((kind,))
        return str(part.get_content()) if part is not None else ""


class Mailbox:
    """A smarthost in our own event loop that delivers into memory."""

    def __init__(self, clock: Clock, entropy: Entropy) -> None:
        """Take the clock and the dice for the replies' Date and Message-ID."""
        self.got: list[Got] = []
        self._arrived = asyncio.Condition()
        self._clock = clock
        self._entropy = entropy
        self.relay_port = 0  #: where replies go; known once the relay listens

    async def start(self) -> int:
        """Listen on a free port and give it."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: SMTP(self, hostname="mailbox.test", loop=loop), HOST, 0)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Stop listening."""
        self._server.close()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep a mail for each recipient."""
        async with self._arrived:
            for to in envelope.rcpt_tos:
                self.got.append(Got(no=len(self.got) + 1, to=to, octets=cast(bytes, envelope.content)))
            self._arrived.notify_all()
        return "250 2.0.0 in the captive mailbox"

    async def wait_for(self, to: str, count: int, seconds: float) -> Got:
        """Wait until that address has got so many mails; give the last of them. Raises TimeoutError."""
        async with asyncio.timeout(seconds), self._arrived:
            await self._arrived.wait_for(lambda: sum(each.to == to for each in self.got) >= count)
        return [each for each in self.got if each.to == to][count - 1]

    async def reply(self, got: Got, text: str, program: Program, writer: str = "") -> str:
        """Answer a mail by real SMTP, as that person's program would; give the relay's reply line."""
        answer = Answer(
            writer=writer or got.to,
            text=text,
            program=program,
            at=self._clock.now(),
            message_id=f"<{self._entropy.octets(12).hex()}@mailbox.test>",
        )
        octets = reply_to(got.octets, answer)
        to = str(message_from_bytes(octets, policy=default)["To"].addresses[0].addr_spec)
        try:
            async with aiosmtplib.SMTP(hostname=HOST, port=self.relay_port, start_tls=False) as client:
                _, line = await client.sendmail(answer.writer, [to], octets)
                return f"250 {line}"
        except aiosmtplib.SMTPRecipientsRefused as refused:
            return f"{refused.recipients[0].code} {refused.recipients[0].message}"
        except aiosmtplib.SMTPResponseException as refused:
            return f"{refused.code} {refused.message}"

    # -- the page ------------------------------------------------------------------------------------------------------

    def page(self, title: str, people: dict[str, str], links: dict[str, str]) -> Starlette:
        """Make the page: who is who by address, and the other pages of the demo."""
        shelf = Environment(loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True)
        template = shelf.get_template("mailbox.html")

        async def show(request: Request) -> Response:
            told = request.query_params.get("told", "")
            mails = list(reversed(self.got))
            return HTMLResponse(
                template.render(title=title, people=people, links=links, mails=mails, told=told, sandbox=SANDBOX)
            )

        async def raw(request: Request) -> Response:
            return PlainTextResponse(self._at(request).octets)

        async def rendered(request: Request) -> Response:
            html = self._at(request).body("html").replace("<head>", NEW_TAB, 1)
            return HTMLResponse(html, headers={"Content-Security-Policy": MAIL_POLICY})

        async def reply(request: Request) -> Response:
            got, form = self._at(request), dict(parse_qsl((await request.body()).decode()))
            if not form.get("text") or form.get("program") not in get_args(Program):
                raise HTTPException(400, "Write something, and say in which mail program.")
            line = await self.reply(got, form["text"].replace("\r\n", "\n"), cast(Program, form["program"]))
            return RedirectResponse(request.url_for("show").include_query_params(told=line), status_code=303)

        return Starlette(
            routes=[
                Route("/", show, name="show"),
                Route("/{no:int}/raw", raw),
                Route("/{no:int}/rendered", rendered),
                Route("/{no:int}/reply", reply, methods=["POST"]),
            ]
        )

    def _at(self, request: Request) -> Got:
        for got in self.got:
            if got.no == request.path_params["no"]:
                return got
        raise HTTPException(404, "There is no such mail.")
