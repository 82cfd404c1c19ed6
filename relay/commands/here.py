"""Where a command runs: the config folder, the environment, the clock and the dice; what it opens from there."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import typer

from outbound.compose import template_problems
from relay.commands.listing import stop, tell
from relay.domain import Person, PersonId
from relay.loading import load
from relay.ports import Clock, Entropy
from relay.problems import ConfigError
from relay.sealing import Damaged
from relay.settings import Settings
from relay.wiring import House, SystemClock, SystemEntropy, WiringTrouble, open_house
from store.trouble import StoreTrouble


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """What every command that opens something starts from."""

    folder: Path  #: -c/--config, then $RELAY_CONFIG, then ./config
    named: bool = False  #: not merely ./config
    env: Mapping[str, str]
    clock: Clock
    entropy: Entropy

    @classmethod
    def start(cls, folder: Path | None, env: Mapping[str, str]) -> Here:
        """Make the real one."""
        named = folder or env.get("RELAY_CONFIG")
        return cls(
            folder=Path(named or "config"), named=bool(named), env=env, clock=SystemClock(), entropy=SystemEntropy()
        )

    @staticmethod
    def of(ctx: typer.Context) -> Here:
        """Make it for a command, of what the command line said."""
        return Here.start(ctx.find_root().obj, os.environ)

    def settings(self, *, texts: bool = False) -> Settings:
        """Load the config folder; where anything is broken, print every problem and exit 1.

        With `texts` the templates of mails are read over, too.
        """
        try:
            settings = load(self.folder, self.env)
            problems = template_problems(self.folder / "templates") if texts else []
            if problems:
                raise ConfigError(problems)
        except ConfigError as error:
            tell(error.problems)
            raise typer.Exit(1) from None
        return settings

    @contextmanager
    def house(self) -> Iterator[House]:
        """Open the store and all that works on it; trouble is one sentence and exit 1."""
        settings = self.settings()
        try:
            house = open_house(settings, self.env, clock=self.clock, entropy=self.entropy)
        except WiringTrouble as trouble:
            stop(str(trouble))
        if house.store.made:
            typer.echo("store.url: there was no store; a new one was made", err=True)
        try:
            yield house
        except StoreTrouble as trouble:
            stop(str(trouble))
        except Damaged:
            stop("a person in the store is damaged, or sealed with another key; restore the store and the key ring")
        finally:
            house.close()


def person_or_stop(house: House, person: str) -> Person:
    """Find the person; where there is none, say so and exit 1."""
    found = house.people.by_id(PersonId(person))
    if found is None:
        stop(f"{person}: no such person; `relay people` lists them")
    return found
