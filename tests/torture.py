"""`make torture MINUTES=n`: mail by SMTP and IMAP while the relay is killed with -9 at random; then the books balance.

Senders do what mail servers do: they try a mail again until it has an answer. A smarthost now and then says "later".
At the end all that got a 250 must be there once, nothing refused may be, `relay journal --balance` must hold, each
message must have been told of, and a notification that came twice must be the same mail. Prints figures, or says what
was wrong and exits 1. The dice are seeded, so that a run can be had again.
"""

from __future__ import annotations

import argparse
import random
import re
import signal
import smtplib
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from tests.dovecot import PASSWORD, Dovecot, dovecot
from tests.live import Captive, Practice, a_reply, practice

SENDERS = 4
PATIENCE = 180.0  #: seconds for what is on its way at the end
MESSAGE_ID = re.compile(rb"^Message-ID: (\S+)\r$", re.MULTILINE)


class Unbalanced(Exception):
    """The books do not balance."""


@dataclass(slots=True)
class Books:
    """What the world knows of its mails, by their texts."""

    taken: list[str] = field(default_factory=list)  #: got a 250
    turned: list[str] = field(default_factory=list)  #: got a 5xx
    posted: list[str] = field(default_factory=list)  #: laid into the mailbox
    kills: int = 0
    tries: int = 0  #: SMTP sessions
    again: int = 0  #: second copies that got a 250, too


class World:
    """The senders, the mailbox and the killer."""

    def __init__(self, made: Practice, box: Dovecot, smarthost: Captive, seed: int) -> None:
        """Take the relay and what is around it."""
        self.books = Books()
        self._made, self._box, self._smarthost = made, box, smarthost
        self._dice = random.Random(seed)
        self._over = threading.Event()
        self._to = made.address("ana", "lee", "ana")
        self._forged = self._to.replace(self._to[4:8], "aaaa")

    def run(self, seconds: float) -> None:
        """Torture it for so long, then wait until all is answered, fetched and told."""
        seeds = [self._dice.random() for _ in range(SENDERS + 1)]
        threads = [
            threading.Thread(target=self._send, args=(number, random.Random(seeds[number])))
            for number in range(SENDERS)
        ]
        threads.append(threading.Thread(target=self._post, args=(random.Random(seeds[-1]),)))
        for thread in threads:
            thread.start()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(self._dice.uniform(0.2, 4.0))
            self._smarthost.answer = "451 4.3.0 later" if self._dice.random() < 0.2 else "250 2.0.0 kept"
            self._made.stop(signal.SIGKILL)
            self.books.kills += 1
            self._made.start()
        self._smarthost.answer = "250 2.0.0 kept"
        self._over.set()
        for thread in threads:
            thread.join(PATIENCE)
        _until(lambda: not self._box.mails(), "the mailbox is not emptied")
        _until(lambda: not self._open_rows(), "notifications are still due")

    def _open_rows(self) -> int:
        return sum(row["state"] in ("due", "held") for row in self._made.json("outbox"))

    # -- the senders ---------------------------------------------------------------------------------------------------

    def _send(self, number: int, dice: random.Random) -> None:
        count = 0
        while not self._over.is_set():
            count += 1
            text = f"By SMTP, sender {number}, mail {count}"
            kind = dice.choices(("good", "forged", "stranger"), (8, 1, 1))[0]
            to = self._forged if kind == "forged" else self._to
            sender = "mallory@stranger.test" if kind == "stranger" else "ana@client.test"
            mail = a_reply(to, text, sender=sender)
            if self._until_answered(mail, to, sender) == 250:
                self.books.taken.append(text)
                if dice.random() < 0.1 and self._until_answered(mail, to, sender) == 250:
                    self.books.again += 1
            else:
                self.books.turned.append(text)
            time.sleep(dice.uniform(0, 0.05))

    def _until_answered(self, mail: bytes, to: str, sender: str) -> int:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            self.books.tries += 1
            try:
                code, _ = self._made.send(mail, to, sender)
            except (OSError, smtplib.SMTPException):
                time.sleep(0.1)
                continue
            if code // 100 in (2, 5):
                return code
            time.sleep(0.1)
        raise Unbalanced("a mail got no answer")

    def _post(self, dice: random.Random) -> None:
        while not self._over.is_set():
            text = f"By IMAP, mail {len(self.books.posted) + 1}"
            self._box.deliver(a_reply(self._to, text))
            self.books.posted.append(text)
            time.sleep(dice.uniform(0.05, 0.4))

    # -- the books -----------------------------------------------------------------------------------------------------

    def balance(self) -> str:
        """Compare what the world knows with what the relay says. Raises Unbalanced."""
        there = Counter(str(message["text"]) for message in self._made.thread())
        wanted = Counter([*self.books.taken, *self.books.posted])
        _same(there, wanted, "message")
        code, out, err = self._made.run("journal", "--balance")
        if code:
            raise Unbalanced(f"relay journal --balance: {out}{err}")
        owed = self._made.json("outbox")
        ids = {row["message_id"] for row in owed}
        if len(ids) != len(owed) or len(owed) != there.total():
            raise Unbalanced(f"{len(owed)} notifications for {there.total()} messages")
        unsent = [row["id"] for row in owed if row["state"] != "sent"]
        if unsent:
            raise Unbalanced(f"never sent: {unsent[:3]}")
        came = Counter(found[1].decode() for _, _, mail in self._smarthost.mails if (found := MESSAGE_ID.search(mail)))
        if set(came) != ids:
            raise Unbalanced(f"{len(ids - set(came))} told of never, {len(set(came) - ids)} of unknown ones")
        code, out, _ = self._made.run("audit", "verify")
        if code:
            raise Unbalanced(f"relay audit verify: {out}")
        books, twice = self.books, came.total() - len(came)
        return (
            f"{books.kills} kills, {books.tries} SMTP sessions: {len(books.taken)} taken, {len(books.turned)} refused, "
            f"{books.again} second copies; {len(books.posted)} by IMAP; {there.total()} messages, each once; "
            f"{len(came)} notifications, {twice} of them twice; balanced"
        )


