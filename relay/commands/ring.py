"""Does the master key open the key ring that is there? What `relay check` asks beyond the config folder; it only looks.

Settings and environment in, Findings out. A ring that cannot be reached just now is no fault of the config: not told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from relay.checks import Finding, master_key
from relay.settings import Settings
from store.engine import is_made
from store.keys import opens
from store.trouble import StoreTrouble, Trouble


def key_ring(settings: Settings, env: Mapping[str, str]) -> Iterator[Finding]:
    """Tell of a key that is well-formed and the wrong one, and of a ring that is lost, or no database any more."""
    try:
        kek = master_key(settings.keys.source, env)
        fits = opens(settings.keys.ring, settings.folder, kek)
        is_lost = fits is None and is_made(settings.store.url, settings.folder)
    except ValueError:
        return  # told by the checks of the config
    except StoreTrouble as trouble:
        if trouble.trouble is Trouble.DAMAGED:
            yield Finding(("keys", "ring"), "the key ring is damaged, or is no database", "restore it from a backup")
        return
    if is_lost:
        yield Finding(("keys", "ring"), "there is a store, and no key ring for it", "restore the ring from a backup")
    if fits is False:
        what = "this key does not open the key ring"
        yield Finding(("keys", "source"), what, "put back the key that the ring was made with, or the ring of this key")
