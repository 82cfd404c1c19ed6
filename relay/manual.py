"""What `relay init` writes, and docs/config.md: both from the descriptions and defaults of relay/settings.py.

No input but the model; texts out. A test compares config/ and docs/config.md with what is made here, so a key is
explained once. Raises nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Literal, get_args, get_origin

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from relay.settings import GUIDE, Guide, InboundImap, Section, Settings, is_later, shape
from relay.units import Octets, spell_duration, spell_size

HEAD = """\
# Relay's settings, every key at its default. `relay check` tells what is wrong, and the line; docs/config.md says more.
# Durations are 90s, 5m, 48h, 7d; sizes 64KiB, 25MiB; rates 60/1m; "" turns a limit off. A relative path begins at this
# folder. A key may come from the environment as well: RELAY_OUTBOUND__SMARTHOST=smtp://127.0.0.1:2600
"""

PEOPLE = """\
id,role,name,email,timezone,locale,response
ana,client,Ana Example,ana@example.org,,,
lee,provider,Dr. Lee Example,lee@example.org;dr.lee@example.net,America/Chicago,en-US,"two business days, or three"
desk,support,Front Desk,desk@example.org,,,
"""

RELATIONS = """\
client,provider,state
ana,lee,active
"""

TEMPLATES = """\
# Your own words

A file here takes the place of the template of the same name that comes with Relay (`outbound/templates/` in its
source): copy the one you want to change, and change the copy. `relay check` reads every file here and tells what does
not fit.

A template cannot show what somebody wrote: it is not given it.

`welcome/PROVIDER.txt` is what that provider welcomes a new client with, `welcome.txt` what all others do; one below
`es/`, say, is for clients of that language. Plain text, sent once for each new relationship that begins as booked.
"""

DOC_HEAD = """\
# The config folder

<!-- Made from relay/settings.py by `make docs`; a test compares. Change the descriptions there. -->

`relay init DIR` writes it, `relay check` tells everything that is wrong with it, `relay apply` brings people and
relationships in line with the files. Every command finds it by `-c DIR`, then `$RELAY_CONFIG`, then `./config`.

| file | what it holds |
|---|---|
| `relay.toml` | the settings below |
| `people.csv` | `id,role,name,email,timezone,locale,response`; role is client, provider or support |
| `relationships.csv` | `client,provider,state`; state is booked, active, previous or ended |
| `templates/` | your own words for notifications and the providers' welcomes, if any |
| `keys/` | the master key, the key ring and the DKIM keys; mode 0600, never in version control |

**people.csv**: the columns may stand in any order; the last three may be missing or empty. An id is 1 to 63 of
`A-Z a-z 0-9 . _ -`, beginning with a letter or digit, the one of your records system say; it is always written the same
way, for no two may differ by upper and lower case only, and `support` is for somebody of Support. `email` may hold
several addresses separated by `;`: the first gets the notifications, all may write, and no two people share one.
`response` is the provider's own policy on answering, shown instead of `organisation.expected_response`.

