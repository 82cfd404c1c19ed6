"""How commands show things: lists as plain lines or JSON on stdout, talk on stderr, exit codes (INTERFACE)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, NoReturn

import typer

from relay.problems import Problem

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of lines.")]
Cell = str | int | None | Sequence[str] | Mapping[str, object]


def show(rows: Iterable[Mapping[str, Cell]], *, as_json: bool) -> None:
    """Print one line a row under one heading line, or a JSON list. Nothing is wrapped or shortened."""
    if as_json:
        typer.echo(json.dumps(list(rows), ensure_ascii=False, indent=1))
        return
    lines = [dict(row) for row in rows]
    if not lines:
        return
    table = [list(lines[0]), *([_plain(cell) for cell in line.values()] for line in lines)]
    widths = [max(len(line[column]) for line in table) for column in range(len(table[0]))]
    for line in table:
        typer.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _plain(cell: Cell) -> str:
    if cell is None or cell == "":
        return "-"
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, str | int):
        return str(cell)
    if isinstance(cell, Mapping):
        return json.dumps(cell)
    return ",".join(cell) or "-"


def tell(problems: Iterable[Problem]) -> None:
    """Say on stderr what is wrong in the config folder."""
    for problem in problems:
        typer.echo(str(problem), err=True)


def stop(sentence: str, code: int = 1) -> NoReturn:
    """Say on stderr what was wrong and what to do, and exit: 1 a problem was found or refused, 2 usage."""
    typer.echo(sentence, err=True)
    raise typer.Exit(code)
