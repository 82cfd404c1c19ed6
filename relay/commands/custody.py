"""relay post, thread, escalate, address, audit: what an operator does with threads; audited where it touches them."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from relay.authorise import takes_part
from relay.commands.here import Here, person_or_stop
from relay.commands.listing import AsJson, Cell, show, stop
from relay.domain import Consumed, FoundFile, Opened, Person, Stored, Thread, Turned, instant, shown
from relay.left_out import WHAT, sentences
from relay.ports import AuditLine
from relay.refusal import sentence
from relay.wiring import House

SUPPORT = "support"  #: stands for the Support thread where a provider is named


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command(epilog="Example: relay post --from lee --to ana --file plan.pdf 'Here is the plan.'")(post)
    app.command(epilog="Example: relay thread ana lee --reason 'subpoena 12-345' --json")(thread)
    app.command(epilog="Example: relay escalate ana lee")(escalate)
    app.command(epilog="Example: relay address ana lee --for ana --revoke")(address)
    audit = typer.Typer(help="The audit chain: who did what to what, and when.", no_args_is_help=True)
    audit.command("show", epilog="Example: relay audit show --json")(audit_show)
    audit.command("verify", epilog="Example: relay audit verify")(audit_verify)
    app.add_typer(audit, name="audit")


def post(
    ctx: typer.Context,
    author: Annotated[str, typer.Option("--from", metavar="PERSON", help="Who writes.")],
    to: Annotated[str, typer.Option("--to", metavar="PERSON", help='To whom; "support" for Support.')],
    text: Annotated[str, typer.Argument(help='What; "-" reads it from stdin.')] = "",
    file: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="A file to go with it; may be given again.")
    ] = None,
) -> None:
    """Post a message as somebody (a welcome, say). The other side gets the usual notification."""
    words = _utf8(sys.stdin.buffer.read() if text == "-" else os.fsencode(text))
    files = [_file(position, path) for position, path in enumerate(file or (), 1)]
    with Here.of(ctx).house() as house:
        writer = person_or_stop(house, author)
        where = _thread_of(house, writer, to)
        outcome = house.intake.write(where.no, writer.no, words, via="cli", files=files)
        match outcome:
            case Stored():
                typer.echo(shown(outcome.message))
                for one in outcome.left_out:
                    typer.echo(f"file {one.position}, {WHAT[one.flaw][0]}, was left out", err=True)
            case Turned():
                stop(sentence(outcome.reason, outcome.details, house.pointers, typed=True))
            case Consumed():
                pass  # cannot be: each post is one of its own


def _utf8(octets: bytes) -> str:
    try:
        return octets.decode()
    except UnicodeDecodeError:
        stop("the text is not UTF-8, and its signs cannot be told; convert it first (iconv -t UTF-8)")


def _file(position: int, path: Path) -> FoundFile:
    try:
        content = path.read_bytes()
    except OSError as error:
        stop(f"{path}: cannot be read ({error.strerror})")
    return FoundFile(position=position, name=path.name, declared="", content=content)


def _thread_of(house: House, writer: Person, to: str) -> Thread:
    """Find the thread that the two share."""
    if to.lower() == SUPPORT:
        return _between(house, writer, None)
    other = person_or_stop(house, to)
    if writer.role == "support":
        return _between(house, other, None)
    if other.role == "support":
        return _between(house, writer, None)
    return _between(house, other, writer) if writer.role == "provider" else _between(house, writer, other)


def _between(house: House, client: Person, provider: Person | None) -> Thread:
    found = house.books.people.thread_between(client.no, provider.no if provider else None)
    if found is None:
        stop(f"{client.id} and {provider.id if provider else SUPPORT}: no thread; `relay threads` lists them")
    return found


def _named(house: House, client: str, provider: str) -> Thread:
    return _between(
        house, person_or_stop(house, client), None if provider.lower() == SUPPORT else person_or_stop(house, provider)
    )


def thread(
    ctx: typer.Context,
    client: Annotated[str, typer.Argument(help="The client's id (in a Support thread: whose it is).")],
    provider: Annotated[str, typer.Argument(help='The provider\'s id, or "support".')],
    reason: Annotated[str, typer.Option(help="Why you read it; kept in the audit chain.")],
    as_json: AsJson = False,
) -> None:
    """Read a thread: break-glass, audited before anything is shown, and told to both parties.

    Exit 1 where a message is damaged.
    """
    if not reason.strip():
        stop("--reason: is empty; say why you read other people's messages", 2)
    here = Here.of(ctx)
    with here.house() as house:
        where = _named(house, client, provider)
        house.books.ledger.inspected(
            where.no,
            AuditLine(
                at=here.clock.now(), actor="operator", action="thread-read", subject=f"thread {where.no}", note=reason
            ),
        )
        messages = house.reader.whole(where.no)
        told = {
            "client": client,
            "provider": provider,
            "state": where.state,
            "messages": [_message(house, each) for each in messages],
        }
        lines = [line for each in messages for line in _lines(each, house.id_of(each.author))]
    if as_json:
        lines = [json.dumps(told, ensure_ascii=False, indent=1)]
    for line in lines:
        typer.echo(line)
    if any(each.text is None for each in messages):
        stop("a message of this thread is damaged; restore it from a backup")


def _message(house: House, message: Opened) -> dict[str, object]:
    told: dict[str, object] = {
        "id": shown(message.id),
        "from": house.id_of(message.author),
        "sent_at": instant(message.sent_at),
        "via": message.via,
        "subject": message.subject or None,
        "text": message.text,
        "attachments": [
            {"name": file.name, "type": file.type, "bytes": file.size, "sha256": file.sha256} for file in message.files
        ],
        "left_out": len(message.left_out),
    }
    return told if message.text is not None else {**told, "damaged": True}


def _lines(message: Opened, author: str) -> Iterator[str]:
    yield f"-- {instant(message.sent_at)} {author} ({message.via})"
    if message.subject:
        yield f"Subject: {message.subject}"
    yield "[damaged: this message cannot be opened]" if message.text is None else message.text
    for file in message.files:
        yield f"[file: {file.name}, {file.type}, {file.size} bytes]"
    for _, what in sentences(message.left_out):
        yield f"[{what}]"
    yield ""


def escalate(
    ctx: typer.Context,
    client: Annotated[str, typer.Argument(help="The client's id.")],
    provider: Annotated[str, typer.Argument(help="The provider's id.")],
) -> None:
    """Hand the thread's open question to Support now. Exit 1 where nothing is open, or Support has it as urgent."""
    with Here.of(ctx).house() as house:
        where = _named(house, client, provider)
        match house.questions.hand(where.no, "operator"):
            case "handed":
                typer.echo(f"thread {where.no}: Support is told")
            case "already":
                stop(f"{client} and {provider}: Support was told already that thread {where.no} is urgent")
            case "nothing":
                stop(f"{client} and {provider}: nothing is open in thread {where.no}; {client} waits for no answer")


