"""An OpenAI-compatible server as a backend. What speaks HTTP is loaded by workers alone."""

from collections.abc import Iterator, Sequence

from django.conf import settings

from generation.backends.base import More, PromptSample, Reply
from generation.endpoints import Endpoint
from generation.models import Checkpoint
from generation.sampling import Sampling


class EndpointBackend:
    """Asks the checkpoint's server, several prompts at a time.

    Raises: ValueError if its host is not, or no longer, among ENDPOINT_HOSTS.
    """

    def __init__(self, checkpoint: Checkpoint) -> None:
        self.endpoint = Endpoint.of(checkpoint)
        settings.ENDPOINT_HOSTS.check(self.endpoint.url)

    def check(self, sampling: Sampling) -> None:
        if sampling.top_k:
            raise ValueError(
                f"top_k is {sampling.top_k}, which OpenAI's protocol cannot say to {self.endpoint.url}: leave it out"
            )

    def replies(
        self, asked: Sequence[PromptSample], sampling: Sampling, seed: int, more: More
    ) -> Iterator[Reply]:
        """Sends each prompt sample a seed of its own. Whether the server heeds it is the server's affair.

        It never asks for more: the places that fall idle are the server's, and other work may fill them.
        """
        from generation.backends.endpoint.background import in_background
        from generation.backends.endpoint.conversations import Conversations
        from generation.backends.endpoint.server import Server

        self.check(sampling)
        server = Server(self.endpoint, key_for(self.endpoint))
        return in_background(Conversations(server, sampling, seed).replies(asked))


def key_for(endpoint: Endpoint) -> str:
    """The endpoint's key, "" if it needs none. Raises: ValueError, without the key, if it is not to be had."""
    if not endpoint.key_env:
        return ""
    key = str(settings.ENDPOINT_KEYS.get(endpoint.key_env, ""))
    if not key:
        raise ValueError(
            f"{endpoint.key_env} is not set in this worker's environment: it holds the key to {endpoint.url}"
        )
    if not key.isascii() or not key.isprintable():
        raise ValueError(f"{endpoint.key_env} cannot be a key: it holds more than one line of plain ASCII")
    return key
