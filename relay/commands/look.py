"""relay threads, people, status, outbox, journal: lists without content: ids, states, times; no names or addresses."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Annotated

import typer

from inbound.imap_names import digests
from relay.authenticate import is_same
from relay.balance import FORMS, ON_THE_WAY, Balance, Imbalance, balance
from relay.commands.here import Here, person_or_stop
from relay.commands.listing import AsJson, Cell, show, stop
from relay.domain import Absence, CameBack, OutboxRow, Person, Receipt, RowId, Thread, instant, shown
from relay.ports import Summary
from relay.units import read_duration
from relay.wiring import House


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command(epilog="Example: relay threads --json")(threads)
    app.command(epilog="Example: relay people --revive ana")(people)
    app.command(epilog="Example: relay status --json")(status)
    app.command(epilog="Example: relay outbox --json | jq '.[] | select(.state == \"failed\")'")(outbox)
    app.command(epilog="Example: relay journal --since 2h --json")(journal)


def threads(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the threads: who takes part, the relationship's state, how many messages, when the last one came."""
    with Here.of(ctx).house() as house:
        found = house.books.people.threads()
        known = house.books.messages.summaries([each.no for each in found])
        show((_thread(house, each, known.get(each.no)) for each in found), as_json=as_json)


def _thread(house: House, thread: Thread, summary: Summary | None) -> dict[str, Cell]:
    return {
        "thread": thread.no,
        "client": house.id_of(thread.client),
        "provider": "support" if thread.provider is None else house.id_of(thread.provider),
        "state": thread.state,
        "messages": 0 if summary is None else summary.count,
        "last_at": None if summary is None else instant(summary.newest_at),
    }


def people(
    ctx: typer.Context,
    revive: Annotated[
        str, typer.Option(metavar="PERSON", help="Send to that person's dead addresses again, from now on.")
    ] = "",
    forget: Annotated[
        str, typer.Option(metavar="PERSON", help="Let that person's remembered addresses write no more.")
    ] = "",
    address: Annotated[str, typer.Option(metavar="ADDRESS", help="With --forget: this one only.")] = "",
    as_json: AsJson = False,
) -> None:
    """List the people: id, role, how many addresses may write, whether mails reach them. No names, no addresses."""
    if address and not forget:
        stop("--address: goes with --forget PERSON", 2)
    if revive and forget:
        stop("--revive and --forget: one at a time", 2)
    here = Here.of(ctx)
    with here.house() as house:
        known = house.books.people
        if revive:
            found = person_or_stop(house, revive)
            lifted = known.revive(found.no, here.clock.now(), house.catch_up({found.no}))
            typer.echo(f"{revive}: {lifted} dead addresses revived" if lifted else f"{revive}: none is dead", err=True)
        if forget:
            _forget(house, person_or_stop(house, forget), address)
        listed = [each for each in known.everyone() if each.id == (revive or forget or each.id)]
        came_back = known.came_back()
        now = here.clock.now()
        show(
            (_person(each, came_back.get(each.no, CameBack()), house.absences.of(each, now)) for each in listed),
            as_json=as_json,
        )


def _person(person: Person, came_back: CameBack, absence: Absence | None) -> dict[str, Cell]:
    return {
        "id": person.id,
        "role": person.role,
        "addresses": len(person.addresses),
        "remembered": len(person.remembered),
        "unreachable": person.unreachable,
        "dead_addresses": came_back.dead,
        "soft_bounces": came_back.soft,
        "away_until": absence.until.isoformat() if absence else None,
    }


def _forget(house: House, person: Person, address: str) -> None:
    which = next((one.id for one in person.remembered if is_same(one.address, address)), None)
    if address and which is None:
        stop(f"{person.id}: has no such remembered address")
    gone = house.holding.forget(person, which, actor="operator")
    what = f"{gone} remembered addresses forgotten" if gone else "none is remembered"
    typer.echo(f"{person.id}: {what}", err=True)


