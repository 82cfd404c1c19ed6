"""relay apply: the store is brought in line with people.csv and relationships.csv, all or nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from relay.commands.here import Here
from relay.commands.listing import AsJson, show, stop, tell
from relay.domain import Notification
from relay.ports import AuditLine
from relay.problems import ConfigError, Problem
from relay.roster import Plan, Roster, plan, refuse_endings, respelled, still_taken
from relay.roster_files import load_roster
from relay.settings import Settings
from relay.welcome_files import load_greetings
from relay.wiring import House, WiringTrouble, open_house
from store.trouble import StoreTrouble


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command(epilog="Example: relay -c config apply --dry-run")(apply)


def apply(
    ctx: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the plan, change nothing.")] = False,
    prune: Annotated[bool, typer.Option("--prune", help="Take out people who left people.csv.")] = False,
    allow_endings: Annotated[
        bool, typer.Option("--allow-endings", help="End many relationships at once, if that is what the files say.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Bring people and relationships in line with the files, all or nothing; print the plan."""
    here = Here.of(ctx)
    settings = here.settings(texts=True)
    printed = _as_json if as_json else _as_lines
    try:
        if dry_run:
            _dry_run(here, settings, printed, prune=prune, allow_endings=allow_endings)
        else:
            bring_in_line(here, settings, prune=prune, allow_endings=allow_endings, printed=printed)
    except ConfigError as error:
        tell(error.problems)
        raise typer.Exit(1) from None
    except (WiringTrouble, StoreTrouble) as trouble:
        stop(str(trouble))


def bring_in_line(
    here: Here,
    settings: Settings,
    *,
    prune: bool = False,
    allow_endings: bool = False,
    printed: Callable[[Plan], None] | None = None,
) -> None:
    """Apply the rosters of the folder. Raises ConfigError, WiringTrouble, StoreTrouble; typer.Exit where it is refused.

    With `printed` the plan goes there first, and on a terminal the progress is shown as well.
    """
    shown = printed is not None
    wanted, greetings = load_roster(here.folder), load_greetings(settings.folder / "templates")
    house = open_house(settings, here.env, clock=here.clock, entropy=here.entropy)
    try:
        now = house.people.roster()
        made = plan(now, wanted, prune=prune)
        if printed is not None:
            _show(made, printed)
        _refuse(here, made, now, allow_endings=allow_endings)
        if made.changes:
            audit = AuditLine(
                at=here.clock.now(), actor="operator", action="applied", subject=f"{made.changes} rows"
            )  # fmt: skip
            with _bar(shown=shown) as bar:
                task = bar.add_task("applying", total=made.changes)
                house.people.apply(
                    made,
                    audit,
                    lambda done: bar.update(task, completed=done),
                    _reachable_again(house, made),
                    greetings.welcomes,
                )
        with _bar(shown=shown) as bar:  # also those that are owed since an apply that was cut short
            task = bar.add_task("welcoming", total=None)
            house.welcomer.send(lambda done: bar.update(task, completed=done))
    finally:
        house.close()


def _reachable_again(house: House, made: Plan) -> list[Notification]:
    """Give what is owed to people whose dead address this plan changes."""
    changed = {row.id for row in made.change_people}
    dead = (house.people.person(no) for no, came_back in house.people.came_back().items() if came_back.dead)
    return house.catch_up({one.no for one in dead if one is not None and one.unreachable and one.id in changed})


def _dry_run(
    here: Here, settings: Settings, printed: Callable[[Plan], None], *, prune: bool, allow_endings: bool
) -> None:
    wanted = load_roster(here.folder)
    now = Roster()
    if _has_store(settings):
        house = open_house(settings, here.env, clock=here.clock, entropy=here.entropy)
        try:
            now = house.people.roster()
        finally:
            house.close()
    made = plan(now, wanted, prune=prune)
    _show(made, printed)
    _refuse(here, made, now, allow_endings=allow_endings)


def _has_store(settings: Settings) -> bool:
    """Tell whether there is a store already; to open one is to make it, and a dry run makes nothing."""
    url = settings.store.url
    return not url.startswith("sqlite:///") or Path(url.removeprefix("sqlite:///")).exists()


def _as_lines(made: Plan) -> None:
    for line in made.lines():
        typer.echo(line)


def _as_json(made: Plan) -> None:
    parts = (line.partition(" ") for line in made.lines())
    show(({"sign": sign, "row": row} for sign, _, row in parts), as_json=True)


def _show(made: Plan, printed: Callable[[Plan], None]) -> None:
    printed(made)
    for person in made.missing_people:
        typer.echo(f"{person} has left people.csv and is kept; --prune takes people out", err=True)
    if not made.changes:
        typer.echo("nothing to change", err=True)


def _refuse(here: Here, made: Plan, now: Roster, *, allow_endings: bool) -> None:
    """Let nothing be written where the store could not, or should not. Raises ConfigError, typer.Exit."""
    taken = [
        (
            "email",
            f'an address of "{new}" is still that of "{old}", who left the file and is kept; nothing was changed',
            f'add --prune to take "{old}" out, or name the row "{old}" again: another id is another person',
        )
        for new, old in still_taken(now, made)
    ]
    mistaken = [
        (
            "id",
            f'"{new}" differs by upper and lower case only from "{old}", who left the file and is kept',
            f'write "{old}" again, or add --prune to take "{old}" out: another id is another person',
        )
        for new, old in respelled(made)
    ]
    file = str(here.folder / "people.csv")
    wrong = [Problem(file=file, line=0, key=key, what=what, todo=todo) for key, what, todo in (*taken, *mistaken)]
    if wrong:
        raise ConfigError(wrong)
    live = sum(row.state != "ended" for row in now.relations)
    if refuse_endings(made, live) and not allow_endings:
        stop(
            f"this would end {made.endings} of {live} relationships, and nothing was changed; "
            "if relationships.csv is whole and that is meant, add --allow-endings"
        )


def _bar(*, shown: bool) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=not (shown and sys.stderr.isatty()),
    )
