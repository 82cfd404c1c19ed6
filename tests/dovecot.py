"""Debian's Dovecot in a throw-away folder on free ports: mailboxes that the relay fetches. Root is not needed."""

from __future__ import annotations

import grp
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from relay.demo.folder import free_ports
from tests.smtp_world import certificate

DOVECOT = shutil.which("dovecot") or "/usr/sbin/dovecot"
PASSWORD = "correct horse"
CONFIG = """\
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
ssl = yes
ssl_cert = <{folder}/tls/cert.pem
ssl_key = <{folder}/tls/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2
auth_failure_delay = 0
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
mail_location = maildir:{folder}/mail/%u
mail_privileged_group =
mail_max_userip_connections = 100
maildir_very_dirty_syncs = no
namespace inbox {{
  inbox = yes
  prefix = {prefix}
  separator = {separator}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {folder}/oauth2.conf
}}
passdb {{
  driver = passwd-file
  mechanisms = plain login
  args = scheme=PLAIN {folder}/users
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%u
}}
{more}
"""
OAUTH2 = """\
tokeninfo_url = {url}/tokeninfo?access_token=
introspection_mode = auth
username_attribute = user
timeout_msecs = 5000
"""


@dataclass(slots=True)
class Dovecot:
    """A Dovecot that runs, or did. Mailboxes come to be when somebody signs in."""

    folder: Path
    port: int
    tls_port: int
    user: str
    config: Path = field(init=False)
    process: subprocess.Popen[bytes] | None = field(init=False, default=None)
    _numbers: Iterator[int] = field(init=False, default_factory=itertools.count)

    def __post_init__(self) -> None:
        self.config = self.folder / "dovecot.conf"

    @property
    def cert(self) -> Path:
        return self.folder / "tls/cert.pem"

    def start(self) -> None:
        self.process = subprocess.Popen(
            [DOVECOT, "-F", "-c", str(self.config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        end = time.monotonic() + 30
        while time.monotonic() < end and self.process.poll() is None:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 2) as client:
                if client.recv(100).startswith(b"* OK"):
                    return
            time.sleep(0.05)
        raise AssertionError(f"Dovecot does not start: {self.log()}")

    def stop(self) -> None:
        """End it with all its connections; told to stop alone, it would keep those for ten seconds."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(30)
            self.process = None

    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace") if (self.folder / "log").exists() else ""

    def password(self, word: str, user: str = "care") -> None:
        """Change the password. Dovecot looks at the file once a second, and whether its time is another one."""
        file = self.folder / "users"
        second = file.stat().st_mtime + 2 if file.exists() else time.time()
        draft = file.with_suffix(".new")
        draft.write_text(f"{user}:{{PLAIN}}{word}\n")
        os.utime(draft, (second, second))
        draft.replace(file)

    def deliver(self, octets: bytes, user: str = "care", flags: str = "", folder: str = "") -> Path:
        """Put a mail into the folder, as a mail server does; flags are Maildir's ("S" is seen, "T" deleted)."""
        box = self.box(user, folder)
        name = f"{time.time_ns()}.M{next(self._numbers)}P{os.getpid()}.test"
        for each in ("tmp", "new", "cur"):
            self._own(box / each)
        draft = box / "tmp" / name
        draft.write_bytes(octets.replace(b"\r\n", b"\n"))
        self._give(draft)
        return draft.rename(box / "cur" / f"{name}:2,{flags}" if flags else box / "new" / name)

    def box(self, user: str = "care", folder: str = "") -> Path:
        return self.folder / "mail" / user / (f".{folder}" if folder else "")

    def mails(self, folder: str = "", user: str = "care") -> list[bytes]:
        """Give what lies in the folder, without what is marked as deleted."""
        box = self.box(user, folder)
        files = [file for part in ("new", "cur") for file in sorted((box / part).glob("*"))]
        kept = []
        for file in files:
            if "T" not in file.name.rpartition(":2,")[2]:
                with suppress(FileNotFoundError):  # moved this very moment
                    kept.append(file.read_bytes())
        return kept

    def forget_uids(self, user: str = "care") -> None:
        """Have the mailbox numbered anew: another UIDVALIDITY, which Dovecot takes from the second it is made in."""
        time.sleep(1.1)
        for file in self.box(user).glob("dovecot*"):
            if file.is_file():
                file.unlink()

    def _own(self, path: Path) -> None:
        missing = [each for each in (path, *path.parents) if not each.exists()]
        path.mkdir(parents=True, exist_ok=True)
        for each in missing:
            self._give(each)

    def _give(self, path: Path) -> None:
        if os.geteuid() == 0:
            shutil.chown(path, self.user)


@contextmanager
def dovecot(
    *, capability: str = "", token_url: str = "http://127.0.0.1:9", prefix: str = "", more: Sequence[str] = ()
) -> Iterator[Dovecot]:
    """Start a Dovecot with one user, care; `capability` is what it offers after the login instead of all it can."""
    folder = Path(tempfile.mkdtemp(prefix="relay-dovecot-"))
    user = "nobody" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    group = grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name
    lines = [*more, *([f"imap_capability = {capability}"] if capability else [])]
    try:
        folder.chmod(0o755)  # its processes run as another user where we are root
        with free_ports(2) as (port, tls_port):
            pass
        made = Dovecot(folder, port, tls_port, user)
        for name in ("run", "state", "mail", "tls"):
            (folder / name).mkdir()
        made._give(folder / "mail")
        certificate(folder / "tls")
        made.config.write_text(
            CONFIG.format(
                folder=folder, user=user, group=group, port=port, tls_port=tls_port,
                prefix=prefix, separator=prefix[-1:] or "/", more="\n".join(lines),
            )
        )  # fmt: skip
        (folder / "oauth2.conf").write_text(OAUTH2.format(url=token_url))
        made.password(PASSWORD)
        made.start()
        try:
            yield made
        finally:
            made.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
