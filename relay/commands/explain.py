"""relay explain: what would happen to a mail, told for people, each stage with its evidence. No side effects.

A mail in a file has no envelope: the recipient comes from its delivery headers, the sender from Return-Path, the client
from the topmost Received, unless options say otherwise. Where no config folder is named and none is here, only what
needs none is told.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from inbound.mime import parse
from relay import settings
from relay.commands.here import Here
from relay.commands.listing import AsJson, stop
from relay.domain import Parsed, RawMail
from relay.explained.journey import Explainer, deciding
from relay.explained.machine import A_PERSON
from relay.explained.sender import session_of
from relay.refusal import Refused


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command(epilog="Example: relay explain reply.eml --ip 192.0.2.7")(explain)


def explain(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help='A mail, as it came (.eml); "-" reads stdin.')],
    to: Annotated[str, typer.Option(metavar="ADDRESS", help="The envelope recipient; else its headers tell.")] = "",
    mail_from: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="The envelope sender; else Return-Path tells.")
    ] = None,
    ip: Annotated[str, typer.Option(metavar="ADDRESS", help="The client's; else the topmost Received tells.")] = "",
    helo: Annotated[str, typer.Option(metavar="NAME", help="What the client called itself; likewise.")] = "",
    as_json: AsJson = False,
) -> None:
    """Show for people what would happen to a mail: each stage with its evidence, and which one decides."""
    try:
        octets = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        stop(f"{file}: cannot be read ({error.strerror})")
    here = Here.of(ctx)
    raw = _raw(octets, here, to=to, mail_from=mail_from, ip=ip, helo=helo)
    if here.named or (here.folder / "relay.toml").exists():
        with here.house() as house:
            lines = list(_told(Explainer(house.settings, house), raw, as_json=as_json))
    else:
        lines = list(_told(Explainer(settings.read({}, here.folder), None), raw, as_json=as_json))
    for line in lines:
        typer.echo(line)


def _told(explainer: Explainer, raw: RawMail, *, as_json: bool) -> Iterator[str]:
    if not as_json:
        yield from explainer.explain(raw)
        return
    stages = explainer.stages(raw)
    decided = deciding(stages)
    rows = [
        {"stage": each.stage, "reached": reached, "lines": each.lines, "ends": each.ends or None}
        for each, reached in stages
    ]
    found = {"decided_by": decided and decided.stage, "outcome": decided and decided.ends, "stages": rows}
    yield json.dumps(found, ensure_ascii=False, indent=1)


def _raw(octets: bytes, here: Here, *, to: str, mail_from: str | None, ip: str, helo: str) -> RawMail:
    """Give the mail with what its session would have known."""
    try:
        mail: Parsed | None = parse(octets)
    except Refused:
        mail = None
    told_helo, told_ip = session_of(mail) if mail is not None else ("", "")
    return RawMail(
        octets=octets,
        via="smtp",
        arrived_at=here.clock.now(),
        recipient=to,
        mail_from=_return_path(mail) if mail_from is None else mail_from.strip("<>"),
        client_ip=ip or told_ip,
        helo=helo or told_helo,
        trusted_front=True,
    )


def _return_path(mail: Parsed | None) -> str:
    """Give the envelope sender that the delivering server wrote down; one that says nothing where it did not."""
    value = mail.header("return-path") if mail is not None else None
    return A_PERSON if value is None else value.strip().strip("<>")
