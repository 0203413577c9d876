"""What can go wrong with a server, told with its host, its status and what would be right; never with the key."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from generation.endpoints import Endpoint

LONGEST_EXCERPT = 300
# Like OpenAI's own clients, and 425. All 5xx besides.
WORTH_TRYING_AGAIN = {408, 409, 425, 429}
# 4xx that are no verdict on the prompt: they would meet every prompt alike, and an `error` stays for good.
ABOUT_THE_DOOR = {
    401: "put a key that it accepts into {key_env}, in the workers' environment",
    402: "the account behind {key_env} cannot pay",
    404: "check the path, which usually ends in /v1, and the model's name, {model}",
    405: "check the path, which usually ends in /v1",
    407: "a proxy stands between; endpoints are reached without one",
}
OUR_PARAMETERS = {"model", "temperature", "top_p", "max_tokens", "seed", "stop", "stream"}
SECONDS = re.compile(r"\d{1,9}(\.\d{1,9})?\Z")


class EndpointError(Exception):
    """The server cannot be asked like this: trying other prompts would not help, people must."""


class RefusalError(EndpointError):
    """The server will not answer this very prompt."""


class UnansweredError(EndpointError):
    """This prompt got no answer that can be read; others may get one."""


class UnavailableError(UnansweredError):
    """The server did not answer, but may later; `wait_s` is how long it wants to be left alone, if it said so."""

    def __init__(self, message: str, wait_s: float | None = None) -> None:
        super().__init__(message)
        self.wait_s = wait_s


def fault_of(
    endpoint: Endpoint, key: str, status: int, headers: Mapping[str, str], content: bytes
) -> EndpointError:
    """What a status other than 200 means."""
    told = f"{endpoint.url.host_and_port}: HTTP {status}"
    error = _error_in(content)
    said = excerpt(error["message"], key)
    told += f" ({said})" if said else ""
    if 300 <= status < 400:
        to = urlsplit(headers.get("location", "")).netloc.rpartition("@")[2]
        return EndpointError(
            f"{told}: it leads to {excerpt(to, key) or 'another path'}, and redirects are not followed; register the "
            "address that answers itself"
        )
    if status in WORTH_TRYING_AGAIN or status >= 500:
        return UnavailableError(f"{told}: it is busy or down", _wait_s(headers.get("retry-after", "")))
    if status in ABOUT_THE_DOOR:
        right = ABOUT_THE_DOOR[status].format(key_env=endpoint.key_env or "--key-env", model=endpoint.model)
        return EndpointError(f"{told}: {right}")
    if 400 <= status < 500 and error["param"] in OUR_PARAMETERS:
        return EndpointError(f"{told}: it does not take {error['param']} as we send it")
    if 400 <= status < 500:
        return RefusalError(f"{told}: it refuses this prompt")
    return EndpointError(f"{told}: expected 200 and a completion")


def excerpt(text: Any, key: str) -> str:
    """The beginning of what a server said, fit for one line of a log; if it repeats our key, without it."""
    whole = str(text).replace(key, "[the key]") if key else str(text)
    line = " ".join("".join(c if c.isprintable() else " " for c in whole).split())
    return line if len(line) <= LONGEST_EXCERPT else f"{line[:LONGEST_EXCERPT]}…"


def _error_in(content: bytes) -> dict[str, Any]:
    """Message and param of OpenAI's error object, or of what servers that come near it send instead."""
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return {"message": content.decode("utf-8", "replace"), "param": ""}
    error = value.get("error", value) if isinstance(value, dict) else value
    if not isinstance(error, dict):
        return {"message": error, "param": ""}
    return {"message": error.get("message") or error.get("detail") or "", "param": str(error.get("param"))}


def _wait_s(retry_after: str) -> float | None:
    """Seconds, stated as such or as a date; None where nothing is stated, or nothing that makes sense."""
    if SECONDS.match(retry_after):
        return float(retry_after)
    try:
        until = parsedate_to_datetime(retry_after)
    except (ValueError, OverflowError):  # the latter of a year or an offset that no clock knows
        return None
    aware = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.now(UTC)).total_seconds())
