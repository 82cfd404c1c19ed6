"""The keys that sign our mails: a selector's file in, its private key out; and the record that DNS needs for it.

keys/SELECTOR.pem holds an Ed25519 key (RFC 8463) or an RSA key of 1024 bits or more (RFC 8301 §3.2) in PEM, without a
passphrase, and nobody else may read it. Raises ValueError with "what; what to do", never with what the file holds.
"""

from __future__ import annotations

import base64
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

LEAST_BITS = 1024  #: RFC 8301 §3.2: signers must use 1024 bits, and should use 2048
GOOD_BITS = 2048

SigningKey = Ed25519PrivateKey | RSAPrivateKey


def key_file(folder: Path, selector: str) -> Path:
    """Give where the selector's key is, in that config folder."""
    return folder / "keys" / f"{selector}.pem"


def read_key(file: Path) -> SigningKey:
    """Read a signing key. Raises ValueError."""
    try:
        octets = file.read_bytes()
        mode = file.stat().st_mode
    except OSError as error:
        raise ValueError(
            f"{file} cannot be read ({error.strerror}); put the key back, or take its selector out of the list"
        ) from None
    if mode & 0o077:
        raise ValueError(f"others on this machine may read {file}; chmod 600 {file}")
    try:
        key = load_pem_private_key(octets, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ValueError(
            f"{file} holds no private key in PEM that opens without a passphrase; put the key back, or make one "
            f"(openssl genpkey -algorithm ed25519) and publish its record (relay records)"
        ) from None
    if isinstance(key, Ed25519PrivateKey):
        return key
    if not isinstance(key, RSAPrivateKey):
        raise ValueError(f"{file} holds a key that DKIM does not know; use Ed25519 or RSA")
    if key.key_size < LEAST_BITS:
        raise ValueError(f"{file} holds an RSA key of {key.key_size} bits, which nobody believes; use {GOOD_BITS} bits")
    return key


def record(key: SigningKey) -> str:
    """Give the TXT record's value for SELECTOR._domainkey.DOMAIN: the public half (RFC 6376 §3.6.1, RFC 8463 §4)."""
    public = key.public_key()
    if isinstance(key, Ed25519PrivateKey):
        kind, octets = "ed25519", public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    else:
        kind, octets = "rsa", public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"v=DKIM1; k={kind}; p={base64.b64encode(octets).decode()}"