**Welcomes**: `templates/welcome/PROVIDER.txt` (the provider's id) is the first message that a new client gets from that
provider, `templates/welcome.txt` the one from all others; a file of the same name below `templates/LOCALE/` is for
clients of that language, and a provider's own text goes before everybody's. Plain UTF-8, sent as it stands; the
emergency line is put below where the text does not hold it. No file, no welcome.

**Spelling**: durations are `90s`, `5m`, `48h`, `7d`; sizes `64KiB`, `25MiB`; rates `60/1m`; `""` turns a limit off. A
relative path begins at the config folder. A section header stands on a line of its own.

**Environment**: `RELAY_OUTBOUND__SMARTHOST=smtp://127.0.0.1:2600` is laid over `smarthost` in `[outbound]`. Lists and
tables are written as JSON, switches as `true` or `false`.

**Secrets**: where there is a key such as `password`, there is `password_file` as well, the path of a file that holds
nothing else (mode 0600).

Keys marked *later* are known and checked but have no effect in this release; `relay check` warns where one is set.
"""


def relay_toml() -> str:
    """Make relay.toml with every key at its default."""
    blocks = [HEAD, *(block for path, section in _sections(Settings, ()) for block in _tables(path, section))]
    return "\n".join(blocks)


def config_md() -> str:
    """Make docs/config.md."""
    return "\n".join([DOC_HEAD, *(_chapter(path, section) for path, section in _sections(Settings, ()))])


def config_folder() -> dict[str, str]:
    """Make the files of a new config folder, by their names in it; keys are not among them."""
    return {
        "relay.toml": relay_toml(),
        "people.csv": PEOPLE,
        "relationships.csv": RELATIONS,
        "templates/README.md": TEMPLATES,
        "crisis.txt": (Path(__file__).parent / "crisis.txt").read_text(encoding="utf-8"),
    }


def spelled(value: object) -> str:
    """Spell a default as it stands in relay.toml."""
    match value:
        case bool():
            return str(value).lower()
        case Octets():
            return f'"{spell_size(value)}"'
        case int():
            return str(value)
        case timedelta():
            return f'"{spell_duration(value)}"'
        case tuple():
            return f"[{', '.join(map(spelled, value))}]"
        case _:
            return json.dumps("" if value is None or value is PydanticUndefined else str(value), ensure_ascii=False)


# -- relay.toml --------------------------------------------------------------------------------------------------------


def _sections(above: type[Section], path: tuple[str, ...]) -> Iterator[tuple[str, type[Section]]]:
    """Give every section that has keys of its own, with the name in its brackets."""
    for name, known in above.model_fields.items():
        section, _ = shape(known)
        if section is None:
            continue
        if any(shape(inner)[0] is None for inner in section.model_fields.values()):
            yield ".".join((*path, name)), section
        else:
            yield from _sections(section, (*path, name))


def _tables(path: str, section: type[Section]) -> Iterator[str]:
    about = f"# {_about(section)}"
    if section is Guide:
        rows = [f"[[{path}]]\ntopic = {spelled(row.topic)}\nask = {spelled(row.ask)}\n" for row in GUIDE]
        yield "\n".join([about, *_keys_said(section), *rows])
    elif section is InboundImap:
        lines = f"[[{path}]]\n{_keys(section)}".splitlines()
        yield "\n".join([f"{about} Take the # before the lines away.", *(f"# {line}" for line in lines), ""])
    else:
        yield f"{about}\n[{path}]\n{_keys(section)}"


def _keys_said(section: type[Section]) -> Iterator[str]:
    for name, known in section.model_fields.items():
        yield f"#   {known.alias or name}: {comment(known)}"


def _keys(section: type[Section]) -> str:
    lines = []
    for name, known in section.model_fields.items():
        key = known.alias or name
        value = "{}" if shape(known)[0] else spelled(known.default)
        off = "# " if shape(known)[0] else ""
        lines.append(f"# {comment(known)}\n{off}{key} = {value}\n")
    return "".join(lines)


def comment(known: FieldInfo) -> str:
    """Say what the key is for, what it may be, and whether it has an effect yet."""
    choices = [choice for choice in get_args(known.annotation) if isinstance(choice, str)]
    if get_origin(known.annotation) is tuple and get_origin(get_args(known.annotation)[0]) is Literal:
        choices = list(get_args(get_args(known.annotation)[0]))
    said = [known.description or ""]
    if any(choice not in said[0] for choice in choices):
        said.append(f"Choices: {', '.join(choices)}.")
    if is_later(known):
        said.append("No effect in this release.")
    return " ".join(said)


def _about(section: type[Section]) -> str:
    return " ".join((section.__doc__ or "").split())


# -- docs/config.md ----------------------------------------------------------------------------------------------------


def _chapter(path: str, section: type[Section]) -> str:
    many = section in {Guide, InboundImap}
    title = f"[[{path}]]" if many else f"[{path}]"
    rows = [_row(known.alias or name, known) for name, known in section.model_fields.items()]
    head = ["| key | default | what it is for |", "|---|---|---|"]
    return "\n".join([f"## {title}", "", _about(section), "", *head, *rows, *_guide(section), *_inner(section), ""])


def _inner(section: type[Section]) -> Iterator[str]:
    """Tell the keys of a table within, for it stands in no chapter of its own."""
    for name, known in section.model_fields.items():
        inner, many = shape(known)
        if inner is not None and not many:
            yield from ("", f"**{name}**: {_about(inner)}", "", "| key | default | what it is for |", "|---|---|---|")
            yield from (_row(key, each) for key, each in inner.model_fields.items())


def _row(key: str, known: FieldInfo) -> str:
    default = "" if known.is_required() or shape(known)[0] else f"`{spelled(known.default)}`"
    said = comment(known).replace("No effect in this release.", "*later*").replace("|", "\\|")
    return f"| `{key}` | {default} | {said} |"


def _guide(section: type[Section]) -> Iterator[str]:
    if section is Guide:
        yield from ("", "As shipped:", "", "| topic | ask |", "|---|---|")
        yield from (f"| {row.topic} | {row.ask} |" for row in GUIDE)


def write(root: Path) -> None:
    """Write config/ and docs/config.md below the root of the source tree (`make docs`)."""
    texts = {f"config/{name}": text for name, text in config_folder().items()} | {"docs/config.md": config_md()}
    for name, text in texts.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