def _same(there: Counter[str], wanted: Counter[str], what: str) -> None:
    if there != wanted:
        lost, more = wanted - there, there - wanted
        raise Unbalanced(f"{lost.total()} {what}s lost ({[*lost][:3]}), {more.total()} too many ({[*more][:3]})")


def _until(holds: Callable[[], bool], otherwise: str) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > end:
            raise Unbalanced(otherwise)
        time.sleep(0.2)


def torture(seconds: float, seed: int) -> str:
    """Do it all; give the figures. Raises Unbalanced."""
    with ExitStack() as around:
        folder = Path(around.enter_context(tempfile.TemporaryDirectory(prefix="relay-torture-")))
        smarthost = around.enter_context(Captive())
        box = around.enter_context(dovecot())
        password = folder / "imap.password"
        password.write_text(PASSWORD)
        password.chmod(0o600)
        mailbox = (
            f'[{{"host":"127.0.0.1","port":{box.port},"security":"none","user":"care","password_file":"{password}"}}]'
        )
        off = {f"RELAY_LIMITS__{name}": "" for name in ("PER_PERSON", "PER_THREAD", "PER_IP", "SAME_TEXT")}
        made = around.enter_context(practice(folder, smarthost.port, RELAY_INBOUND__IMAP=mailbox, **off))
        made.start()
        world = World(made, box, smarthost, seed)
        world.run(seconds)
        return world.balance()


def main() -> int:
    """Give the exit code."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--minutes", type=float, default=1.0)
    ask.add_argument("--seed", type=int, default=1)
    told = ask.parse_args()
    try:
        print(torture(told.minutes * 60, told.seed))
    except Unbalanced as wrong:
        print(f"seed {told.seed}: {wrong}")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
