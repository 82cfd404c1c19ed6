"""The config model and its loading: values, defaults, environment, secrets in files, checks across sections."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import time, timedelta
from ipaddress import ip_network
from itertools import pairwise
from pathlib import Path

import pytest

from relay import manual
from relay.addresses import Mailbox, read_address, read_mailbox, read_pattern
from relay.checks import master_key, read_master_key
from relay.loading import load, look
from relay.places import (
    Clamd,
    KeySource,
    Listen,
    Smarthost,
    read_dns,
    read_listen,
    read_port,
    read_scanner,
    read_smarthost,
    read_url,
)
from relay.problems import ConfigError
from relay.settings import Settings, read
from relay.toml_text import parse
from relay.units import (
    Hours,
    Rate,
    read_count,
    read_duration,
    read_hours,
    read_locale,
    read_rate,
    read_size,
    read_timezone,
    spell_duration,
    spell_size,
)

ROOT = Path(__file__).parents[2]
KEY = "0123456789abcdef" * 4
ENV = {"RELAY_MASTER_KEY": KEY, "RELAY_OUTBOUND__DKIM_SELECTORS": "[]"}
PLAIN = '[keys]\nsource = "env:RELAY_MASTER_KEY"\nring = "sqlite:///ring.db"\n'

GOOD: dict[str, tuple[Callable[[object], object], object, object]] = {
    "seconds": (read_duration, "90s", timedelta(seconds=90)),
    "minutes": (read_duration, "5m", timedelta(minutes=5)),
    "hours": (read_duration, "48h", timedelta(hours=48)),
    "days": (read_duration, "7d", timedelta(days=7)),
    "MiB": (read_size, "25MiB", 26_214_400),
    "KiB": (read_size, "64KiB", 65_536),
    "octets": (read_size, 1000, 1000),
    "octets_as_text": (read_size, "1000", 1000),
    "rate": (read_rate, "60/1m", Rate(60, timedelta(minutes=1))),
    "count": (read_count, 50, 50),
    "count_from_variable": (read_count, "50", 50),
    "hours_over_midnight": (read_hours, "21:00-07:00", Hours(time(21), time(7))),
    "timezone": (read_timezone, "Europe/Berlin", "Europe/Berlin"),
    "locale": (read_locale, "pt-BR", "pt-BR"),
    "locale_of_another_region": (read_locale, "en-EU", "en-EU"),
    "listen": (read_listen, "127.0.0.1:2525", Listen("127.0.0.1", 2525)),
    "listen_any_port": (read_listen, "127.0.0.1:0", Listen("127.0.0.1", 0)),
    "listen_ipv6": (read_listen, "[::1]:2525", Listen("::1", 2525)),
    "resolver": (read_dns, "[::1]:5353", Listen("::1", 5353)),
    "resolver_here": (read_dns, "localhost:5353", Listen("127.0.0.1", 5353)),
    "port": (read_port, 993, 993),
    "smarthost": (read_smarthost, "smtp://mail.test:2600", Smarthost("smtp", "mail.test", 2600)),
    "smarthost_port_25": (read_smarthost, "smtp://mail.test", Smarthost("smtp", "mail.test", 25)),
    "smarthost_tls": (read_smarthost, "smtps://mail.test", Smarthost("smtps", "mail.test", 465)),
    "scanner": (read_scanner, "clamd://127.0.0.1:3310", Clamd(Listen("127.0.0.1", 3310))),
    "scanner_ipv6": (read_scanner, "clamd://[::1]:3310", Clamd(Listen("::1", 3310))),
    "scanner_socket": (read_scanner, "clamd:///run/clamav/clamd.ctl", Clamd(Path("/run/clamav/clamd.ctl"))),
    "url": (read_url, "https://portal.practice.test/", "https://portal.practice.test"),
    "url_loopback": (read_url, "http://127.0.0.1:8080", "http://127.0.0.1:8080"),
    "url_localhost": (read_url, "http://localhost:8080", "http://localhost:8080"),
    "address": (read_address, "ana@example.org", "ana@example.org"),
    "address_upper": (read_address, "Ana.Maria@Example.ORG", "Ana.Maria@Example.ORG"),
    "address_utf8": (read_address, "jörg@bücher.example", "jörg@bücher.example"),
    "address_dot_test": (read_address, "ana@client.test", "ana@client.test"),
    "address_dot_localhost": (read_address, "ana@mail.localhost", "ana@mail.localhost"),
    "address_dot_invalid": (read_address, "ana@client.invalid", "ana@client.invalid"),
    "mailbox": (read_mailbox, "Riverside <relay@practice.test>", Mailbox("Riverside", "relay@practice.test")),
    "mailbox_quoted": (read_mailbox, '"Riverside, Inc." <r@x.test>', Mailbox("Riverside, Inc.", "r@x.test")),
    "mailbox_bare": (read_mailbox, "relay@practice.test", Mailbox("", "relay@practice.test")),
    "pattern": (read_pattern, "r.{token}@practice.test", "r.{token}@practice.test"),
    "pattern_plus": (read_pattern, "care+{token}@practice.test", "care+{token}@practice.test"),
    "pattern_64_octets": (read_pattern, "a" * 23 + ".{token}@practice.test", "a" * 23 + ".{token}@practice.test"),
}


@pytest.mark.parametrize(("reader", "text", "value"), GOOD.values(), ids=GOOD)
def test_reader_takes(reader: Callable[[object], object], text: object, value: object) -> None:
    assert reader(text) == value
    assert reader(value) == value


BAD: dict[str, tuple[Callable[[object], object], object]] = {
    "duration_bare": (read_duration, 300),
    "duration_zero": (read_duration, "0s"),
    "duration_words": (read_duration, "3 days"),
    "duration_negative": (read_duration, "-5m"),
    "duration_newline": (read_duration, "5m\n"),
    "size_MB": (read_size, "25MB"),
    "size_true": (read_size, True),
    "size_zero": (read_size, 0),
    "rate_bare": (read_rate, 60),
    "rate_zero": (read_rate, "0/1m"),
    "rate_no_time": (read_rate, "60/"),
    "count_zero": (read_count, 0),
    "count_true": (read_count, True),
    "hours": (read_hours, "late"),
    "hours_of_a_zone": (read_hours, "21:00Z-07:00Z"),
    "hours_with_seconds": (read_hours, "21:00:30-07:00"),
    "hours_three": (read_hours, "01:00-02:00-03:00"),
    "timezone": (read_timezone, "Berlin"),
    "timezone_path": (read_timezone, "../etc/passwd"),
    "locale": (read_locale, "german"),
    "locale_of_no_language": (read_locale, "xx-US"),
    "resolver_by_name": (read_dns, "nosuch.invalid:53"),
    "listen_port_only": (read_listen, "2525"),
    "listen_host_only": (read_listen, "127.0.0.1"),
    "listen_port_too_high": (read_listen, "127.0.0.1:70000"),
    "listen_path": (read_listen, "127.0.0.1:25/x"),
    "listen_user": (read_listen, "me@127.0.0.1:25"),
    "port_zero": (read_port, 0),
    "smarthost_scheme": (read_smarthost, "http://mail.test"),
    "smarthost_user": (read_smarthost, "smtp://me:secret@mail.test"),
    "smarthost_empty": (read_smarthost, "smtp://"),
    "scanner_scheme": (read_scanner, "tcp://127.0.0.1:3310"),
    "scanner_no_port": (read_scanner, "clamd://scanner.test"),
    "scanner_port_zero": (read_scanner, "clamd://127.0.0.1:0"),
    "scanner_user": (read_scanner, "clamd://me@127.0.0.1:3310"),
    "scanner_no_socket": (read_scanner, "clamd:///"),
    "scanner_bare_path": (read_scanner, "/run/scanner/clamd.ctl"),
    "scanner_relative": (read_scanner, "clamd://run/clamd.ctl"),
    "scanner_newline": (read_scanner, "clamd:///run/clamd.ctl\n"),
    "url_http": (read_url, "http://portal.practice.test"),
    "url_loopback_look_alike": (read_url, "http://127.0.0.1.evil.test"),
    "url_query": (read_url, "https://portal.practice.test?x=1"),
    "url_bare": (read_url, "portal.practice.test"),
    "address_two": (read_address, "a@x.test,b@x.test"),
    "address_no_domain": (read_address, "ana"),
    "address_spaces": (read_address, "ana maria@x.test"),
    "address_dots": (read_address, "ana..maria@x.test"),
    "address_last_dot": (read_address, "ana.@x.test"),
    "address_newline": (read_address, "ana@x.test\nBcc: b@x.test"),
    "address_end_newline": (read_address, "ana@x.test\n"),
    "address_long_local": (read_address, "a" * 65 + "@x.test"),
    "address_long": (
        read_address,
        "a" * 64 + "@" + "b" * 60 + "." + "c" * 63 + "." + "d" * 63 + "." + "e" * 10 + ".test",
    ),
    "address_number": (read_address, 7),
    "mailbox_not_ascii": (read_mailbox, "Grün <grün@x.test>"),
    "mailbox_two": (read_mailbox, "A <a@x.test>, B <b@x.test>"),
    "mailbox_newline": (read_mailbox, "A\nBcc: b@x.test <a@x.test>"),
    "pattern_no_token": (read_pattern, "reply@practice.test"),
    "pattern_two_tokens": (read_pattern, "{token}{token}@practice.test"),
    "pattern_token_behind": (read_pattern, "r@{token}.practice.test"),
    "pattern_65_octets": (read_pattern, "a" * 24 + ".{token}@practice.test"),
    "pattern_not_ascii": (read_pattern, "é.{token}@practice.test"),
    "pattern_spaces": (read_pattern, "r {token}@practice.test"),
    "pattern_bad_domain": (read_pattern, "r.{token}@-practice.test"),
    "pattern_number": (read_pattern, 5),
}


@pytest.mark.parametrize(("reader", "text"), BAD.values(), ids=BAD)
def test_reader_refuses_and_says_what_to_do(reader: Callable[[object], object], text: object) -> None:
    with pytest.raises(ValueError, match="; ") as refused:
        reader(text)
    assert len(str(text)) < 10 or str(text) not in str(refused.value)


@pytest.mark.parametrize("text", ["90s", "5m", "48h", "3d", "14d", "90m", "25h"])
def test_duration_is_spelled_as_it_was_read(text: str) -> None:
    assert spell_duration(read_duration(text)) == text


@pytest.mark.parametrize("text", ["1B", "64KiB", "25MiB", "1GiB", "1000B"])
def test_size_is_spelled_as_it_was_read(text: str) -> None:
    assert spell_size(read_size(text)) == text


# -- defaults and what is made from them -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", manual.config_folder())
def test_shipped_config_equals_the_defaults(name: str) -> None:
    assert (ROOT / "config" / name).read_text(encoding="utf-8") == manual.config_folder()[name]


def test_docs_of_the_config_equal_the_model() -> None:
    assert (ROOT / "docs/config.md").read_text(encoding="utf-8") == manual.config_md()


def test_shipped_relay_toml_reads_as_the_defaults(tmp_path: Path) -> None:
    assert read(tomllib.loads(manual.relay_toml()), tmp_path) == read({}, tmp_path)


def test_shipped_relay_toml_explains_every_key_above_it() -> None:
    rows = manual.relay_toml().splitlines()
    for above, row in pairwise(rows):
        if " = " in row and not row.startswith(("#", "topic", "ask")):
            assert above.startswith("# "), row


def test_shipped_relay_toml_leaves_section_headers_alone_and_active() -> None:
    rows = manual.relay_toml().splitlines()
    for section in ("organisation", "address", "inbound.smtp", "inbound.trust", "outbound", "portal", "operator"):
        assert f"[{section}]" in rows


def test_commented_imap_table_is_good_once_uncommented(tmp_path: Path) -> None:
    lines = manual.relay_toml().split("# [[inbound.imap]]\n")[1].split("\n\n")[0].splitlines()
    table = "[[inbound.imap]]\n" + "\n".join(line.removeprefix("# ") for line in lines)
    (box,) = read(tomllib.loads(table), tmp_path).inbound.imap
    assert box.keep_refused == timedelta(days=14)


def test_defaults_say_what_the_requirements_ask() -> None:
    settings = read({}, Path("/etc/relay"))
    assert "911" in settings.organisation.emergency  # R2
    assert "988" in settings.organisation.emergency
    assert settings.organisation.expected_response == "one to three business days"  # R4
    assert (settings.chat.quiet_after, settings.chat.max_hold) == (timedelta(minutes=5), timedelta(minutes=30))  # R12
    assert {row.ask for row in settings.guide} == {"provider", "support"}  # R13


def test_sender_and_greeting_follow_from_the_reply_domain() -> None:
    settings = read({"address": {"pattern": "r.{token}@Reply.Practice.test"}}, Path("/etc/relay"))
    assert settings.inbound.smtp.hostname == "reply.practice.test"
    assert settings.outbound.from_ == Mailbox("", "relay@reply.practice.test")


def test_paths_begin_at_the_config_folder() -> None:
    settings = read({"inbound": {"smtp": {"tls_cert": "tls/cert.pem", "tls_key": "/tls/key.pem"}}}, Path("/etc/relay"))
    assert settings.inbound.smtp.tls_cert == Path("/etc/relay/tls/cert.pem")
    assert settings.inbound.smtp.tls_key == Path("/tls/key.pem")
    assert settings.store.url == "sqlite:////etc/relay/relay.db"
    assert settings.keys.source == KeySource("file", "/etc/relay/keys/master.key")
    assert settings.keys.ring == "sqlite:////etc/relay/keys/ring.db"


def test_no_repr_shows_a_secret() -> None:
    settings = read(
        {"outbound": {"password": "hunter2"}, "store": {"url": "postgresql://me:hunter2@db/relay"}}, Path("/")
    )
    assert "hunter2" not in repr(settings)
    assert settings.outbound.password is not None
    assert settings.outbound.password.get_secret_value() == "hunter2"


# -- loading -----------------------------------------------------------------------------------------------------------


def folder(tmp_path: Path, toml: str = "") -> Path:
    (tmp_path / "relay.toml").write_text(toml + PLAIN)
    return tmp_path


def problems(tmp_path: Path, toml: str = "", **env: str) -> list[str]:
    _, found = look(folder(tmp_path, toml), ENV | env)
    return [str(problem).replace(f"{tmp_path}/", "") for problem in found]


def test_load_gives_settings(tmp_path: Path) -> None:
    settings = load(folder(tmp_path, '[organisation]\nname = "Riverside"\n'), ENV)
    assert (settings.organisation.name, settings.folder) == ("Riverside", tmp_path)


def test_load_takes_a_byte_order_mark_and_crlf(tmp_path: Path) -> None:
    text = ('[organisation]\nname = "Riverside"\n' + PLAIN).replace("\n", "\r\n")
    (tmp_path / "relay.toml").write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert load(tmp_path, ENV).organisation.name == "Riverside"


def test_load_raises_every_problem_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as error:
        load(folder(tmp_path, '[limits]\nper_ip = "x"\n[chat]\nmax_hold = "1m"\n'), ENV)
    assert [problem.line for problem in error.value.problems if not problem.warning] == [2, 4]


def test_load_passes_warnings_over(tmp_path: Path) -> None:
    toml = '[inbound.trust]\npolicy = "address-only"\n'
    assert [line.split(": ")[1] for line in problems(tmp_path, toml)] == ["warning"]
    assert load(tmp_path, ENV).inbound.trust.policy == "address-only"


OVERRIDES: dict[str, tuple[str, str, Callable[[Settings], object], object]] = {
    "text": ("OUTBOUND__SMARTHOST", "smtp://mail.test", lambda s: s.outbound.smarthost.host, "mail.test"),
    "text_like_a_number": ("ORGANISATION__NAME", "42", lambda s: s.organisation.name, "42"),
    "alias": ("OUTBOUND__FROM", "r@x.test", lambda s: s.outbound.from_.address, "r@x.test"),
    "nested": ("INBOUND__SMTP__LISTEN", "127.0.0.1:0", lambda s: s.inbound.smtp.listen.port, 0),
    "number": ("INBOUND__SMTP__MAX_PER_IP", "7", lambda s: s.inbound.smtp.max_per_ip, 7),
    "off": ("LIMITS__PER_IP", "", lambda s: s.limits.per_ip, None),
    "duration": ("CHAT__QUIET_AFTER", "2s", lambda s: s.chat.quiet_after, timedelta(seconds=2)),
    "true": ("INBOUND__SMTP__PROXY_PROTOCOL", "true", lambda s: s.inbound.smtp.proxy_protocol, True),
    "false": ("INBOUND__SMTP__REQUIRE_TLS", "false", lambda s: s.inbound.smtp.require_tls, False),
    "list": (
        "INBOUND__SMTP__TRUSTED_FRONTS", '["10.0.0.0/8"]',
        lambda s: s.inbound.smtp.trusted_fronts, (ip_network("10.0.0.0/8"),),
    ),
    "list_of_tables": (
        "GUIDE", '[{"topic": "Bills", "ask": "support"}]', lambda s: [row.topic for row in s.guide], ["Bills"],
    ),
    "nested_tables": (
        "INBOUND__IMAP", '[{"host": "127.0.0.1", "port": 1143, "security": "none", "user": "care", "password": "x"}]',
        lambda s: s.inbound.imap[0].port, 1143,
    ),
    "table": (
        "ORGANISATION", '{"bookings": "Call us."}',
        lambda s: (s.organisation.bookings, s.organisation.name), ("Call us.", "Mine"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("name", "text", "get", "value"), OVERRIDES.values(), ids=OVERRIDES)
def test_variable_overrides(
    tmp_path: Path, name: str, text: str, get: Callable[[Settings], object], value: object
) -> None:
    settings = load(folder(tmp_path, '[organisation]\nname = "Mine"\n'), ENV | {f"RELAY_{name}": text})
    assert get(settings) == value


def test_variable_mends_what_the_file_has_wrong(tmp_path: Path) -> None:
    assert problems(tmp_path, '[portal]\nurl = "x"\n', RELAY_PORTAL__URL="https://x.test") == []


def test_variables_of_others_are_left_alone(tmp_path: Path) -> None:
    assert problems(tmp_path, RELAY_CONFIG="x", RELAY_GOLDEN="write", RELAYED__X="y") == []


def test_secret_comes_from_its_file(tmp_path: Path) -> None:
    file = tmp_path / "smarthost.password"
    file.write_text("hunter2\n")
    file.chmod(0o600)
    toml = '[outbound]\nuser = "relay"\npassword = ""\npassword_file = "smarthost.password"\n'
    assert problems(tmp_path, toml) == []
    password = load(tmp_path, ENV).outbound.password
    assert password is not None
    assert password.get_secret_value() == "hunter2"


def test_variable_wins_over_the_file_of_a_secret(tmp_path: Path) -> None:
    toml = '[outbound]\nuser = "relay"\npassword_file = "not-there"\n'
    assert problems(tmp_path, toml, RELAY_OUTBOUND__PASSWORD="x") == []
    assert problems(tmp_path, toml, RELAY_OUTBOUND__PASSWORD_FILE="") != []  # no password at all


def test_text_with_a_line_break_is_refused(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, '[organisation]\nname = "A\\nBcc: b@x.test"\n')
    assert problem.startswith("relay.toml:2: organisation.name: holds a line break")


def test_secret_in_a_file_that_others_may_read_is_a_warning(tmp_path: Path) -> None:
    file = tmp_path / "smarthost.password"
    file.write_text("hunter2\n")
    file.chmod(0o644)
    (warning,) = problems(tmp_path, '[outbound]\nuser = "relay"\npassword_file = "smarthost.password"\n')
    assert warning.startswith("relay.toml:3: warning: outbound.password_file: others")


def test_store_url_from_a_file_is_checked_at_the_line_that_names_it(tmp_path: Path) -> None:
    file = tmp_path / "store.url"
    file.write_text("mysql://me:hunter2@db/relay\n")
    file.chmod(0o600)
    (problem,) = problems(tmp_path, '[store]\nurl = "sqlite:///relay.db"\nurl_file = "store.url"\n')
    assert problem.startswith("relay.toml:3: store.url_file: is not a store")
    assert "hunter2" not in problem


def test_checks_go_on_where_the_model_says_no(tmp_path: Path) -> None:
    found = problems(tmp_path, '[limits]\nper_ip = "x"\n[inbound.trust]\npolicy = "upstream"\nauthserv_ids = ["mx"]\n')
    keys = [line.replace("warning: ", "").split(": ")[1] for line in found]
    assert keys == ["inbound.smtp.trusted_fronts", "limits.per_ip"]


def test_from_with_its_python_name_is_unknown(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, '[outbound]\nfrom_ = "a@x.test"\n')
    assert problem == "relay.toml:2: outbound.from_: there is no such key; did you mean outbound.from?"


def test_folder_is_no_key(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, 'folder = "/etc"\n')
    assert problem.startswith("relay.toml:1: folder: there is no such key")


def test_text_of_the_broken_line_is_not_repeated(tmp_path: Path) -> None:
    assert "hunter2" not in " ".join(problems(tmp_path, "[outbound]\npassword = hunter2\n"))


LINES = """\
top = 1

