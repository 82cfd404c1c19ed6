"""relay explain: what would happen to a mail, told for people, each stage with its evidence. No side effects.

A mail in a file has no envelope: the address comes from its delivery headers, and SPF cannot be judged. Without a
config folder only what needs none is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from relay.authenticate import authenticate
from relay.authorise import authorise
from relay.commands.here import Here
from relay.commands.listing import stop
from relay.commands.understand import read_mail
from relay.domain import Evidence, Identified, Parsed
from relay.refusal import Refused, sentence
from relay.wiring import House


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command(epilog="Example: relay explain reply.eml")(explain)


def explain(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="A mail, as it came (.eml).")],
) -> None:
    """Show for people what would happen to a mail: which header gave the address, what is kept, who decides."""
    try:
        octets = file.read_bytes()
    except OSError as error:
        stop(f"{file}: cannot be read ({error.strerror})")
    for line in explain_mail(octets, Here.of(ctx)):
        typer.echo(line)


def explain_mail(octets: bytes, here: Here) -> Iterator[str]:
    """Tell the stages, a line or a block each."""
    reading = read_mail(octets)
    yield f"size: {len(octets)} octets"
    if reading.mail is None:
        yield f"parse: refused: {reading.why}"
        return
    yield f"parse: {reading.mail.content_type}, {len(reading.mail.headers)} headers, {len(reading.mail.files)} files"
    yield f"classify: {f'a machine: {reading.kind}, consumed' if reading.kind else 'a person'}"
    if (here.folder / "relay.toml").exists():
        with here.house() as house:
            yield from _judged(house, reading.mail)
    else:
        yield f"address, sender, relationship: not judged, for there is no config folder at {here.folder}"
    yield from _block("kept", reading.text)
    yield from _block("cut", reading.cut)
    if reading.subject:
        yield from _block("subject", reading.subject)
    for each in reading.files:
        yield f"file {each.position}: {each.verdict}"
    yield f"verdict of the text and files: {reading.why or 'nothing against them'}"


def _judged(house: House, mail: Parsed) -> Iterator[str]:
    header, found = house.addresses.in_headers(mail.headers)
    if not header and (proof := house.addresses.in_references(mail.references)):
        header, found = "references", (proof,)
    known = [each for each in found if isinstance(each, Identified)]
    alive = [each for each in known if house.people.epoch(each.thread, each.holder) == each.epoch]
    threads = {each.thread for each in alive}
    if not known or len(threads) > 1:
        yield "address: refused: " + (f"{len(threads)} threads in {header}" if threads else "no reply address of ours")
        return
    one = (alive or known)[0]
    yield f"address: {header} gives thread {one.thread}, {house.id_of(one.holder)}{'' if alive else ': revoked'}"
    yield from _who(house, mail, one)


def _who(house: House, mail: Parsed, known: Identified) -> Iterator[str]:
    writer = house.people.by_address(mail.senders[0]) if len(mail.senders) == 1 else None
    registered = Evidence(aligned=True, why="registered")  # SPF wants the session's peer: not judged here
    stage = "authenticate"
    try:
        authenticate(mail.senders, writer, registered, known.holder)
        yield "authenticate: From is a registered address (SPF and DKIM are judged when the mail comes in)"
        stage = "authorise"
        thread, _ = authorise(house.people.thread(known.thread), writer)
        yield f"authorise: may write, the relationship is {thread.state}"
    except Refused as no:
        yield f"{stage}: refused: {sentence(no.reason, no.details, house.pointers)}"


def _block(title: str, text: str) -> Iterator[str]:
    yield f"{title}: {len(text.splitlines())} lines"
    for line in text.splitlines():
        yield f"  | {line}"
