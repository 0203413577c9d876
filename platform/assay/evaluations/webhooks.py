"""Signed webhooks: one POST of a body, to hosts that the operator listed, at addresses that no name can turn inwards.

Signed as Standard Webhooks has it: the header webhook-signature is `v1,` and base64 of HMAC-SHA256 over
`id.timestamp.body`. The id stays the same over all tries, so a receiver refuses an old timestamp and drops a known id.
"""

import asyncio
import base64
import hashlib
import hmac
import time

import httpx
from django.conf import settings

from generation.backends.endpoint.pinned import PinnedTransport
from generation.endpoint_urls import EndpointUrl

TIMEOUT_S, LARGEST_ANSWER = 15.0, 64 << 10
RETRIED = {408, 425, 429, *range(500, 600)}


class NotDeliveredError(Exception):
    """The receiver did not take the message; `is_final` says that trying again would change nothing."""

    def __init__(self, text: str, *, is_final: bool = False) -> None:
        super().__init__(text)
        self.is_final = is_final


def post(url: str, body: str, *, message_id: str, key: str) -> None:
    """Delivers the message. Raises: NotDeliveredError."""
    try:
        address = EndpointUrl.parse(url)
        settings.WEBHOOK_HOSTS.check(address)
        status = asyncio.run(_post(address, body.encode(), headers_of(message_id, body, key)))
    except httpx.HTTPError as error:
        raise NotDeliveredError(f"{type(error).__name__}: {error}") from error
    except TimeoutError:
        raise NotDeliveredError(f"no answer within {TIMEOUT_S:.0f} s") from None
    except ValueError as error:
        raise NotDeliveredError(str(error), is_final=True) from error
    if not 200 <= status < 300:
        raise NotDeliveredError(f"HTTP {status}", is_final=status not in RETRIED)


def headers_of(message_id: str, body: str, key: str) -> dict[str, str]:
    timestamp = str(int(time.time()))
    return {
        "Content-Type": "application/json",
        "User-Agent": "assay",
        "Webhook-Id": message_id,
        "Webhook-Timestamp": timestamp,
        "Webhook-Signature": f"v1,{signature(message_id, timestamp, body, key)}",
    }


def signature(message_id: str, timestamp: str, body: str, key: str) -> str:
    """Base64 of HMAC-SHA256 under the key's UTF-8 bytes."""
    signed = f"{message_id}.{timestamp}.{body}".encode()
    return base64.b64encode(hmac.digest(key.encode(), signed, hashlib.sha256)).decode()


async def _post(address: EndpointUrl, body: bytes, headers: dict[str, str]) -> int:
    """The status of the answer, whose body is read no further than a little. Redirects are not followed."""
    transport = PinnedTransport(address, settings.WEBHOOK_HOSTS)
    async with (
        asyncio.timeout(TIMEOUT_S),
        httpx.AsyncClient(transport=transport, trust_env=False) as client,
        client.stream("POST", str(address), content=body, headers=headers, timeout=TIMEOUT_S) as answer,
    ):
        read = 0
        async for part in answer.aiter_raw():
            read += len(part)
            if read > LARGEST_ANSWER:
                break
        return answer.status_code