[inbound.smtp]   # a comment
listen = "x"
trusted_fronts = [
  "a",  # ]
  "b",
]
text = '''
[not.a.section]
key = 1
'''
"quoted" = 2
dotted.key = 3

[[guide]]
topic = "x"
[[guide]]
topic = "y"
[[inbound.imap]]
host = "x"
[inbound.imap.oauth2]
scope = ""
"""
PLACES: dict[str, tuple[tuple[str | int, ...], int]] = {
    "top": (("top",), 1),
    "section": (("inbound", "smtp"), 3),
    "key": (("inbound", "smtp", "listen"), 4),
    "list": (("inbound", "smtp", "trusted_fronts"), 5),
    "item_of_list": (("inbound", "smtp", "trusted_fronts", 1), 5),
    "text": (("inbound", "smtp", "text"), 9),
    "quoted": (("inbound", "smtp", "quoted"), 13),
    "dotted": (("inbound", "smtp", "dotted", "key"), 14),
    "first_row": (("guide", 0, "topic"), 16),
    "second_row": (("guide", 1, "topic"), 18),
    "row_without_the_key": (("guide", 1, "ask"), 17),
    "inside_a_row": (("inbound", "imap", 0, "oauth2", "scope"), 22),
    "missing": (("inbound", "smtp", "nothing"), 3),
    "nowhere": (("nothing",), 1),
}


@pytest.mark.parametrize(("path", "line"), PLACES.values(), ids=PLACES)
def test_line_of_a_key_is_found(path: tuple[str | int, ...], line: int) -> None:
    assert parse(LINES.encode(), "relay.toml").line(path) == line + (line > 14)


# -- the master key ----------------------------------------------------------------------------------------------------

KEYS = {
    "hex": (KEY.encode() + b"\n", bytes.fromhex(KEY)),
    "base64": (b"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n", bytes(range(32))),
    "raw": (bytes(range(32)), bytes(range(32))),
}


@pytest.mark.parametrize(("octets", "key"), KEYS.values(), ids=KEYS)
def test_master_key_is_read(octets: bytes, key: bytes) -> None:
    assert read_master_key(octets) == key


@pytest.mark.parametrize("octets", [b"", b"short", b"0123456789abcdef" * 3, bytes(33), "ключ".encode()])
def test_master_key_of_another_length_is_refused(octets: bytes) -> None:
    with pytest.raises(ValueError, match="32 octets"):
        read_master_key(octets)


def test_master_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "master.key"
    file.write_text(KEY)
    file.chmod(0o640)
    with pytest.raises(ValueError, match="chmod 600"):
        master_key(KeySource("file", str(file)), {})
    file.chmod(0o600)
    assert master_key(KeySource("file", str(file)), {}) == bytes.fromhex(KEY)


def test_master_key_of_a_service_is_refused() -> None:
    with pytest.raises(ValueError, match="this release"):
        master_key(KeySource("vault", "secret/relay"), {})


# -- checks across sections --------------------------------------------------------------------------------------------

ACROSS = {
    "ports_of_two_hosts": ('[portal]\nlisten = "127.0.0.2:9090"\n', []),
    "ports_chosen_by_the_system": ('[portal]\nlisten = "127.0.0.1:0"\n[operator]\nlisten = "127.0.0.1:0"\n', []),
    "ports_same": ('[portal]\nlisten = "127.0.0.1:9090"\n', ["operator.listen"]),
    "ports_wildcard": ('[portal]\nlisten = "[::]:9090"\n', ["operator.listen"]),
    "password_in_clear_on_loopback": ('[outbound]\nuser = "r"\npassword = "x"\ntls = "none"\n', []),
    "password_without_user": ('[outbound]\npassword = "x"\n', ["outbound.password"]),
    "phrases_missing": ('[crisis]\nphrases_file = "phrases.txt"\n', ["crisis.phrases_file"]),
    "files_missing": (
        '[inbound.smtp]\ntls_cert = "c"\ntls_key = "k"\n', ["inbound.smtp.tls_cert", "inbound.smtp.tls_key"],
    ),
    "no_largest_file": ('[attachments]\nmax_size = ""\n', []),
    "unsigned_to_another_machine": ('[outbound]\nsmarthost = "smtp://mail.example.org"\n', ["warning"]),
    "unsigned_to_this_machine": ('[outbound]\nsmarthost = "smtp://127.0.0.1"\n', []),
    "proxy_protocol_of_nobody": ("[inbound.smtp]\nproxy_protocol = true\n", ["warning"]),
    "proxy_protocol": ('[inbound.smtp]\nproxy_protocol = true\ntrusted_fronts = ["192.0.2.7"]\n', []),
    "upstream_by_smtp": (
        '[inbound.smtp]\ntrusted_fronts = ["127.0.0.1"]\n[inbound.trust]\npolicy = "upstream"\nauthserv_ids = ["mx"]\n',
        [],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("toml", "keys"), ACROSS.values(), ids=ACROSS)
def test_sections_are_checked_against_each_other(tmp_path: Path, toml: str, keys: list[str]) -> None:
    assert [line.split(": ")[1] for line in problems(tmp_path, toml)] == keys


def test_certificate_must_fit_its_key(tmp_path: Path) -> None:
    for name in ("cert.pem", "key.pem"):
        (tmp_path / name).write_text("not PEM")
        (tmp_path / name).chmod(0o600)
    (problem,) = problems(tmp_path, '[inbound.smtp]\ntls_cert = "cert.pem"\ntls_key = "key.pem"\n')
    assert problem.startswith("relay.toml:2: inbound.smtp.tls_cert: certificate and key cannot be loaded")


def test_postgresql_needs_its_driver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    toml = '[store]\nurl = "postgresql://relay@db/relay"\n'
    assert problems(tmp_path, toml) == []
    monkeypatch.setattr("relay.checks.find_spec", lambda name: None)
    (problem,) = problems(tmp_path, toml)
    assert "relay[postgres]" in problem


def test_phrases_are_told_with_their_own_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "crisis.txt").write_text("[en]\nwant to die\ndie\n")
    (problem,) = problems(tmp_path, '[crisis]\nphrases_file = "crisis.txt"\n')
    assert problem.startswith("crisis.txt:3: crisis.phrases_file: has fewer than 5 letters; ")
