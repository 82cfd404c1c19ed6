"""The one command, `relay`. What each subcommand does stands in relay/commands/.

A family of commands is imported when one of it is asked for: `relay extract` in a mail pipe has no use for a database.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="relay",
    help="Secure messages that are answered by hitting Reply.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"relay {version('relay')}")
        raise typer.Exit


@app.callback(epilog="Example: relay init config && relay -c config check")
def root(
    ctx: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(
            "-c", "--config", help="The config folder; else $RELAY_CONFIG, else ./config. Also after the command."
        ),
    ] = None,
    _shown: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Take the options that every command shares."""
    ctx.obj = config  # relay/commands/here.py makes of it what a command needs, when it needs it


FAMILIES = {
    "setup": ("init", "check", "records"),
    "apply": ("apply",),
    "serve": ("serve",),
    "look": ("threads", "people", "status", "outbox", "journal"),
    "custody": ("post", "thread", "escalate", "address", "audit"),
    "absence": ("away",),
    "mail": ("extract",),
    "explain": ("explain",),
    "demo": ("demo",),
}


def register(words: Sequence[str]) -> None:
    """Add the family of the command that is asked for to `app`; all where none is (help, or a typo)."""
    asked = next((word for word in words if not word.startswith("-")), "")
    wanted = [family for family, names in FAMILIES.items() if asked in names] or list(FAMILIES)
    for family in wanted:
        import_module(f"relay.commands.{family}").register(app)


def _config_first(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Take -c DIR out, so that it works before and after the command; what follows `--` is left alone."""
    first: list[str] = []
    rest: list[str] = []
    waiting = list(words)
    while waiting:
        word = waiting.pop(0)
        if word == "--":
            rest += [word, *waiting]
            break
        if word in ("-c", "--config") and waiting:
            first += [word, waiting.pop(0)]
        elif word.startswith("--config=") or _is_glued(word):
            first.append(word)
        else:
            rest.append(word)
    return first, rest


def _is_glued(word: str) -> bool:
    """Is it -cDIR? What else begins so is a reason, say."""
    return word.startswith("-c") and word != "-c" and Path(word[2:]).is_dir()


def main() -> None:
    """Run the command line. What libraries warn of may quote a mail, and is for those who write them."""
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
    config, words = _config_first(sys.argv[1:])
    register(words)
    app(args=config + words)
