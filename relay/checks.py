"""Do the sections agree with each other, and are the files there that they name? One function a question.

From Settings and the environment into Findings: the path of the key, what is wrong, what to do. Files are looked at,
never changed; what they hold is never repeated. The table CHECKS at the end is all of it. Raises nothing.
"""

from __future__ import annotations

import base64
import binascii
import re
import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import combinations
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from relay.dkim_keys import GOOD_BITS, key_file, read_key
from relay.domain import KEY_OCTETS
from relay.places import KeySource, Listen, is_loopback
from relay.settings import InboundImap, OAuth2, Section, Settings, is_later, shape

ANYWHERE = {"0.0.0.0", "::"}  # noqa: S104 compared with, not listened on


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about one key."""

    path: tuple[str | int, ...]
    what: str
    todo: str
    warning: bool = False


Check = Callable[[Settings, Mapping[str, str]], Iterator[Finding]]


def open_to_others(file: Path) -> bool:
    """Tell whether anybody but the owner may read or write the file, or look into the folder."""
    return bool(file.stat().st_mode & 0o077)


def read_master_key(octets: bytes) -> bytes:
    """Read it from 64 hexadecimal digits, base64 of 32 octets, or the 32 octets themselves. Raises ValueError."""
    text = octets.strip()
    if re.fullmatch(rb"[0-9a-fA-F]{64}", text):
        return bytes.fromhex(text.decode())
    if len(octets) == KEY_OCTETS:
        return octets
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_OCTETS:
        raise ValueError("does not hold a key of 32 octets; put 64 hexadecimal digits there, as relay init does")
    return key


def master_key(source: KeySource, env: Mapping[str, str]) -> bytes:
    """Fetch the master key. Raises ValueError with "what; what to do"."""
    if source.kind == "env":
        if source.where not in env:
            raise ValueError(f"the variable {source.where} is not set; set it to 64 hexadecimal digits")
        return read_master_key(env[source.where].encode())
    if source.kind != "file":
        raise ValueError('names a key service, which this release cannot ask; write "file:PATH" or "env:NAME"')
    file = Path(source.where)
    try:
        octets = file.read_bytes()
    except OSError as error:
        raise ValueError(f"{file} cannot be read ({error.strerror}); put the key back from where you keep it") from None
    if open_to_others(file):
        raise ValueError(f"others on this machine may read {file}; chmod 600 {file}")
    return read_master_key(octets)


# -- the questions -----------------------------------------------------------------------------------------------------


def _master_key(settings: Settings, env: Mapping[str, str]) -> Iterator[Finding]:
    try:
        master_key(settings.keys.source, env)
    except ValueError as error:
        what, _, todo = str(error).partition("; ")
        yield Finding(("keys", "source"), what, todo)


def _databases(settings: Settings, env: Mapping[str, str]) -> Iterator[Finding]:
    places = {("store", "url"): settings.store.url, ("keys", "ring"): settings.keys.ring}
    for path, url in places.items():
        if url.startswith("sqlite:///"):
            folder = Path(url.removeprefix("sqlite:///")).parent
            if not folder.is_dir():
                yield Finding(path, f"there is no folder {folder}", f"mkdir -m 700 {folder}")
        elif find_spec("psycopg") is None:
            yield Finding(path, "PostgreSQL is not installed here", "pip install 'relay[postgres]'")
    if settings.store.url == settings.keys.ring:
        todo = "give the ring a database of its own: what is erased there must not live on in the store's backups"
        yield Finding(("keys", "ring"), "is the store itself", todo)


def _tls(settings: Settings, env: Mapping[str, str]) -> Iterator[Finding]:
    smtp, at = settings.inbound.smtp, ("inbound", "smtp")
    if smtp.require_tls and not smtp.tls_cert:
        yield Finding((*at, "require_tls"), "there is no certificate to offer", "set tls_cert and tls_key")
    if smtp.tls_cert and not smtp.tls_key:
        yield Finding((*at, "tls_cert"), "has no key beside it", "set tls_key as well")
    if smtp.tls_key and not smtp.tls_cert:
        yield Finding((*at, "tls_key"), "has no certificate beside it", "set tls_cert as well")


def _certificate(settings: Settings, env: Mapping[str, str]) -> Iterator[Finding]:
    cert, key, at = settings.inbound.smtp.tls_cert, settings.inbound.smtp.tls_key, ("inbound", "smtp")
    if cert is None or key is None:
        return
    missing = [(name, file) for name, file in (("tls_cert", cert), ("tls_key", key)) if not file.is_file()]
    yield from (Finding((*at, name), f"there is no file {file}", "put it there, in PEM") for name, file in missing)
    if missing:
        return
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(cert, key, lambda: "")
    except (OSError, ValueError):
        todo = "both must be PEM, belong together, and be readable without a passphrase"
        yield Finding((*at, "tls_cert"), "certificate and key cannot be loaded", todo)
    if open_to_others(key):
        yield Finding((*at, "tls_key"), "others on this machine may read it", f"chmod 600 {key}", warning=True)


def _trust(settings: Settings, env: Mapping[str, str]) -> Iterator[Finding]:
    trust, at = settings.inbound.trust, ("inbound", "trust")
    if trust.policy == "address-only":
        what = "a registered From is believed without proof: whoever learns a reply address can write in that name"
        yield Finding((*at, "policy"), what, "use aligned, or upstream behind a server that checks", warning=True)
        if trust.unknown_sender == "hold":
            what = "no From is proven: a remembered address can be forged by whoever knows it and a reply address"
            yield Finding((*at, "unknown_sender"), what, "use another policy with hold, or refuse", warning=True)
    if trust.policy != "upstream":
        return
    if not trust.authserv_ids:
        yield Finding((*at, "authserv_ids"), "upstream believes nobody", "name the authserv-id of your server in front")
    if not settings.inbound.smtp.trusted_fronts and not settings.inbound.imap:
        what = "upstream believes only trusted fronts, and there are none"
        todo = "name the address of your server in front"
        yield Finding(("inbound", "smtp", "trusted_fronts"), what, todo, warning=True)


def _fronts(settings: Settings, env: Mapping[str, str]) -> Iterator[Finding]:
    smtp = settings.inbound.smtp
    if smtp.proxy_protocol and not smtp.trusted_fronts:
        what = "only trusted fronts may speak it, and there are none"
        todo = "name the address of your front in trusted_fronts"
        yield Finding(("inbound", "smtp", "proxy_protocol"), what, todo, warning=True)


def _smarthost(settings: Settings, env: Mapping[str, str]) -> Iterator[Finding]:
    outbound = settings.outbound
    if outbound.user and outbound.password is None:
        yield Finding(("outbound", "user"), "has no password", "put it into a file and name that in password_file")
    if outbound.password is not None and not outbound.user:
        yield Finding(("outbound", "password"), "has no user", "set outbound.user as well")
    clear = outbound.smarthost.scheme == "smtp" and outbound.tls != "required"
    if clear and outbound.user and not is_loopback(outbound.smarthost.host):
        yield Finding(("outbound", "tls"), "the password may travel unencrypted", 'set tls = "required"', warning=True)


def _dkim(settings: Settings, env: Mapping[str, str]) -> Iterator[Finding]:
    outbound, at = settings.outbound, ("outbound", "dkim_selectors")
    keys = []
    for index, selector in enumerate(outbound.dkim_selectors):
        if selector in outbound.dkim_selectors[:index]:
            yield Finding((*at, index), "stands there twice", "take it out")
            continue
        try:
            keys.append(read_key(key_file(settings.folder, selector)))
        except ValueError as error:
            what, _, todo = str(error).partition("; ")
            yield Finding((*at, index), what, todo)
    if not outbound.dkim_selectors and not is_loopback(outbound.smarthost.host):
        what = "Relay does not sign its mails: where nobody does, they look forged"
        yield Finding(at, what, "name the selectors again, or see that the smarthost signs", warning=True)
    bits = [key.key_size for key in keys if isinstance(key, RSAPrivateKey)]
    if keys and not bits:
        what = "has no RSA key, and many receivers know no other"
        yield Finding(at, what, "add the selector of one", warning=True)
    if bits and min(bits) < GOOD_BITS:
        what = f"has an RSA key of {min(bits)} bits, which can be broken"
        yield Finding(at, what, f"make one of {GOOD_BITS} bits", warning=True)


def _sockets(settings: Settings, env: Mapping[str, str]) -> Iterator[Finding]:
    doors: dict[tuple[str, ...], Listen] = {
        ("inbound", "smtp", "listen"): settings.inbound.smtp.listen,
        ("portal", "listen"): settings.portal.listen,
        ("operator", "listen"): settings.operator.listen,
    }
    for (first, one), (second, other) in combinations(doors.items(), 2):
        if one.port and one.port == other.port and (one.host == other.host or ANYWHERE & {one.host, other.host}):
            yield Finding(second, f"is also where {'.'.join(first)} is", "give it a port of its own")


def _amounts(settings: Settings, env: Mapping[str, str]) -> Iterator[Finding]:
    if settings.chat.max_hold < settings.chat.quiet_after:
        yield Finding(("chat", "max_hold"), "is shorter than chat.quiet_after", "make it as long at least")
    largest, mail = settings.attachments.max_size, settings.inbound.smtp.max_message
    if largest and largest * 78 // 57 > mail:  # base64: 57 octets make a line of 76 and its CRLF (RFC 2045 §6.8)
        what = "a mail with such a file, a third larger on its way, is over inbound.smtp.max_message"
        yield Finding(("attachments", "max_size"), what, "lower this or raise that", warning=True)


def _scanner(settings: Settings, env: Mapping[str, str]) -> Iterator[Finding]:
    clamd, at = settings.attachments.scanner, ("attachments", "scanner")
    if clamd is None:
        return
    if isinstance(clamd.at, Path):
        if not clamd.at.is_socket():
            what = f"there is no socket {clamd.at} yet: mails with files wait until there is"
            yield Finding(at, what, "start clamd, or name its LocalSocket", warning=True)
    elif not is_loopback(clamd.at.host):
        what = "people's files travel to it unencrypted"
        yield Finding(at, what, "run clamd on this machine", warning=True)


def _mailboxes(settings: Settings, env: Mapping[str, str]) -> Iterator[Finding]:
    boxes = settings.inbound.imap
    for index, box in enumerate(boxes):
        at = ("inbound", "imap", index)
        if box.password is not None and box.oauth2 is not None:
            yield Finding((*at, "oauth2"), "stands beside a password", "keep one of the two")
        elif box.password is None and box.password_file is None and box.oauth2 is None:
            yield Finding(at, "needs one way to sign in", "set password_file or oauth2")
        if box.security == "none" and not is_loopback(box.host):
            yield Finding((*at, "security"), "would send the password and the mails unencrypted", 'write "tls"')
        if box.port == (143 if box.security == "tls" else 993):
            what = "is usually the port for starttls" if box.security == "tls" else "is usually the port for tls"
            yield Finding((*at, "port"), what, f"write {993 if box.security == 'tls' else 143}", warning=True)
        yield from _folders(box, at)
        if box.oauth2 is not None:
            yield from _oauth2(box.oauth2, (*at, "oauth2"))
        if any(_same_mailbox(box, other) for other in boxes[:index]):
            yield Finding(at, "is the same mailbox as one above", "keep one of the two")


def _same_mailbox(one: InboundImap, other: InboundImap) -> bool:
    spelled = [(box.host.lower(), box.port, box.user.lower(), _folder_key(box.folder)) for box in (one, other)]
    return spelled[0] == spelled[1]


def _folders(box: InboundImap, at: tuple[str | int, ...]) -> Iterator[Finding]:
    folder, done, refused = (_folder_key(name) for name in (box.folder, box.done_folder, box.refused_folder))
    if refused == folder:
        yield Finding((*at, "refused_folder"), "is where mail arrives", "give refused mail a folder of its own")
    if done == folder:
        yield Finding((*at, "done_folder"), "is where mail arrives", 'give taken mail a folder of its own, or write ""')
    if done and done == refused:
        what = "is refused_folder as well, where mails are deleted in time"
        yield Finding((*at, "done_folder"), what, 'give taken mail a folder of its own, or write ""')


def _folder_key(name: str) -> str:
    return "INBOX" if name.upper() == "INBOX" else name  # RFC 3501 §5.1


def _oauth2(oauth2: OAuth2, at: tuple[str | int, ...]) -> Iterator[Finding]:
    if not oauth2.endpoint:
        yield Finding(at, "does not say where tokens are got", 'set token_url, or preset = "microsoft365" or "google"')
        return
    if oauth2.preset == "microsoft365" and not (oauth2.tenant or oauth2.token_url):
        yield Finding((*at, "preset"), "needs to know whose directory", "set tenant: the directory's id or domain")
    url = urlsplit(oauth2.endpoint)
    if url.scheme not in {"https", "http"} or not url.hostname:
        yield Finding((*at, "token_url"), "is not a web address", 'write it like "https://login.example.org/token"')
    elif url.scheme == "http" and not is_loopback(url.hostname):
        yield Finding((*at, "token_url"), "would carry secrets unencrypted", "begin it with https://")
    if oauth2.refresh_token is None and oauth2.refresh_token_file is None:
        if oauth2.preset == "google":
            yield Finding(at, "needs a refresh token: Google lets no client in by itself", "set refresh_token_file")
        elif oauth2.client_secret is None and oauth2.client_secret_file is None:
            yield Finding(at, "has nothing to sign in with", "set client_secret_file or refresh_token_file")


def _phrases(settings: Settings, env: Mapping[str, str]) -> Iterator[Finding]:
    file = settings.crisis.phrases_file
    if file and not file.is_file():
        yield Finding(("crisis", "phrases_file"), f"there is no file {file}", "put it there, a phrase a line")


def _later(settings: Settings, env: Mapping[str, str]) -> Iterator[Finding]:
    yield from _unbuilt(settings, ())


def _unbuilt(section: Section, path: tuple[str, ...]) -> Iterator[Finding]:
    for name, known in type(section).model_fields.items():
        value = getattr(section, name)
        if is_later(known):
            if value != known.default:
                what = "has no effect in this release"
                yield Finding((*path, known.alias or name), what, "leave it at its default", warning=True)
        elif isinstance(value, Section) and shape(known)[0]:
            yield from _unbuilt(value, (*path, name))


CHECKS = (
    _master_key,
    _databases,
    _tls,
    _certificate,
    _trust,
    _fronts,
    _smarthost,
    _dkim,
    _sockets,
    _amounts,
    _scanner,
    _mailboxes,
    _phrases,
    _later,
)
