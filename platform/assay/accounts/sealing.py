"""Sealing what must be readable again but never lie open in the database or its backups, by the site's SECRET_KEY."""

import base64
import hashlib

from cryptography.fernet import Fernet
from django.conf import settings


def seal(content: bytes) -> bytes:
    return _cipher().encrypt(content)


def unseal(sealed: bytes) -> bytes:
    """Raises: cryptography.fernet.InvalidToken if it was sealed under another SECRET_KEY, or changed."""
    return _cipher().decrypt(sealed)


def _cipher() -> Fernet:
    key = hashlib.sha256(b"assay.accounts.sealing" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