def status(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Show in numbers how the relay stands: people, threads, what is owed, what the journal counts."""
    with Here.of(ctx).house() as house:
        owed: Counter[str] = Counter()
        waiting: Counter[str] = Counter()
        for row in house.books.outbox.rows():
            owed[row.state] += 1
            if row.state == "due" and row.last_error:
                waiting[row.last_error] += 1
        taken = Counter(receipt.outcome for receipt in house.books.ledger.receipts())
        next_due = house.books.outbox.next_due()
        reachable = Counter(not person.unreachable for person in house.books.people.everyone())
        told = {
            "people": reachable.total(),
            "unreachable": reachable[False],
            "threads": len(house.books.people.threads()),
            "open_questions": house.questions.count_open(),
            "outbox": dict(sorted(owed.items())),
            "waiting": dict(waiting.most_common()),
            "next_due": instant(next_due) if next_due else None,
            "journal": dict(sorted(taken.items())),
        }
        mailboxes = list(_mailboxes(house))
    if as_json:
        typer.echo(json.dumps({**told, "imap": mailboxes}, indent=1))
        return
    for each in mailboxes:
        told[f"imap {each['mailbox']}"] = f"{each['host']} {each['folder']}, last success {each['last_success'] or '-'}"
    for name, value in told.items():
        counts = _counts(value) if isinstance(value, dict) else value
        typer.echo(f"{name}: {'-' if counts in (None, '') else counts}")


def _mailboxes(house: House) -> Iterator[dict[str, Cell]]:
    """Tell when each mailbox was last looked through, by its number in relay.toml."""
    for number, section in enumerate(house.settings.inbound.imap, 1):
        last = house.mailboxes.last_success(digests(section, house.mailbox_key).inbox)
        yield {
            "mailbox": number, "host": section.host, "folder": section.folder,
            "last_success": instant(last) if last else None,
        }  # fmt: skip


def outbox(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List every mail that was ever owed, oldest first: to whom, why, its state and what went wrong."""
    with Here.of(ctx).house() as house:
        show((_owed(house, row) for row in house.books.outbox.rows()), as_json=as_json)


def _owed(house: House, row: OutboxRow) -> dict[str, Cell]:
    notification = row.notification
    return {
        "id": shown(notification.id),
        "to": "support" if notification.to is None else house.id_of(notification.to),
        "kind": notification.why,
        "thread": notification.thread,
        "state": row.state,
        "due_at": instant(row.next_at),
        "attempts": row.attempts,
        "last_error": row.last_error or None,
        "message_id": house.message_id(notification),
        "ended_at": instant(row.ended_at) if row.ended_at else None,
    }


def journal(
    ctx: typer.Context,
    with_balance: Annotated[
        bool, typer.Option("--balance", help="Prove instead that each ended in one outcome; exit 1 if not.")
    ] = False,
    since: Annotated[
        str, typer.Option(help='Only what came since then: a time ("2026-01-31T18:00:00Z") or a duration ago ("2h").')
    ] = "",
    as_json: AsJson = False,
) -> None:
    """List every inbound mail, oldest first: when, by which way, its one outcome and the stages it went through."""
    here = Here.of(ctx)
    start = _start(since, here.clock.now()) if since else None
    with here.house() as house:
        if not with_balance:
            show((_receipt(each) for each in house.books.ledger.receipts(start)), as_json=as_json)
            return
        with house.books.ledger.accounts(start) as accounts:
            found = balance(accounts)
    _tell(found, as_json=as_json)
    if found.problems:
        raise typer.Exit(1)


def _tell(found: Balance, *, as_json: bool) -> None:
    """Print the counts, what is on its way apart, what does not fit, and whether it balances."""
    counts = {name: found.outcomes.get(name, 0) for name in FORMS}
    told: dict[str, object] = {"receipts": found.receipts}
    told |= {name: count for name, count in counts.items() if name not in ON_THE_WAY}
    told |= {"on_the_way": {name: counts[name] for name in ON_THE_WAY}, "messages": found.messages}
    if as_json:
        problems = [
            {
                "receipt": None if each.receipt is None else shown(each.receipt),
                "message": None if each.message is None else shown(each.message),
                "what": each.what,
            }
            for each in found.problems
        ]
        typer.echo(json.dumps({**told, "problems": problems, "balanced": not problems}, indent=1))
        return
    for name, value in told.items():
        typer.echo(f"{name.replace('_', ' ')}: {_counts(value) if isinstance(value, dict) else value}")
    for each in found.problems:
        typer.echo(f"receipt {shown(each.receipt)}: {each.what}" if each.receipt is not None else _of_message(each))
    typer.echo(f"balanced: {'no' if found.problems else 'yes'}")


def _of_message(problem: Imbalance) -> str:
    return f"message {shown(problem.message or RowId(0))}: {problem.what}"


def _counts(value: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {state}" for state, count in value.items())


def _start(since: str, now: datetime) -> datetime:
    try:
        at = datetime.fromisoformat(since)
    except ValueError:
        pass
    else:
        return at if at.tzinfo else at.replace(tzinfo=now.tzinfo)
    try:
        ago: timedelta = read_duration(since)
    except ValueError:
        stop(f'--since {since}: neither a time nor a duration; write "2026-01-31T18:00:00Z" or "2h"', 2)
    return now - ago


def _receipt(receipt: Receipt) -> dict[str, Cell]:
    return {
        "at": instant(receipt.at),
        "via": receipt.via,
        "outcome": receipt.outcome,
        "reason": receipt.reason,
        "kind": receipt.kind,
        "receipt": shown(receipt.id),
        "trace": list(receipt.trace),
    }
