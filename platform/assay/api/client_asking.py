"""How the client asks: one site, one token; again when the server is busy or away; page by page; until time is up."""

import random
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from assay.api.client_answers import content_of

BUSY = {429, 502, 503, 504}
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 30.0


@dataclass
class Asking:
    """One site, one token. `tries`: of each request, while the server is busy or cannot be reached."""

    url: str
    token: str
    tries: int = 6
    timeout_s: float = 60
    sleep: Callable[[float], None] = time.sleep
    chance: random.Random = field(default_factory=random.Random)
    transport: httpx.BaseTransport | None = None

    def __post_init__(self) -> None:
        self._http = httpx.Client(
            base_url=self.url.rstrip("/") + "/api/v1",
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=self.timeout_s,
            transport=self.transport,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._http.close()

    def get(self, path: str, /, **query: Any) -> Any:
        return self._request(
            "GET", path, params={key: value for key, value in query.items() if value is not None}
        )

    def post(self, path: str, body: dict[str, Any] | None = None, *, key: str | None = None) -> Any:
        """key: the idempotency key, by default a new one: give your own to make a repeat by another process safe."""
        return self._request("POST", path, json=body, headers={"Idempotency-Key": key or str(uuid.uuid4())})

    def put(self, path: str, body: dict[str, Any]) -> Any:
        return self._request("PUT", path, json=body, headers={"Idempotency-Key": str(uuid.uuid4())})

    def upload(self, path: str, file: Path, *, key: str | None = None, **query: Any) -> Any:
        sent = {"file": (file.name, file.read_bytes())}
        params = {name: value for name, value in query.items() if value is not None}
        headers = {"Idempotency-Key": key or str(uuid.uuid4())}
        return self._request("POST", path, params=params, files=sent, headers=headers)

    def pages(self, path: str, /, **query: Any) -> Iterator[Any]:
        """Every item of a list, page by page; with `after` those behind it."""
        after: str | None = query.pop("after", None)
        while True:
            page = self.get(path, after=after, **query)
            yield from page["items"]
            after = page["next"]
            if after is None:
                return

    def _download(self, path: str, to: Path) -> None:
        """Writes the whole file or none: what lay there before stays until all of the new one has come."""
        part = to.with_name(f"{to.name}.part")
        try:
            with self._http.stream("GET", path) as answer, part.open("wb") as file:
                if not answer.is_success:
                    answer.read()
                    content_of(answer)
                for block in answer.iter_bytes():
                    file.write(block)
            part.replace(to)
        finally:
            part.unlink(missing_ok=True)

    def _looks(self, path: str, timeout_s: float, every_s: float, **query: Any) -> Iterator[Any]:
        """Looks again and again until time is up; the first at once."""
        ends = time.monotonic() + timeout_s
        while True:
            yield self.get(path, **query)
            if time.monotonic() + every_s > ends:
                return
            self.sleep(every_s)

    def _request(self, method: str, path: str, **sent: Any) -> Any:
        for tried in range(1, self.tries + 1):
            try:
                answer = self._http.request(method, path, **sent)
            except httpx.TransportError:
                if tried == self.tries:
                    raise
                self.sleep(self._wait_s(tried, ""))
                continue
            if answer.status_code not in BUSY or tried == self.tries:
                return content_of(answer)
            self.sleep(self._wait_s(tried, answer.headers.get("Retry-After", "")))
        raise ValueError("tries must be at least 1")

    def _wait_s(self, tried: int, retry_after: str) -> float:
        """As long as the server asks, else twice as long each time; then up to as much again by chance."""
        asked = float(retry_after) if retry_after.isdecimal() else 0.0
        doubled = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** (tried - 1))
        return asked + self.chance.uniform(0, doubled) if asked else self.chance.uniform(doubled / 2, doubled)
