"""relay init, records, check, apply: a config folder is made, looked at, and brought into the store."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from outbound.compose import template_problems
from relay.commands.here import Here
from relay.commands.listing import AsJson, Cell, show, stop, tell
from relay.commands.records import parted, records
from relay.commands.ring import key_ring
from relay.dkim_keys import GOOD_BITS, key_file, read_key, record
from relay.domain import KEY_OCTETS, Notification
from relay.loading import look
from relay.manual import config_folder
from relay.ports import AuditLine, Entropy
from relay.problems import ConfigError, Problem
from relay.roster import Plan, Roster, plan, refuse_endings, respelled, still_taken
from relay.roster_files import load_roster, open_rosters, read_roster
from relay.settings import Settings
from relay.welcome_files import load_greetings, read_greetings
from relay.wiring import House, WiringTrouble, open_house
from store.trouble import StoreTrouble

ED25519 = "relay-ed"
RSA = "relay-rsa"


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command(epilog="Example: relay init config")(init)
    app.command("records", epilog="Example: relay -c config records")(dns)
    app.command(epilog="Example: relay -c config check")(check)
    app.command(epilog="Example: relay -c config apply --dry-run")(apply)


# -- relay init --------------------------------------------------------------------------------------------------------


def init(
    ctx: typer.Context, folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make.")]
) -> None:
    """Make a complete config folder with fresh keys, and print the DNS records to publish."""
    here = Here.of(ctx)
    try:
        dkim = write_folder(folder, here.entropy)
    except FileExistsError as there:
        stop(f"{there.filename or there} is there already; name another folder, or take the old config away first")
    except OSError as error:
        stop(f"{folder} cannot be made ({error.strerror}); name a folder that you may write to")
    settings, problems = look(folder, here.env)
    if settings is None:
        tell(problems)
        stop("the folder is made, but a variable of the environment does not fit it; mend that, then run relay check")
    typer.echo(f"{folder} is made; its keys are in {folder / 'keys'}: keep a copy of master.key elsewhere", err=True)
    for line in records(settings, dkim, here.clock.now()):
        typer.echo(line)
    typer.echo("; Next, once relay.toml, people.csv and relationships.csv say what is so:")
    typer.echo(f";   relay -c {folder} check")
    typer.echo(f";   relay -c {folder} apply")


def write_folder(folder: Path, entropy: Entropy) -> dict[str, str]:
    """Write a new config folder with its keys; give the DKIM records. Raises FileExistsError before it changes any."""
    files = config_folder()
    names = [*files, *(f"keys/{name}" for name in ("master.key", f"{ED25519}.pem", f"{RSA}.pem"))]
    for file in (folder / name for name in names):
        if file.exists():
            raise FileExistsError(file)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # who is a client is a diagnosis
    (folder / "keys").mkdir(mode=0o700, exist_ok=True)
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        _write(folder / name, text.encode())
    _write(folder / "keys/master.key", entropy.octets(KEY_OCTETS).hex().encode() + b"\n")
    return _write_dkim(folder / "keys", entropy)


def _write_dkim(keys: Path, entropy: Entropy) -> dict[str, str]:
    edwards = Ed25519PrivateKey.from_private_bytes(entropy.octets(32))
    rsa = generate_private_key(public_exponent=65537, key_size=GOOD_BITS)
    for name, key in ((ED25519, edwards), (RSA, rsa)):
        _write(keys / f"{name}.pem", _pem(key))
    return {ED25519: record(edwards), RSA: record(rsa)}


def _pem(key: Ed25519PrivateKey | RSAPrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write(file: Path, octets: bytes) -> None:
    """Write a file that nobody else can read at any moment."""
    file.touch(mode=0o600, exist_ok=False)
    file.write_bytes(octets)


# -- relay records -----------------------------------------------------------------------------------------------------


def dns(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Print the DNS records to publish, as the config is now: public halves of the keys in dkim_selectors and all.

    In JSON they are without the explanations.
    """
    here = Here.of(ctx)
    settings = here.settings()
    dkim = {name: record(read_key(key_file(settings.folder, name))) for name in settings.outbound.dkim_selectors}
    lines = records(settings, dkim, here.clock.now())
    if as_json:
        show(parted(lines), as_json=True)
        return
    for line in lines:
        typer.echo(line)


# -- relay check -------------------------------------------------------------------------------------------------------


def check(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Tell everything that is wrong in the config folder, a line each: FILE:LINE: key: what is wrong; what to do."""
    here = Here.of(ctx)
    _, settings_problems = look(here.folder, here.env, [key_ring])
    roster, roster_problems = read_roster(here.folder)
    templates = here.folder / "templates"
    providers = {row.id for row in roster.people if row.role == "provider"}
    _, greeting_problems = read_greetings(templates, None if roster_problems else providers)
    problems = (
        *settings_problems,
        *roster_problems,
        *open_rosters(here.folder),
        *template_problems(templates),
        *greeting_problems,
    )
    if as_json:
        show(map(_problem, problems), as_json=True)
    else:
        for problem in problems:
            typer.echo(problem)
    wrong = sum(not problem.warning for problem in problems)
    if wrong:
        stop(f"{wrong} problem{'s' if wrong > 1 else ''} to mend")
    typer.echo("the config is good" + (", with warnings" if problems else ""), err=True)


def _problem(problem: Problem) -> dict[str, Cell]:
    return {
        "file": problem.file,
        "line": problem.line or None,
        "key": problem.key or None,
        "what": problem.what,
        "todo": problem.todo,
        "warning": problem.warning,
    }


# -- relay apply -------------------------------------------------------------------------------------------------------


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
        Problem(
            file=str(here.folder / "people.csv"),
            line=0,
            key="email",
            what=f'an address of "{new}" is still that of "{old}", who left the file and is kept; nothing was changed',
            todo=f'add --prune to take "{old}" out, or name the row "{old}" again: another id is another person',
        )
        for new, old in still_taken(now, made)
    ] + [
        Problem(
            file=str(here.folder / "people.csv"),
            line=0,
            key="id",
            what=f'"{new}" differs by upper and lower case only from "{old}", who left the file and is kept',
            todo=f'write "{old}" again, or add --prune to take "{old}" out: another id is another person',
        )
        for new, old in respelled(made)
    ]
    if taken:
        raise ConfigError(taken)
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
