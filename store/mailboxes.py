"""What is remembered of the mailboxes that are fetched by IMAP: last success, refresh token, what lies refused.

A mailbox or folder is named by its keyed digest, so that no user name stands here. A refresh token that a provider gave
in exchange for another one is sealed and bound to its mailbox; it counts while the config still holds the token that it
followed. A mail in a folder for refused ones is known since it was first seen there: its own date may be years old.
Raises StoreTrouble.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from relay.ports import Entropy, Keys
from relay.sealing import Damaged, open_sealed, seal
from store.engine import Store
from store.many import insert_all
from store.tables import MAILBOX, REFUSED_MAIL, micros, moment

LIES = REFUSED_MAIL.c


class SqlMailboxes:
    """Port Mailboxes."""

    def __init__(self, store: Store, keys: Keys, entropy: Entropy) -> None:
        """Take the store, and what seals tokens."""
        self._store = store
        self._keys = keys
        self._entropy = entropy

    def succeeded(self, mailbox: bytes, at: datetime) -> None:
        """Note that the mailbox was looked through."""
        self._remember(mailbox, {"success_at": micros(at)})

    def last_success(self, mailbox: bytes) -> datetime | None:
        """Give when it was last looked through."""
        found = self._column(mailbox, MAILBOX.c.success_at)
        return None if found is None else moment(found)

    def expired(
        self, folder: bytes, validity: int, uids: Sequence[int], at: datetime, keep: timedelta
    ) -> Sequence[int]:
        """Give which mails have lain there longer than `keep`; remember the new ones, forget the others."""
        here = set(uids)
        with self._store.read() as connection:
            known = _known(connection, folder)
        if {(validity, uid) for uid in here} != known.keys():
            self._store.write(lambda connection: _bring_in_line(connection, folder, validity, here, at))
        limit = micros(at - keep)
        return [uid for uid in uids if known.get((validity, uid), limit + 1) <= limit]

    def token(self, mailbox: bytes, configured: str) -> str:
        """Give the refresh token that followed the configured one; that one itself where none did."""
        sealed = self._column(mailbox, MAILBOX.c.token)
        if sealed is None:
            return configured
        try:
            followed, _, token = open_sealed(sealed, self._keys.directory_key(), _place(mailbox)).partition(b"\n")
        except Damaged:
            return configured
        return token.decode() if followed == _digest(configured) else configured

    def keep_token(self, mailbox: bytes, configured: str, token: str) -> None:
        """Keep, sealed, the refresh token that followed the configured one."""
        plain = _digest(configured) + b"\n" + token.encode()
        self._remember(
            mailbox, {"token": seal(plain, self._keys.directory_key(), _place(mailbox), self._entropy)}
        )  # fmt: skip

    def _column(self, mailbox: bytes, column: Any) -> Any:
        with self._store.read() as connection:
            return connection.scalar(select(column).where(MAILBOX.c.digest == mailbox))

    def _remember(self, mailbox: bytes, values: dict[str, Any]) -> None:
        def job(connection: Connection) -> None:
            changed = connection.execute(MAILBOX.update().where(MAILBOX.c.digest == mailbox).values(values))
            if not changed.rowcount:
                connection.execute(MAILBOX.insert().values({"digest": mailbox, **values}))

        self._store.write(job)


def _known(connection: Connection, folder: bytes) -> dict[tuple[int, int], int]:
    rows = connection.execute(select(LIES.validity, LIES.uid, LIES.first_at).where(LIES.folder == folder))
    return {(row.validity, row.uid): row.first_at for row in rows}


def _bring_in_line(connection: Connection, folder: bytes, validity: int, uids: set[int], at: datetime) -> None:
    """Remember what lies there now and nothing else; another process may have done so meanwhile."""
    known = _known(connection, folder)
    here = {(validity, uid) for uid in uids}
    for old_validity, uid in known.keys() - here:
        gone = (LIES.folder == folder, LIES.validity == old_validity, LIES.uid == uid)
        connection.execute(REFUSED_MAIL.delete().where(*gone))
    first_at = micros(at)
    fresh = sorted(here - known.keys())
    insert_all(
        connection, REFUSED_MAIL,
        [{"folder": folder, "validity": validity, "uid": uid, "first_at": first_at} for _, uid in fresh],
    )  # fmt: skip


def _place(mailbox: bytes) -> bytes:
    return b"mailbox " + mailbox


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).hexdigest().encode()
