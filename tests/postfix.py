"""Debian's Postfix in a throw-away folder on a free port: as a smarthost, or in front of the relay. Needs root."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from relay.demo.folder import free_ports

POSTFIX = "/usr/sbin/postfix"
MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
mail_owner = postfix
setgid_group = postdrop
myhostname = front.test
myorigin = front.test
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_banner = front.test ESMTP
smtp_dns_support_level = disabled
smtp_host_lookup = native
smtp_tls_security_level = none
alias_maps =
alias_database =
local_recipient_maps =
message_size_limit = 40000000
mailbox_size_limit = 0
"""
MASTER = """\
127.0.0.1:{port} inet n - n - 100 smtpd{options}
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True, slots=True)
class Postfix:
    """A running Postfix."""

    port: int
    folder: Path

    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace") if (self.folder / "log").exists() else ""


@contextmanager
def postfix(settings: Mapping[str, str], options: Mapping[str, str] | None = None) -> Iterator[Postfix]:
    """Start a Postfix with these lines in main.cf (and these options of its smtpd); stop it with the block."""
    folder = Path(tempfile.mkdtemp(prefix="relay-postfix-"))
    try:
        folder.chmod(0o755)  # its daemons run as another user
        with free_ports(1) as (port,):
            pass
        config = folder / "config"
        for name in ("config", "spool", "data"):
            (folder / name).mkdir()
        shutil.chown(folder / "data", "postfix", "postfix")
        lines = "".join(f"{name} = {value}\n" for name, value in settings.items())
        (config / "main.cf").write_text(MAIN.format(folder=folder) + lines)
        flags = "".join(f"\n  -o {name}={value}" for name, value in (options or {}).items())
        (config / "master.cf").write_text(MASTER.format(port=port, options=flags))
        subprocess.run([POSTFIX, "-c", str(config), "start"], check=True, capture_output=True, timeout=60)
        try:
            _wait(port)
            yield Postfix(port, folder)
        finally:
            subprocess.run([POSTFIX, "-c", str(config), "stop"], check=False, capture_output=True, timeout=60)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(port: int) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 2) as client:
            client.recv(100)
            return
        time.sleep(0.05)
    raise AssertionError("Postfix does not listen")
