"""What follows from a message that enters a thread: who is told of it, and what it does to the thread's open question.

Authorised in, Notifications and a Turn out, for the transaction that keeps the message. The writer is told of files
that were left out, Support of what cannot wait. Raises what the port raises.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from relay.domain import Authorised, Notification, RowId, Turn
from relay.left_out import note
from relay.ports import People
from relay.support_items import support_items


def owed_for(
    mail: Authorised, people: People, *, at: datetime, new_id: Callable[[], RowId], receipt: bool = False
) -> list[Notification]:  # fmt: skip
    """Give the mails: one for everyone to whom the message goes; one for a writer by mail whose files were left out.

    With `receipt` a writer by mail wants to hear that it has arrived; what says that files were left out says that too.

    Where nobody is of Support, what a person writes to Support is told to the support contact. All of Support get an
    item for what cannot wait.
    """
    thread = mail.thread.no
    owed = [Notification(id=new_id(), to=to, thread=thread, why="message", due_at=at) for to in mail.to or (None,)]
    by_mail = mail.via in ("smtp", "imap")
    if receipt and by_mail and not mail.screened.left_out:
        owed.append(Notification(id=new_id(), to=mail.author, thread=thread, why="receipt", due_at=at))
    if mail.screened.left_out and by_mail:
        owed.append(
            Notification(
                id=new_id(), to=mail.author, thread=thread, why="files-left-out", due_at=at,
                note=note(mail.screened.left_out),
            )
        )  # fmt: skip
    if turn_of(mail) == "urgent":
        owed += support_items("urgent", people, at=at, new_id=new_id, about=mail.author, thread=thread)
    return owed


def turn_of(mail: Authorised) -> Turn:
    """Tell whether the message asks a provider, or answers: any that is not the client's own does (R7)."""
    if mail.author != mail.thread.client:
        return "answers"
    if mail.thread.provider is None:
        return "aside"
    return "urgent" if mail.urgent else "asks"
