"""relay serve: the relay itself, in the foreground, logging JSON lines to stderr."""

from __future__ import annotations

import asyncio
import sys

import typer

from relay.commands.here import Here
from relay.commands.listing import stop
from relay.commands.setup import bring_in_line
from relay.problems import ConfigError
from relay.serving import serve as serve_until_stopped
from relay.settings import Settings
from relay.wiring import WiringTrouble


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command(epilog="Example: relay serve -c /etc/relay")(serve)


def serve(ctx: typer.Context) -> None:
    """Run the relay: SMTP, dispatcher, scheduler, portal, operator page. SIGTERM ends it, SIGHUP reloads the config."""
    here = Here.of(ctx)
    settings = here.settings()

    def reload() -> Settings | None:
        try:
            after = here.settings()
            bring_in_line(here, after)
        except (ConfigError, typer.Exit):
            return None
        return after

    try:
        asyncio.run(
            serve_until_stopped(
                settings, here.env, clock=here.clock, entropy=here.entropy, sink=_to_stderr, reload=reload
            )
        )
    except WiringTrouble as trouble:
        stop(str(trouble))
    except OSError as error:
        stop(f"a port cannot be opened ({error.strerror}); another relay may be running, or change the listen keys")


def _to_stderr(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
