"""What is said on an IMAP connection: the verbs that we need, from imapclient's words into ours.

Numbers of mails are UIDs. Nothing is marked as read: bodies are fetched by BODY.PEEK, never more than asked for. Raises
Trouble, whose code is all that is ever told of what a server says or a network does. Sources: RFC 3501, RFC 2177
(IDLE), RFC 4315 (UIDPLUS), RFC 6851 (MOVE), RFC 2342 (NAMESPACE).
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Literal

from imapclient import DELETED, IMAPClient
from imapclient.exceptions import (
    IMAPClientAbortError,
    IMAPClientError,
    IMAPClientReadOnlyError,
    LoginError,
)

Code = Literal[
    "unreachable", "timed-out", "closed", "tls-failed", "login-refused", "no-password", "token-refused",
    "token-unreachable", "no-folder", "read-only", "no-uids", "refused", "unreadable", "idle-unanswered", "internal",
]  # fmt: skip
MANY = 500  #: mails in one command: a line of 8,000 octets at most (RFC 7162 §4)
GOODBYE = 2.0  #: seconds for the answer to LOGOUT
SLACK = 1 << 16  #: octets of a literal beyond what was asked for


class Trouble(Exception):
    """The network, the server or the sign-in does not do what is needed; `code` says which."""

    def __init__(self, code: Code) -> None:
        """Keep the code."""
        super().__init__(code)
        self.code: Code = code


@contextmanager
def translated(lost: Code = "closed", no: Code = "refused") -> Iterator[None]:
    """Turn what the libraries raise into Trouble: `lost` for the connection, `no` for a command that was refused."""
    try:
        yield
    except Trouble:
        raise
    except (OSError, IMAPClientError, ValueError) as error:
        raise Trouble(_code(error, lost, no)) from None


def _code(error: Exception, lost: Code, no: Code) -> Code:
    match error:
        case LoginError():  # imapclient says so of a connection that broke meanwhile, too
            return lost if isinstance(error.__context__, IMAPClientAbortError) else "login-refused"
        case IMAPClientReadOnlyError():
            return "read-only"
        case IMAPClientAbortError():
            return lost
        case IMAPClientError():
            return no
        case ssl.SSLError() if lost != "closed":
            return "tls-failed"
        case TimeoutError():
            return "timed-out"
        case OSError():
            return lost
        case _:
            return "unreadable"


@dataclass(frozen=True, slots=True)
class Look:
    """What is known of a mail before it is fetched."""

    size: int  #: octets, as the server says; some only guess
    deleted: bool  #: marked by somebody, or by us


class Talk:
    """A connection that is signed in."""

    def __init__(self, client: IMAPClient, answer: float, most: int) -> None:
        """Take the client, how many seconds an answer may take, and how many octets a mail may have."""
        self._client = client
        self._imap: Any = client._imap  # imapclient has no public way to it
        self._answer = answer
        read, limit = self._imap.read, most + SLACK

        def bounded(size: int) -> bytes:
            if size > limit:
                raise IMAPClientAbortError("a literal beyond all bounds")
            octets: bytes = read(size)
            return octets

        self._imap.read = bounded

    def can(self, capability: str) -> bool:
        """Tell whether the server offers it."""
        with translated():
            return bool(self._client.has_capability(capability))

    @property
    def socket(self) -> socket.socket:
        """What can be waited on."""
        sock: socket.socket = self._client.socket()
        return sock

    def close(self) -> None:
        """Say goodbye, if anybody listens."""
        with suppress(OSError, IMAPClientError, ValueError):
            self.socket.settimeout(GOODBYE)
            self._client.logout()
        with suppress(OSError, IMAPClientError, ValueError):
            self._client.shutdown()

    def cut(self) -> None:
        """End whatever is being waited for, from any thread; the connection's own thread closes it then."""
        with suppress(OSError, IMAPClientError, ValueError):
            self.socket.shutdown(socket.SHUT_RDWR)

    # -- folders -------------------------------------------------------------------------------------------------------

    def select(self, folder: str) -> int:
        """Open the folder; give its UIDVALIDITY."""
        with translated(no="no-folder"):
            validity = self._client.select_folder(folder).get(b"UIDVALIDITY", 0)
        if not validity:  # RFC 3501 §6.3.1: then the numbers of its mails mean nothing
            raise Trouble("no-uids")
        return int(validity)

    def has_folder(self, folder: str) -> bool:
        """Tell whether there is such a folder."""
        with translated():
            return any(name == folder for _, _, name in self._client.list_folders("", folder))

    def create(self, folder: str) -> None:
        """Make a folder, unless somebody else is quicker, and show it to mail programs."""
        try:
            with translated(no="no-folder"):
                self._client.create_folder(folder)
        except Trouble as trouble:
            if trouble.code != "no-folder" or not self.has_folder(folder):
                raise
        with suppress(Trouble), translated(lost="closed"):
            self._client.subscribe_folder(folder)

    def personal(self) -> tuple[str, str]:
        """Give the prefix of the user's own folders, and what separates their levels."""
        if not self.can("NAMESPACE"):
            return "", ""
        with translated():
            personal = self._client.namespace().personal
            return (str(personal[0][0]), str(personal[0][1] or "")) if personal else ("", "")

    # -- mails ---------------------------------------------------------------------------------------------------------

    def uids(self, which: Literal["ALL", "DELETED"] = "ALL") -> list[int]:
        """Give the mails of the open folder, the oldest first."""
        with translated():
            self._imap.untagged_responses.clear()  # else it collects each EXISTS and EXPUNGE for as long as it is open
            self._client.noop()  # some servers show new mails then only
            return sorted(map(int, self._client.search(which)))

    def look(self, uids: Sequence[int]) -> dict[int, Look]:
        """Give what is known of these mails; those that are gone are left out."""
        with translated():
            found = self._client.fetch(uids, ["RFC822.SIZE", "FLAGS"])
            return {
                uid: Look(int(data[b"RFC822.SIZE"]), DELETED in data[b"FLAGS"])
                for uid, data in found.items()
                if b"RFC822.SIZE" in data and b"FLAGS" in data
            }

    def whole(self, uid: int, most: int) -> bytes:
        """Fetch the first octets of a mail; b"" where it is gone."""
        return self._fetch(uid, f"BODY.PEEK[]<0.{most}>")

    def header(self, uid: int, most: int) -> bytes:
        """Fetch the first octets of a mail's header."""
        return self._fetch(uid, f"BODY.PEEK[HEADER]<0.{most}>")

    def _fetch(self, uid: int, what: str) -> bytes:
        with translated():
            data = self._client.fetch([uid], [what]).get(uid, {})
            found = next((value for key, value in data.items() if key.startswith(b"BODY[")), None)
            return found if isinstance(found, bytes) else b""

    def move(self, uid: int, folder: str) -> None:
        """Move a mail (RFC 6851)."""
        with translated(no="no-folder"):
            self._client.move([uid], folder)

    def copy(self, uid: int, folder: str) -> None:
        """Copy a mail."""
        with translated(no="no-folder"):
            self._client.copy([uid], folder)

    def mark_deleted(self, uids: Sequence[int]) -> None:
        """Mark mails as deleted."""
        with translated():
            for start in range(0, len(uids), MANY):
                self._client.add_flags(uids[start : start + MANY], [DELETED], silent=True)

    def expunge(self, uids: Sequence[int]) -> None:
        """Remove these mails, which are marked, and no others (RFC 4315)."""
        with translated():
            for start in range(0, len(uids), MANY):
                self._client.uid_expunge(uids[start : start + MANY])

    def expunge_all(self) -> None:
        """Remove every mail that is marked."""
        with translated():
            self._client.expunge()

    # -- waiting -------------------------------------------------------------------------------------------------------

    def idle(self, answer: float) -> None:
        """Have the server tell what comes (RFC 2177); its consent must come within so many seconds."""
        with translated():
            self.socket.settimeout(answer)
            self._client.idle()
            self.socket.settimeout(self._answer)

    def has_spoken(self) -> bool:
        """Tell whether words of the server have been read from the network already, so that no waiting shows them."""
        with translated():
            self.socket.setblocking(False)
            try:
                return bool(self._imap.file.peek(1))
            except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                return False
            finally:
                self.socket.settimeout(self._answer)

    def idle_done(self) -> None:
        """End that; whatever the server told, it told to look."""
        with translated():
            self._client.idle_done()
