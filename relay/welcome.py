"""The welcome: a provider's first words to a client who has booked, sent once for each new relationship (R8).

`relay apply` writes down which threads are owed one, in the transaction that makes them; send() pays what is owed, many
at a time. Whoever comes first pays: the same command, another one, `relay serve` at its start or within the hour. So a
crash in between loses none and doubles none. It passes the same gate as what people write; a relationship that has
ended meanwhile, or a text that was taken away, gets none. It is the provider's message by way of "cli", of which the
client is told. But nobody has sat down to write it: it answers no question and starts no chat. Raises what the ports
raise; work() never does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from relay.authorise import authorise, others
from relay.domain import Authorised, PersonNo, Receipt, RowId, Screened, Stored, Thread, row_id, shown
from relay.events import Log
from relay.outcomes import Books, Outcomes
from relay.owed import owed_for
from relay.ports import AuditLine, Behind, Clock, Entropy, Kept, Welcome, Welcomes
from relay.refusal import Refused
from relay.sealing import fingerprint, seal_message
from relay.settings import Organisation
from relay.welcome_files import Greetings

MANY = 250  #: kept in one transaction
TRACE = "welcome", "authorise", "store"
ONCE = "<welcome@relay>"  #: in place of a Message-ID: a thread cannot hold two


class Welcomer:
    """Sends the welcomes that are owed."""

    def __init__(
        self,
        *,
        welcomes: Welcomes,
        greetings: Callable[[], Greetings],
        organisation: Organisation,
        books: Books,
        clock: Clock,
        entropy: Entropy,
        log: Log,
    ) -> None:
        """Take what is owed, and how to read the texts; they are read when there is something to send."""
        self._welcomes = welcomes
        self._greetings = greetings
        self._organisation = organisation
        self._books = books
        self._clock = clock
        self._entropy = entropy
        self._log = log
        self._last = RowId(0)
        self._outcomes = Outcomes(books=books, clock=clock, entropy=entropy, log=log)

    def work(self) -> None:
        """Send what is owed; trouble is for the log, and for the next time. Never raises."""
        try:
            self.send()
        except Exception as error:  # noqa: BLE001 - an hour later it is tried again
            self._log.trouble("welcome", error)

    def send(self, progress: Callable[[int], object] = lambda done: None) -> int:
        """Send everything that is owed; give how many welcomes this was. `progress` hears it as it goes."""
        sent, greetings = 0, Greetings()
        locales: Mapping[PersonNo, str] = {}
        while threads := self._welcomes.owed(MANY):
            if not greetings.texts:
                greetings = self._greetings()
                locales = self._locales(threads, greetings)
            self._books.keys.thread_keys([thread.no for thread in threads])  # made together, where they are missing
            made = [self._made(thread, greetings, locales.get(thread.client)) for thread in threads]
            sent += self._kept([one for one in made if one is not None])
            progress(sent)
        return sent

    def _kept(self, welcomes: Sequence[Welcome]) -> int:
        answers = zip(welcomes, self._welcomes.keep(welcomes), strict=True)
        done = [one if kept == "kept" else self._later(one, kept) for one, kept in answers]
        for one in done:
            if one is not None:
                self._outcomes.told(Stored(receipt=one.receipt.id, message=one.message.id), "cli")
        return sum(one is not None for one in done)

    def _later(self, welcome: Welcome, kept: Kept) -> Welcome | None:
        """Keep it behind what the thread holds, where a clock was set back; give it if it was kept."""
        thread = self._books.people.thread(welcome.message.thread)
        if thread is None or not isinstance(kept, Behind):
            return None
        made = self._made(thread, self._greetings(), None, after=kept.newest)
        return made if made is not None and self._welcomes.keep([made]) == ["kept"] else None

    def _made(
        self, thread: Thread, greetings: Greetings, locale: str | None, *, after: RowId | None = None
    ) -> Welcome | None:
        """Make the welcome of that thread; None, and owed no more, where it can have none."""
        text: str | None = None
        provider = None if thread.provider is None else self._books.people.person(thread.provider)
        with suppress(Refused):
            _, provider = authorise(thread, provider)
            found = locale or self._locale(thread, greetings)
            text = greetings.text(provider.id, found, self._organisation.emergency)
        if provider is None or text is None:
            self._welcomes.drop(thread.no)
            return None
        now = self._clock.now()
        mail = Authorised(
            thread=thread,
            author=provider.no,
            to=others(thread, provider, ()),
            via="cli",
            arrived_at=now,
            subject="",
            text=text,
            cut="",
            screened=Screened(),
            message_id=ONCE,
        )
        key = self._books.keys.thread_key(thread.no)
        once = fingerprint(key, provider.no, ONCE, "")
        message = seal_message(mail, key, self._entropy, after=RowId(max(after or 0, self._new_id())), mark=once)
        self._last = message.id
        return Welcome(
            message=message,
            receipt=Receipt(id=self._new_id(), at=now, via="cli", outcome="stored", trace=TRACE),
            owed=owed_for(mail, self._books.people, at=now, new_id=self._new_id),
            audit=AuditLine(at=now, actor=provider.id, action="stored", subject=f"message {shown(message.id)}"),
        )

    def _locales(self, threads: Sequence[Thread], greetings: Greetings) -> Mapping[PersonNo, str]:
        """Give everybody's language, where there are so many to welcome that one after the other would take long."""
        if len(threads) < MANY or not greetings.languages:
            return {}
        return {one.no: one.locale or self._organisation.locale for one in self._books.people.everyone()}

    def _locale(self, thread: Thread, greetings: Greetings) -> str:
        """Give the client's language, where it makes a difference."""
        client = self._books.people.person(thread.client) if greetings.languages else None
        return (client.locale if client else "") or self._organisation.locale

    def _new_id(self) -> RowId:
        """Draw an id of now. So many are drawn in a millisecond that two would be the same one: each is greater."""
        self._last = RowId(max(row_id(self._clock.now(), self._entropy.octets(3)), self._last + 1))
        return self._last
