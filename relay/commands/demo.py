"""relay demo: everything on loopback in a throw-away folder, with two people and a captive mailbox."""

from __future__ import annotations

import asyncio
import signal
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from prometheus_client import CollectorRegistry

from relay.commands.apply import bring_in_line
from relay.commands.here import Here
from relay.commands.listing import stop
from relay.commands.setup import write_folder
from relay.demo.folder import NAMES, overrides, write_people
from relay.demo.mailbox import Mailbox
from relay.demo.story import Broken, tell
from relay.places import Listen
from relay.portal.server import Web
from relay.serving import Serving, places
from relay.settings import Settings
from relay.sockets import Sockets, listen_on
from relay.wiring import House, open_house


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command(epilog="Example: relay demo --script")(demo)


def demo(
    ctx: typer.Context,
    script: Annotated[bool, typer.Option("--script", help="Play the story by itself; exit 0 if it held.")] = False,
) -> None:
    """Try Relay on this machine: two people, a captive mailbox where each can hit Reply, the portal. Ctrl-C ends it."""
    outside = Here.of(ctx)
    with tempfile.TemporaryDirectory(prefix="relay-demo-") as made:
        try:
            asyncio.run(_run(Path(made) / "practice", outside, script=script))
        except Broken as broken:
            stop(f"the story does not hold: {broken}")


async def _run(folder: Path, outside: Here, *, script: bool) -> None:
    mailbox = Mailbox(outside.clock, outside.entropy)
    here = Here(
        folder=folder, env=overrides(await mailbox.start()), clock=outside.clock, entropy=outside.entropy
    )  # fmt: skip
    write_folder(folder, here.entropy)
    write_people(folder)
    settings = here.settings()
    bring_in_line(here, settings)
    house = open_house(settings, here.env, clock=here.clock, entropy=here.entropy)
    try:
        await _play(house, mailbox, script=script)
    finally:
        house.close()
        await mailbox.stop()


async def _play(house: House, mailbox: Mailbox, *, script: bool) -> None:
    over = asyncio.Event()

    async def end() -> None:
        await over.wait()

    sockets = Sockets()
    sockets.open(places(house.settings))
    house.warm()
    serving = Serving(house, CollectorRegistry())
    running = asyncio.create_task(serving.run(sockets, end))
    try:
        await serving.opened.wait()
        mailbox.relay_port = serving.smtp.port
        if script:
            await tell(house, mailbox, typer.echo)
        else:
            await _show(house.settings, house, mailbox)
    finally:
        over.set()
        await running


async def _show(settings: Settings, house: House, mailbox: Mailbox) -> None:
    """Post a first message, print where to look, wait for Ctrl-C."""
    thread = house.people.threads()[0]
    if thread.provider is not None:
        await asyncio.to_thread(house.intake.write, thread.no, thread.provider, WELCOME, via="cli")
    links = {"the portal": settings.portal.url, "the operator's page": f"http://{settings.operator.listen}/readyz"}
    page = Web(mailbox.page(settings.organisation.name, NAMES, links))
    await page.start(listen_on(Listen("127.0.0.1", 0)))
    typer.echo(f"mailbox:   http://127.0.0.1:{page.port}   what each person got; hit Reply there")
    typer.echo(f"portal:    {settings.portal.url}   sign in as {' or '.join(NAMES)}; the code comes to the mailbox")
    typer.echo(f"operator:  http://{settings.operator.listen}/readyz")
    typer.echo("Ctrl-C ends the demo and deletes all of it.")
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    await ended.wait()
    await page.stop()


WELCOME = "Welcome! You can answer me by hitting Reply in your own mail program.\nI look forward to our first session."
