"""Names for rows and people outside: the same in all exports of a study, unlike in any other study's.

HMAC-SHA256 keyed by the site's secret, over the study and the row. Whoever holds exports of two studies cannot tell
that a rater took part in both; without the secret no name can be led back. A new SECRET_KEY gives new names.
"""

import base64
from collections.abc import Hashable

from django.utils.crypto import salted_hmac

from raters.models import Study

LETTERS = 16  # of base32, 80 bits: two of a million rows share a name once in a trillion studies


class Pseudonyms:
    """Of one study: `names("rater", code)`."""

    def __init__(self, study: Study) -> None:
        self._study = study.public_id

    def __call__(self, kind: str, key: Hashable) -> str:
        digest = salted_hmac(
            "assay.takeaway.pseudonyms", f"{self._study}:{kind}:{key}", algorithm="sha256"
        ).digest()
        return f"{kind}-{base64.b32encode(digest).decode()[:LETTERS].lower()}"

    def or_none(self, kind: str, key: Hashable | None) -> str | None:
        return None if key is None else self(kind, key)
