"""One server, asked one turn at a time and by several at once: its pauses, its limits, its failures."""

import asyncio
from collections.abc import Sequence
from secrets import SystemRandom
from types import TracebackType
from typing import Any, Self

import httpx
from django.conf import settings

from generation.backends.base import NotNow
from generation.backends.endpoint.faults import UnansweredError, UnavailableError, fault_of
from generation.backends.endpoint.pinned import PinnedTransport
from generation.backends.endpoint.protocol import Answer, path_of, read_answer, request_body
from generation.endpoints import Endpoint
from generation.sampling import Sampling

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0
LONGEST_WAIT_S = 120.0  # for a server that asks for more, the chunk is put back meanwhile
CONNECT_S = 10.0
LARGEST_BODY = 8 << 20
# Identity, as a body that is packed could unpack without end.
HEADERS = {"Accept-Encoding": "identity", "User-Agent": "assay"}


class Server:
    """The endpoint's server, connected while it is entered. Redirects are not followed, proxies not used."""

    def __init__(self, endpoint: Endpoint, key: str) -> None:
        self.endpoint, self._key = endpoint, key
        self._left_alone_until = 0.0
        self._jitter = SystemRandom().uniform  # decides when, never what
        self._client = httpx.AsyncClient(
            transport=PinnedTransport(endpoint.url, settings.ENDPOINT_HOSTS),
            headers=HEADERS | ({"Authorization": f"Bearer {key}"} if key else {}),
            timeout=httpx.Timeout(None, connect=CONNECT_S),
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def ask(self, said: Sequence[str], sampling: Sampling, seed: int) -> Answer:
        """The answer to what was said, tried ENDPOINT_TRIES times where the server does not answer.

        Raises: EndpointError of the kind that `faults` says, ValueError as `pinned` says; NotNow if the server wants
            to be left alone for long.
        """
        body = request_body(self.endpoint, said, sampling, seed)
        attempt = 0
        while True:
            attempt += 1
            await self._leave_alone()
            try:
                return await self._ask_once(body)
            except UnavailableError as failure:
                self._heed(failure)
                if attempt == settings.ENDPOINT_TRIES:
                    raise UnavailableError(f"{failure}; tried {attempt} times", failure.wait_s) from failure
                if not failure.wait_s:
                    await asyncio.sleep(self._backoff_s(attempt))

    async def _ask_once(self, body: dict[str, Any]) -> Answer:
        host = self.endpoint.url.host_and_port
        try:
            async with asyncio.timeout(settings.ENDPOINT_TIMEOUT_S):
                response, content = await self._exchange(body)
        except TimeoutError:
            limit = f"{settings.ENDPOINT_TIMEOUT_S} s (ENDPOINT_TIMEOUT_S)"
            raise UnavailableError(f"{host}: no whole answer within {limit}") from None
        except httpx.TransportError as error:
            raise UnavailableError(f"{host}: {type(error).__name__}: {error}") from error
        if response.status_code != httpx.codes.OK:
            raise fault_of(self.endpoint, self._key, response.status_code, response.headers, content)
        try:
            return read_answer(content, self.endpoint.is_raw)
        except ValueError as error:
            raise UnansweredError(
                f"{host}: HTTP 200, but {error}; expected a completion of OpenAI's"
            ) from error

    async def _exchange(self, body: dict[str, Any]) -> tuple[httpx.Response, bytes]:
        """The response's head and its body. Raises: UnansweredError if the body is larger than any answer."""
        content = bytearray()
        url = f"{self.endpoint.url}{path_of(self.endpoint)}"
        async with self._client.stream("POST", url, json=body) as response:
            async for part in response.aiter_raw():
                content += part
                if len(content) > LARGEST_BODY:
                    raise UnansweredError(
                        f"{self.endpoint.url.host_and_port}: HTTP {response.status_code}, but its body goes on after "
                        f"{LARGEST_BODY:,} bytes; expected a completion of OpenAI's"
                    )
        return response, bytes(content)

    def _backoff_s(self, attempt: int) -> float:
        """Exponential, with full jitter."""
        return self._jitter(0, min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** (attempt - 1)))

    def _heed(self, failure: UnavailableError) -> None:
        """Where the server said for how long it wants to be left alone, all who ask leave it alone."""
        wait_s = failure.wait_s or 0
        if wait_s > LONGEST_WAIT_S:
            raise NotNow(f"{failure}, and asks to be left alone for {wait_s:.0f} s", wait_s)
        self._left_alone_until = max(self._left_alone_until, asyncio.get_running_loop().time() + wait_s)

    async def _leave_alone(self) -> None:
        while (wait_s := self._left_alone_until - asyncio.get_running_loop().time()) > 0:
            await asyncio.sleep(wait_s + self._jitter(0, FIRST_PAUSE_S))
