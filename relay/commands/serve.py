"""relay serve: the relay itself, in the foreground, logging JSON lines to stderr."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import Callable
from typing import Annotated, TypeVar

import typer

from relay.commands.apply import bring_in_line
from relay.commands.here import Here
from relay.commands.listing import stop, tell
from relay.events import Log
from relay.problems import ConfigError
from relay.serving import SMTP, Last, Worker, places
from relay.serving import serve as serve_until_stopped
from relay.settings import Settings
from relay.sockets import NotListening, Sockets
from relay.wiring import WiringTrouble, open_house
from relay.workers import Workers, end_with_parent, keep_to_one_processor
from store.trouble import StoreTrouble

T = TypeVar("T")


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command(epilog="Example: relay serve -c /etc/relay --workers 2")(serve)


def serve(
    ctx: typer.Context,
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, help="Processes that share the SMTP port.")] = 1,
    worker: Annotated[int, typer.Option("--worker", hidden=True)] = 0,
    listening: Annotated[int, typer.Option("--listening", hidden=True)] = 0,
) -> None:
    """Run the relay: SMTP, dispatcher, scheduler, portal, operator page. SIGTERM ends it, SIGHUP reloads the config."""
    here = Here.of(ctx)
    settings = here.settings(texts=not worker)  # the parent has read them; an edit since is no reason to end
    try:
        if workers > 1 and not worker:
            _supervise(here, settings, workers)
        else:
            one = Worker(worker, workers, socket.socket(fileno=listening)) if worker else None
            with asyncio.Runner(loop_factory=_loop_factory()) as runner:
                runner.run(_serve(here, settings, one))
    except (WiringTrouble, NotListening) as trouble:
        stop(str(trouble))


async def _serve(here: Here, settings: Settings, worker: Worker | None) -> None:
    if worker is not None:
        end_with_parent()
        keep_to_one_processor(worker.number)
    await serve_until_stopped(
        settings,
        here.env,
        clock=here.clock,
        entropy=here.entropy,
        sink=_to_stderr,
        reload=lambda ready: _reloaded(here, ready, apply=worker is None),
        worker=worker,
    )


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Give uvloop's loop where the extra `speed` is installed; None: asyncio's own."""
    try:
        import uvloop  # noqa: PLC0415 - an extra
    except ImportError:
        return None
    return uvloop.new_event_loop


def _supervise(here: Here, settings: Settings, count: int) -> None:
    """Start the workers where one relay could start, and stay until they have ended."""
    listen, serving = settings.inbound.smtp.listen, places(settings)

    def ready(after: Settings, last: Last) -> Settings:
        """Try what the workers will do, and let it go again."""
        nonlocal serving
        if after.inbound.smtp.listen != listen:
            raise NotListening("inbound.smtp.listen: with several workers, a new port needs a restart")
        open_house(after, here.env, clock=here.clock, entropy=here.entropy, sink=_to_stderr).close()
        wanted, trial = places(after), Sockets()
        with trial.opening({key: place for key, place in wanted.items() if place != serving[key]}):
            last()
        trial.open({})
        serving = wanted
        return after

    def check() -> bool:
        return _reloaded(here, ready, apply=True) is not None

    # Migrates, and says what is wrong.
    open_house(settings, here.env, clock=here.clock, entropy=here.entropy, sink=_to_stderr).close()
    sockets = Sockets()
    sockets.open({SMTP: listen})
    parent = Workers(
        count,
        [sys.executable, "-P", "-m", "relay", "-c", str(here.folder), "serve", "--workers", str(count)],
        os.environ,
        listening=sockets.of(SMTP),
        log=Log(here.clock, _to_stderr, lambda event, fields: None),
        check=check,
    )
    raise typer.Exit(asyncio.run(parent.run()))


def _reloaded(here: Here, ready: Callable[[Settings, Last], T], *, apply: bool) -> T | None:
    """Check the folder, make it ready, bring the store in line with it; None where that cannot be: it was said why."""
    try:
        after = here.settings(texts=True)
        return ready(after, lambda: bring_in_line(here, after) if apply else None)
    except typer.Exit:
        return None
    except ConfigError as error:
        tell(error.problems)
        return None
    except (WiringTrouble, StoreTrouble, NotListening) as trouble:
        typer.echo(str(trouble), err=True)
        return None


def _to_stderr(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
