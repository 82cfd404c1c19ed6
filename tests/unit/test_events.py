"""The log takes ids, numbers and our own words, never text."""

import json
from collections.abc import Callable
from importlib import import_module

import pytest

from relay.events import CODE, Event, Log
from relay.ports import PortTrouble
from tests.fakes import FakeClock


def a_log() -> tuple[Log, list[str], list[tuple[Event, dict[str, object]]]]:
    lines: list[str] = []
    seen: list[tuple[Event, dict[str, object]]] = []
    return Log(FakeClock(), lines.append, lambda event, fields: seen.append((event, fields))), lines, seen


def test_say_writes_one_json_line_and_tells_the_watcher() -> None:
    log, lines, seen = a_log()
    log.say(Event.NOTICE_SENT, notification="0d3f", attempts=1, ms=2.5)
    assert json.loads(lines[0]) == {
        "at": "2026-01-31T12:00:00.000+00:00", "event": "notice-sent", "notification": "0d3f", "attempts": 1, "ms": 2.5,
    }  # fmt: skip
    assert seen == [(Event.NOTICE_SENT, {"notification": "0d3f", "attempts": 1, "ms": 2.5})]


@pytest.mark.parametrize("event", Event, ids=lambda event: event.label)
def test_no_field_hides_the_time_or_the_events_name(event: Event) -> None:
    assert not {"at", "event"} & set(event.fields)


WRONG = {
    "a field that the event has not": {"subject": "hello"},
    "words": {"notification": "Hello Ana, how are you"},
    "an address": {"notification": "ana@example.org"},
    "two lines": {"notification": "a\nb"},
    "upper case": {"notification": "Ana"},
    "far too long": {"notification": "a" * 65},
}


@pytest.mark.parametrize("fields", WRONG.values(), ids=WRONG)
def test_say_refuses_what_could_be_content(fields: dict[str, str]) -> None:
    log, lines, _ = a_log()
    with pytest.raises(ValueError, match="notice-sent") as wrong:
        log.say(Event.NOTICE_SENT, **fields)
    assert lines == []
    assert "Ana" not in str(wrong.value)


def test_trouble_tells_type_and_place_but_never_the_text() -> None:
    log, lines, _ = a_log()
    try:
        raise KeyError("secret-canary")
    except KeyError as error:
        log.trouble("parse", error)
    told = json.loads(lines[0])
    assert (told["event"], told["stage"], told["error"]) == ("internal-error", "parse", "keyerror")
    assert told["where"].startswith("test_events.py:")
    assert "canary" not in lines[0]


class _OddCode(PortTrouble):
    code = "Hello Ana!"


def _raise(error: Exception) -> None:
    raise error


ODD = {
    "frozen library": lambda: import_module("none.such"),
    "typed in": lambda: exec("1 / 0", {}),
    "odd file name": lambda: exec(compile("1 / 0", "/x/" + "Ä b" * 40 + ".py", "exec"), {}),
    "odd class name": lambda: _raise(type("Ärger", (Exception,), {})()),
    "a code that is none": lambda: _raise(_OddCode()),
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_trouble_never_raises(odd: Callable[[], object]) -> None:
    log, lines, _ = a_log()
    try:
        odd()
    except Exception as error:
        log.trouble("reload", error)
    told = json.loads(lines[0])
    assert all(CODE.match(told[name]) for name in ("error", "where", "code") if name in told)


def test_every_event_is_named_once() -> None:
    labels = [event.label for event in Event]
    assert len(labels) == len(set(labels))
