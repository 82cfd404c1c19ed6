"""A held mail sealed and opened: from an unknown address, kept until the holder of the reply address decides.

Unproven in, SealedHeld out, and back: as HeldMail for the page that its holder looks at, with its files' octets once it
is confirmed. Under the thread's data key, each ciphertext bound to thread, receipt and place, so that it opens nowhere
else, not as a message either. The sender's address is content as well. `open_files()` raises Damaged.
"""

from __future__ import annotations

import json

from relay.domain import HeldMail, KeptFile, LeftOut, RowId, SealedHeld, ThreadNo, Unproven
from relay.ports import Entropy
from relay.sealing import Damaged, fingerprint, open_sealed, opened_file, seal, seal_files, to_json


def _place(thread: ThreadNo, held: RowId, what: str) -> bytes:
    return f"held {thread} {held} {what}".encode()


def seal_held(mail: Unproven, held: RowId, key: bytes, entropy: Entropy) -> SealedHeld:
    """Seal it under the id of its receipt."""
    thread = mail.thread.no

    def put(plaintext: bytes, what: str) -> bytes:
        return seal(plaintext, key, _place(thread, held, what), entropy)

    body = {
        "sender": mail.sender,
        "text": mail.text,
        "subject": mail.subject,
        "cut": mail.cut,
        "message_id": mail.message_id,
        "urgent": mail.urgent,
        "left_out": [(one.position, one.flaw) for one in mail.screened.left_out],
    }
    return SealedHeld(
        id=held,
        thread=thread,
        holder=mail.holder,
        arrived_at=mail.arrived_at,
        via=mail.via,
        body=put(to_json(body), "body"),
        files=seal_files(mail.screened.kept, put),
        fingerprint=fingerprint(key, mail.holder, mail.message_id, mail.text),
    )


def open_held(sealed: SealedHeld, key: bytes) -> HeldMail:
    """Open it for its holder; where the body or a file's line does not open, `text` is None."""
    try:
        body = json.loads(open_sealed(sealed.body, key, _place(sealed.thread, sealed.id, "body")))
        files = tuple(
            opened_file(open_sealed(file.meta, key, _place(sealed.thread, sealed.id, f"meta {file.position}")))
            for file in sealed.files
        )
    except Damaged:
        return HeldMail(
            id=sealed.id, thread=sealed.thread, holder=sealed.holder, arrived_at=sealed.arrived_at, via=sealed.via,
            text=None,
        )  # fmt: skip
    return HeldMail(
        id=sealed.id,
        thread=sealed.thread,
        holder=sealed.holder,
        arrived_at=sealed.arrived_at,
        via=sealed.via,
        sender=body["sender"],
        text=body["text"],
        subject=body["subject"],
        cut=body["cut"],
        message_id=body["message_id"],
        urgent=body.get("urgent", False),
        left_out=tuple(LeftOut(position=position, flaw=flaw) for position, flaw in body["left_out"]),
        files=files,
    )


def open_files(sealed: SealedHeld, key: bytes) -> tuple[KeptFile, ...]:
    """Open its files with their octets. Raises Damaged."""
    found = []
    for file in sealed.files:
        meta = opened_file(open_sealed(file.meta, key, _place(sealed.thread, sealed.id, f"meta {file.position}")))
        content = open_sealed(file.content, key, _place(sealed.thread, sealed.id, f"content {file.position}"))
        found.append(KeptFile(name=meta.name, type=meta.type, content=content))
    return tuple(found)
