"""The keys that sign: what is read, what is refused and how that is said; the records of their public halves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

from relay.checks import CHECKS
from relay.dkim_keys import key_file, read_key, record
from relay.settings import read


def pem(key: PrivateKeyTypes, passphrase: bytes = b"") -> bytes:
    locked = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked)


ED = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
P = 110466313473546298031141055979010157080719547052228820752075712409801385874139
Q = 109802161727693561095507348320921611465635775042197733780493749634317690828401
RSA_1024 = rsa.generate_private_key(public_exponent=65537, key_size=1024)


def short() -> rsa.RSAPrivateKey:
    """Give a key of 512 bits, which the library makes for nobody any more."""
    d = rsa.rsa_recover_private_exponent(65537, P, Q)
    public = rsa.RSAPublicNumbers(65537, P * Q)
    return rsa.RSAPrivateNumbers(P, Q, d, d % (P - 1), d % (Q - 1), pow(Q, -1, P), public).private_key()


def put(folder: Path, octets: bytes, selector: str = "s", mode: int = 0o600) -> Path:
    file = key_file(folder, selector)
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(octets)
    file.chmod(mode)
    return file


def said(folder: Path, *selectors: str, smarthost: str = "smtp://127.0.0.1") -> list[tuple[str, bool]]:
    """Give what `relay check` finds, and whether it is a warning."""
    settings = read({"outbound": {"dkim_selectors": list(selectors), "smarthost": smarthost}}, folder)
    check = next(each for each in CHECKS if each.__name__ == "_dkim")
    return [(f"{one.what}; {one.todo}", one.warning) for one in check(settings, {})]


@pytest.mark.parametrize("key", [ED, RSA_1024], ids=["ed25519", "rsa"])
def test_key_is_read(tmp_path: Path, key: ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey) -> None:
    assert pem(read_key(put(tmp_path, pem(key)))) == pem(key)


BAD: dict[str, tuple[Callable[[], bytes], int, str]] = {
    "others may read it": (lambda: pem(ED), 0o640, "others on this machine may read "),
    "no PEM": (lambda: b"secret-of-nobody", 0o600, "holds no private key in PEM"),
    "cut off": (lambda: pem(RSA_1024)[:400], 0o600, "holds no private key in PEM"),
    "locked": (lambda: pem(ED, b"hunter2"), 0o600, "opens without a passphrase"),
    "of another kind": (lambda: pem(dsa.generate_private_key(1024)), 0o600, "a key that DKIM does not know"),
    "too short": (lambda: pem(short()), 0o600, "an RSA key of 512 bits, which nobody believes"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_key_is_refused_in_a_sentence_that_names_the_file_and_what_to_do(tmp_path: Path, case: str) -> None:
    make, mode, words = BAD[case]
    file = put(tmp_path, make(), mode=mode)
    with pytest.raises(ValueError, match=words) as error:
        read_key(file)
    what, _, todo = str(error.value).partition("; ")
    assert str(file) in what
    assert todo
    assert "secret" not in str(error.value)
    assert said(tmp_path, "s")[0] == (str(error.value), False)


def test_key_that_is_not_there_is_a_problem_with_the_file_and_what_to_do(tmp_path: Path) -> None:
    [(words, warning)] = said(tmp_path, "gone")
    assert f"{tmp_path}/keys/gone.pem cannot be read (No such file or directory); put the key back" in words
    assert not warning


def test_a_selector_twice_is_a_problem(tmp_path: Path) -> None:
    put(tmp_path, pem(ED))
    assert ("stands there twice; take it out", False) in said(tmp_path, "s", "s")


def test_what_receivers_mind_is_a_warning(tmp_path: Path) -> None:
    put(tmp_path, pem(ED), "ed")
    put(tmp_path, pem(RSA_1024), "weak")
    assert said(tmp_path, "ed") == [("has no RSA key, and many receivers know no other; add the selector of one", True)]
    assert said(tmp_path, "ed", "weak") == [
        ("has an RSA key of 1024 bits, which can be broken; make one of 2048 bits", True)
    ]
    assert said(tmp_path) == []
    [(words, warning)] = said(tmp_path, smarthost="smtp://mail.example.org")
    assert "does not sign" in words
    assert warning


def test_records_hold_the_public_half() -> None:
    assert record(ED) == "v=DKIM1; k=ed25519; p=A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="
    assert record(RSA_1024).startswith("v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GN")
