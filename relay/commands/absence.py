"""relay away: a provider's absence, told to their clients before they write and in notices."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from relay.commands.here import Here, person_or_stop
from relay.commands.listing import stop

USAGE = 2


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command(epilog="Example: relay away lee --until 2026-08-14 --cover kim")(away)


def away(
    ctx: typer.Context,
    person: Annotated[str, typer.Argument(metavar="PERSON", help="The provider.")],
    until: Annotated[str, typer.Option(metavar="DATE", help="The day they are back, YYYY-MM-DD.")] = "",
    cover: Annotated[str, typer.Option(metavar="PERSON", help='Who covers: a provider, or "support".')] = "",
    back: Annotated[bool, typer.Option("--back", help="They are back now.")] = False,
) -> None:
    """Say that a provider is away until a day, or back. It ends by itself when that day begins where they live."""
    if bool(until) == back or (cover and back):
        stop("give --until DATE (and --cover PERSON, if somebody covers), or --back", USAGE)
    with Here.of(ctx).house() as house:
        found = person_or_stop(house, person)
        if back:
            if not house.absences.back(found, actor="operator"):
                stop(f"{person}: is not away")
            typer.echo(f"{person}: is back", err=True)
            return
        wrong = house.absences.declare(found, _date(until), cover, actor="operator")
        if wrong:
            stop(f"{person}: {wrong}")
        typer.echo(f"{person}: is away and back on {until}", err=True)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        stop(f"--until: {text} is no date; write it like 2026-08-14", USAGE)
