"""The one command, `relay`. What each subcommand does stands in relay/commands/."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from relay.commands import custody, demo, look, mail, serve, setup
from relay.commands.here import Here

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
    ctx.obj = Here.start(config, os.environ)


for family in (setup, serve, look, custody, mail, demo):
    family.register(app)


def _config_first(words: Sequence[str]) -> list[str]:
    """Move -c DIR to the front, so that it works before and after the command; what follows `--` is left alone."""
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
        elif word.startswith("--config="):
            first.append(word)
        else:
            rest.append(word)
    return first + rest


def main() -> None:
    """Run the command line."""
    app(args=_config_first(sys.argv[1:]))
