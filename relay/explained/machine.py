"""Why a mail is taken for a machine's, or for one that has come back: by which headers, or how it is built.

Asks classify() itself, again with less of the mail each time: what is enough by itself is the evidence. Parsed and the
envelope sender in, the kind and lines out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from relay.classify import classify
from relay.domain import Kind, Parsed
from relay.explained.telling import brief
from relay.refusal import Refusal, Refused

Own = Callable[[str], bool]
A_PERSON = "person@sender.invalid"  #: an envelope sender that says nothing
WEAK = ("x-auto-response-suppress", "x-ms-exchange-inbox-rules-loop", "precedence", "auto-submitted")


def told(mail: Parsed, mail_from: str, own: Own) -> tuple[Kind | Refusal | None, list[str]]:
    """Tell the kind with its evidence; a Refusal is a loop's."""
    found = _kind(mail, mail_from, own)
    if found is None:
        return None, ["A person wrote it: no header, no part and no envelope says that a machine did.", *_weak(mail)]
    reasons = list(_reasons(mail, mail_from, own, found))
    what = "It has come back in a loop" if isinstance(found, Refusal) else f"A machine wrote it ({found.value})"
    return found, [f"{what}, by {reason}." for reason in reasons] or [f"{what}, by several signs together."]


def _kind(mail: Parsed, mail_from: str, own: Own) -> Kind | Refusal | None:
    try:
        return classify(mail, mail_from, own=own)
    except Refused as no:
        return no.reason


def _reasons(mail: Parsed, mail_from: str, own: Own, found: Kind | Refusal) -> Iterator[str]:
    """Give all that would be enough by itself, else what it takes together."""
    bare = replace(mail, headers=(), content_type="text/plain", parts=(), subject="", message_id="", senders=())
    names = list(dict.fromkeys(name for name, _ in mail.headers))
    enough = [name for name in names if _kind(_only(mail, bare, (name,)), A_PERSON, own) == found]
    for name in enough:
        yield _spell(mail, name)
    if _kind(replace(bare, content_type=mail.content_type, parts=mail.parts), A_PERSON, own) == found:
        yield f"how it is built ({mail.content_type})"
    if mail.message_id and _kind(replace(bare, message_id=mail.message_id), A_PERSON, own) == found:
        yield "its Message-ID, which is one of our own notifications'"
    if not mail_from and _kind(bare, mail_from, own) == found:
        yield "the empty envelope sender (Return-Path: <>)"
    needed = [] if enough else [name for name in names if _kind(_without(mail, name), mail_from, own) != found]
    if needed:
        yield " with ".join(_spell(mail, name) for name in needed)


def _only(mail: Parsed, bare: Parsed, names: tuple[str, ...]) -> Parsed:
    return replace(bare, headers=tuple((key, value) for key, value in mail.headers if key in names))


def _without(mail: Parsed, name: str) -> Parsed:
    headers = tuple((key, value) for key, value in mail.headers if key != name)
    less = replace(mail, headers=headers)
    return replace(less, subject="") if name == "subject" else replace(less, senders=()) if name == "from" else less


def _spell(mail: Parsed, name: str) -> str:
    values = mail.all(name)
    if len(values) > 1:
        return f"{len(values)} headers {_title(name)}"
    return f"the header {_title(name)}: {brief(values[0])}"


def _title(name: str) -> str:
    return "-".join(word.capitalize() for word in name.split("-"))


def _weak(mail: Parsed) -> Iterator[str]:
    seen = [_spell(mail, name) for name in WEAK if mail.header(name) is not None]
    if seen:
        yield f"Too weak to stand alone: {', '.join(seen)}."
