"""What is owed for a message that enters a thread: who is told of it, and the writer of files that were left out.

Authorised in, Notifications out, in the transaction that keeps the message. Pure but for the ids that are handed in.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from relay.domain import Authorised, Notification, RowId
from relay.left_out import note


def owed_for(
    mail: Authorised, *, at: datetime, new_id: Callable[[], RowId], receipt: bool = False
) -> list[Notification]:  # fmt: skip
    """Give the mails: one for everyone to whom the message goes; one for a writer by mail whose files were left out.

    With `receipt` a writer by mail wants to hear that it has arrived; what says that files were left out says that too.

    Where nobody is of Support, what a person writes to Support is told to the support contact.
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
    return owed
