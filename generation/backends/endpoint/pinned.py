"""Connections to addresses that were checked for the very request: a name that changes its mind leads nowhere."""

import asyncio
import socket

import httpx

from generation.endpoint_hosts import Address, AllowedHosts, addresses_in
from generation.endpoint_urls import EndpointUrl

NO_LIMIT = httpx.Limits(max_connections=None, max_keepalive_connections=None)  # whoever asks has a limit


class PinnedTransport(httpx.AsyncBaseTransport):
    """Resolves the URL's host once for each request, and connects to what was found; the certificate is the host's.

    Raises: ValueError if one of its addresses may not be connected to; httpx.TransportError as usual.
    """

    def __init__(self, url: EndpointUrl, allowed: AllowedHosts) -> None:
        self._url, self._allowed = url, allowed
        self._inner = httpx.AsyncHTTPTransport(limits=NO_LIMIT)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.extensions = {**request.extensions, "sni_hostname": self._url.host}
        failure: httpx.TransportError = httpx.ConnectError(f"{self._url.host} has no address")
        for address in await self._addresses():
            request.url = request.url.copy_with(host=str(address))  # the header Host keeps the name
            try:
                return await self._inner.handle_async_request(request)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failure = error
        raise failure

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def _addresses(self) -> list[Address]:
        """All addresses of the host, each of them checked."""
        try:
            found = await asyncio.get_running_loop().getaddrinfo(
                self._url.host, self._url.port, type=socket.SOCK_STREAM
            )
        except OSError as error:
            raise httpx.ConnectError(f"{self._url.host} cannot be found: {error}") from error
        addresses = addresses_in(str(place[4][0]) for place in found)
        for address in addresses:
            self._allowed.check_address(self._url, address)
        return addresses
