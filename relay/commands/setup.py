"""relay init, records, check: a config folder is made, and looked at."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from outbound.compose import template_problems
from relay.commands.here import Here
from relay.commands.listing import AsJson, Cell, show, stop, tell
from relay.commands.records import parted, records
from relay.commands.ring import key_ring
from relay.dkim_keys import GOOD_BITS, key_file, read_key, record
from relay.domain import KEY_OCTETS
from relay.loading import look
from relay.manual import config_folder
from relay.ports import Entropy
from relay.problems import Problem
from relay.roster_files import open_rosters, read_roster
from relay.welcome_files import read_greetings

ED25519 = "relay-ed"
RSA = "relay-rsa"


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command(epilog="Example: relay init config")(init)
    app.command("records", epilog="Example: relay -c config records")(dns)
    app.command(epilog="Example: relay -c config check")(check)


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
