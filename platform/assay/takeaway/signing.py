"""The site's Ed25519 key: made once by a command, kept in a file of its own, read where cards are signed."""

import base64
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from django.conf import settings

from assay.takeaway.canonical import canonical

ALGORITHM = "Ed25519 over RFC 8785 JSON without the member signature"
NO_KEY = "This site has no key to sign cards with yet. Make one: python manage.py card_key"


@dataclass(frozen=True)
class Signature:
    """Whether it fits, and if not, why."""

    fits: bool
    problem: str = ""


def make_key() -> Path:
    """Makes the key and its public half beside it. Raises: FileExistsError: a key is never written over."""
    path: Path = settings.CARD_KEY
    key = Ed25519PrivateKey.generate()
    path.parent.mkdir(parents=True, exist_ok=True)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(private)
    public_path().write_bytes(pem_of(key.public_key()))
    return path


def public_path() -> Path:
    path: Path = settings.CARD_KEY
    return path.with_suffix(".pub.pem")


def public_pem() -> bytes | None:
    """The public half of the site's key, for whoever asks; None where there is no key yet."""
    path = public_path()
    return path.read_bytes() if path.is_file() else None


def signed(card: dict[str, Any]) -> dict[str, Any]:
    """The card with its signature. Raises: ValueError where the site has no key."""
    if not settings.CARD_KEY.is_file():
        raise ValueError(NO_KEY)
    key = load_pem_private_key(settings.CARD_KEY.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError(f"{settings.CARD_KEY}: an Ed25519 key is needed")
    signature = {
        "algorithm": ALGORITHM,
        "key_id": key_id(key.public_key()),
        "value": base64.b64encode(key.sign(canonical(card))).decode(),
    }
    return card | {"signature": signature}


def checked(card: dict[str, Any], public: bytes) -> Signature:
    """Whether the holder of this public key (PEM) signed the card as it stands."""
    key = load_pem_public_key(public)
    if not isinstance(key, Ed25519PublicKey):
        return Signature(False, "the public key is no Ed25519 key")
    signature = card.get("signature")
    if not isinstance(signature, dict) or signature.get("algorithm") != ALGORITHM:
        return Signature(False, f"the card carries no signature by {ALGORITHM}")
    if signature.get("key_id") != key_id(key):
        return Signature(False, f"the card was signed with key {signature.get('key_id')}, not {key_id(key)}")
    unsigned = {name: part for name, part in card.items() if name != "signature"}
    try:
        value = base64.b64decode(str(signature.get("value")), validate=True)
        if base64.b64encode(value).decode() != signature.get("value"):  # unused bits must be zero
            return Signature(False, "the signature is not in its one base64 form")
        key.verify(value, canonical(unsigned))
    except (InvalidSignature, ValueError):
        return Signature(False, "the signature does not fit: the card was changed after it was signed")
    return Signature(True)


def pem_of(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def key_id(key: Ed25519PublicKey) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of the key's 32 bytes."""
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]