def address(
    ctx: typer.Context,
    client: Annotated[str, typer.Argument(help="The client's id.")] = "",
    provider: Annotated[str, typer.Argument(help='The provider\'s id, or "support".')] = "",
    holder: Annotated[str, typer.Option("--for", metavar="PERSON", help="Whose reply address.")] = "",
    revoke: Annotated[bool, typer.Option("--revoke", help="Make the old one dead and print a new one.")] = False,
    every: Annotated[bool, typer.Option("--all", help="Every reply address, those in Support threads too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Print the reply address of a person in a thread, or make a leaked one dead."""
    here = Here.of(ctx)
    if every:
        if client or holder or revoke:
            stop("--all goes alone (and with --json)", 2)
        with here.house() as house:
            show(_every_address(house), as_json=as_json)
        return
    if not (client and provider and holder):
        stop("say whose: relay address CLIENT PROVIDER --for PERSON (or --all)", 2)
    with here.house() as house:
        where, who = _named(house, client, provider), person_or_stop(house, holder)
        if not takes_part(where, who):
            stop(f"{holder} takes no part in this thread; say --for {client} or --for {provider}")
        if not who.addresses:
            stop(f"{holder}: was taken out by `relay apply --prune`, and can write to nobody")
        epoch = house.books.people.epoch(where.no, who.no)
        if revoke:
            epoch = house.books.people.revoke(where.no, who.no, here.clock.now())
        one: dict[str, Cell] = {
            "client": client,
            "provider": provider,
            "person": holder,
            "address": house.addresses.reply(where.no, who.no, epoch),
        }
    if as_json:
        typer.echo(json.dumps(one))
    else:
        typer.echo(one["address"])


def _every_address(house: House) -> list[dict[str, Cell]]:
    """Give the address of everyone who is there, in each of their threads; Support has them in Support threads."""
    rows: list[dict[str, Cell]] = []
    here = {person.no for person in house.books.people.everyone()}
    support = house.books.people.support()
    for each in house.books.people.threads():
        parties = (each.client, *(support if each.provider is None else (each.provider,)))
        for person in (one for one in dict.fromkeys(parties) if one in here):
            epoch = house.books.people.epoch(each.no, person)
            rows.append(
                {
                    "client": house.id_of(each.client),
                    "provider": SUPPORT if each.provider is None else house.id_of(each.provider),
                    "person": house.id_of(person),
                    "address": house.addresses.reply(each.no, person, epoch),
                }
            )
    return rows


def audit_show(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the audit chain, oldest first."""
    with Here.of(ctx).house() as house:
        rows: list[dict[str, Cell]] = [
            {
                "seq": row.seq,
                "at": instant(row.line.at),
                "actor": row.line.actor,
                "action": row.line.action,
                "subject": row.line.subject or None,
                "note": row.line.note or None,
                "hash": row.hash,
            }
            for row in house.books.ledger.audited()
        ]
    show(rows, as_json=as_json)


def audit_verify(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Walk the chain; exit 1 and name the first row that was changed, removed or moved."""
    with Here.of(ctx).house() as house:
        bad = house.books.ledger.first_bad()
        rows = sum(1 for _ in house.books.ledger.audited())
    if as_json:
        typer.echo(json.dumps({"ok": bad is None, "rows": rows, "bad": bad}))
    elif bad is None:
        typer.echo(f"ok: {rows} rows")
    else:
        typer.echo(f"row {bad} does not fit the chain: it, or one before it, was changed, removed or moved")
    if bad is not None:
        raise typer.Exit(1)
