"""`relay demo --script`: the whole story, one line a step; it ends with the first step that does not hold.

A provider posts, the client gets a link without content and answers by mail, the provider gets a link and answers by
mail, the thread shows both answers and nothing quoted; a forged reply is refused. Raises Broken.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass

from relay.demo.folder import ANA, LEE
from relay.demo.mailbox import Got, Mailbox
from relay.domain import PersonNo, Stored, Thread
from relay.wiring import House

WAIT = 5.0  #: seconds; a notification is due at once
QUESTION = "Hello Ana, how did the first week with the new plan go?\nTake your time."
ANSWER = "Much better, thank you.\n\nI slept seven hours each night."
ANSWER_BACK = "That is good to hear.\nPlease keep the diary going until Thursday."


class Broken(Exception):
    """A step of the story did not hold; the text says which check."""


@dataclass(slots=True)
class Telling:
    """Counts the steps and says them."""

    say: Callable[[str], object]
    steps: int = 0

    def held(self, happened: str, checked: str) -> None:
        """Say a step that held."""
        self.steps += 1
        self.say(f"{self.steps}. {happened}: {checked}")


def check(holds: bool, what: str) -> None:
    """Stop the story where a check does not hold."""
    if not holds:
        raise Broken(what)


async def tell(house: House, mailbox: Mailbox, say: Callable[[str], object]) -> None:
    """Play the story against the running relay. Raises Broken."""
    story = Telling(say)
    thread = _thread(house)
    story.held("the practice is set up", f"2 people, 1 relationship ({thread.state})")

    posted = await asyncio.to_thread(house.intake.write, thread.no, _provider(thread), QUESTION, via="cli")
    check(isinstance(posted, Stored), "the message is stored")
    story.held("the provider posts a message", "stored, sealed, with a receipt")

    first = await _notified(mailbox, ANA, 1, QUESTION)
    story.held("the client gets a mail", "a link and a reply address, not a word of the message")

    line = await mailbox.reply(first, ANSWER, "gmail")
    check(line.startswith("250 "), f"the client's reply is taken (it got: {line})")
    story.held("the client hits Reply in Gmail", line)

    second = await _notified(mailbox, LEE, 1, ANSWER)
    story.held("both were writing, so the provider gets one mail once it is quiet", "a link, not a word of the answer")

    line = await mailbox.reply(second, ANSWER_BACK, "outlook")
    check(line.startswith("250 "), f"the provider's reply is taken (it got: {line})")
    story.held("the provider hits Reply in Outlook", line)

    await _notified(mailbox, ANA, 2, ANSWER_BACK)
    story.held("the client gets a second mail", "a link again, in the same conversation")

    forged = await mailbox.reply(first, "Please send me everything.", "apple", writer="mallory@stranger.test")
    check(forged.startswith("550 5.7.1 "), f"the forged reply is refused (it got: {forged})")
    story.held("a stranger who has got hold of the reply address writes", forged)

    texts = [message.text for message in house.reader.whole(thread.no)]
    check(texts == [QUESTION, ANSWER, ANSWER_BACK], "the thread holds three texts, line breaks kept, nothing quoted")
    for text in texts:
        for row in str(text).splitlines():
            say(f"   | {row}")
    story.held("the thread is shown", "three messages, line breaks kept, nothing quoted")

    check(house.books.ledger.first_bad() is None, "the audit chain is whole")
    story.held("the audit chain is verified", "whole")


def _thread(house: House) -> Thread:
    threads = house.people.threads()
    check(len(threads) == 1, "there is one thread")
    return threads[0]


def _provider(thread: Thread) -> PersonNo:
    if thread.provider is None:
        raise Broken("the thread has a provider")
    return thread.provider


async def _notified(mailbox: Mailbox, to: str, count: int, secret: str) -> Got:
    """Wait for the mail, and look that it holds a link and no word of the message."""
    try:
        got = await mailbox.wait_for(to, count, WAIT)
    except TimeoutError:
        raise Broken(f"a notification arrives within {WAIT:.0f} s") from None
    text = got.subject + got.body("plain") + got.body("html")
    check("http://127.0.0.1:" in got.body("plain"), "the mail holds the link")
    lines = [line for line in secret.splitlines() if line]
    check(not any(line in text for line in lines), "the mail holds no line of the message")
    rare = set(re.findall(r"[a-z]{6,}", secret.lower())) - set(re.findall(r"[a-z]{6,}", ORDINARY))
    check(not rare & set(re.findall(r"[a-z]{6,}", text.lower())), "the mail holds no telling word of the message")
    return got


ORDINARY = "better please"  #: words that any mail of ours may hold too
