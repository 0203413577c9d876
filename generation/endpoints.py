"""An endpoint as a checkpoint: what it is asked, which decides its texts, and how it is reached, which does not."""

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from generation.endpoint_urls import EndpointUrl
from generation.models import Checkpoint
from promptsets.digests import canonical_json

MOST_AT_ONCE, MOST_STOPS = 256, 4  # four is as many as OpenAI's protocol takes
KEY_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(_KEY|_TOKEN)\Z")
SERVERS_OWN, RAW = "server's own", "raw"


@dataclass(frozen=True)
class Endpoint:
    """A model behind an OpenAI-compatible server.

    model: as the server calls it.  is_raw: asked to go on with the prompt's bare text (/completions), instead of for
    a reply in the server's own chat template (/chat/completions).  stop: texts that end a reply.  key_env: the
    environment variable that holds the key, "" where none is needed.  concurrency: requests at a time, of each worker.
    Raises: ValueError naming what is wrong and what would be right.
    """

    url: EndpointUrl
    model: str
    is_raw: bool = False
    stop: tuple[str, ...] = ()
    key_env: str = ""
    concurrency: int = 8

    def __post_init__(self) -> None:
        if not self.model.strip() or not self.model.isprintable():
            raise ValueError(f"model is {self.model!r}; it must be the name that the server knows")
        if not all(self.stop) or len(self.stop) > MOST_STOPS:
            raise ValueError(
                f"stop is {list(self.stop)!r}; it must be at most {MOST_STOPS} texts, none empty"
            )
        if self.key_env and (not KEY_VARIABLE.match(self.key_env) or self.key_env == "SECRET_KEY"):
            raise ValueError(
                f"key_env is {self.key_env!r}; it must be the name of an environment variable that ends in _KEY or "
                "_TOKEN, not the key itself, and never SECRET_KEY"
            )
        if not 1 <= self.concurrency <= MOST_AT_ONCE:
            raise ValueError(
                f"concurrency is {self.concurrency}; it must be a whole number from 1 to {MOST_AT_ONCE}"
            )

    @classmethod
    def of(cls, checkpoint: Checkpoint) -> "Endpoint":
        """The inverse of `description`."""
        stored = checkpoint.description
        return cls(
            url=EndpointUrl.parse(checkpoint.uri),
            model=stored["model"],
            is_raw=stored["chat_format"] == RAW,
            stop=tuple(stored["stop"]),
            key_env=stored["key_env"],
            concurrency=stored["concurrency"],
        )

    @property
    def description(self) -> dict[str, Any]:
        return {
            "chat_format": RAW if self.is_raw else SERVERS_OWN,
            "model": self.model,
            "stop": list(self.stop),
            "key_env": self.key_env,
            "concurrency": self.concurrency,
        }

    @property
    def digest(self) -> str:
        """Of all that decides what is asked. What answers is the server's affair, and no digest of ours sees it."""
        asked = {"url": str(self.url), "model": self.model, "raw": self.is_raw, "stop": list(self.stop)}
        return f"endpoint:{hashlib.sha256(canonical_json(asked).encode()).hexdigest()}"
