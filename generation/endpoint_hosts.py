"""Which hosts an endpoint may have: those on the operator's list, at addresses that no name can turn inwards.

An entry is a name, an address or a network, with or without a port: `api.example.org`, `vllm:8000`, `10.0.0.7`,
`[::1]:8000`, `172.18.0.0/16`. Without a port it holds for all. A listed name may lead to public addresses; to private,
link-local and loopback ones only where these are listed, too, as `localhost` implies for loopback.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from generation.endpoint_urls import EndpointUrl

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\Z")
ENTRY = re.compile(r"(\[(?P<bracketed>[^\]]+)\]|(?P<plain>[^:\[\]]+))(:(?P<port>\d+))?\Z")
NAT64 = ip_network("64:ff9b::/96")
PUBLIC_IPV6 = (ip_network("2000::/3"), NAT64)  # all that is given out, so no `::7f00:1`, which is 127.0.0.1
ISATAP = (0x0000_5EFE, 0x0200_5EFE)  # what stands before the IPv4 address in any network's lower half
LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


@dataclass(frozen=True)
class AllowedHosts:
    """The list, parsed; `entries` are its words as they were written, `variable` is where they stood."""

    entries: tuple[str, ...] = ()
    names: frozenset[tuple[str, int | None]] = frozenset()
    networks: frozenset[tuple[Network, int | None]] = frozenset()
    variable: str = "ENDPOINT_HOSTS"

    @classmethod
    def parse(cls, words: Iterable[str], variable: str = "ENDPOINT_HOSTS") -> "AllowedHosts":
        """Raises: ValueError with the entry that makes no sense and what would."""
        entries = tuple(words)
        names: set[tuple[str, int | None]] = set()
        networks: set[tuple[Network, int | None]] = set()
        for entry in entries:
            host, port = _split(entry)
            if isinstance(host, str):
                names.add((host, port))
                networks |= {(network, port) for network in LOOPBACK if host == "localhost"}
            else:
                networks.add((host, port))
        return cls(entries, frozenset(names), frozenset(networks), variable)

    def check(self, url: EndpointUrl) -> None:
        """Raises: ValueError unless the URL's own host and port are listed."""
        address = url.address
        is_listed = self._lists_address(address, url.port) if address else self._lists_name(url)
        if not is_listed:
            raise ValueError(
                f"{url.host_and_port} is not among {self.variable} ({', '.join(self.entries) or 'which is empty'}); "
                "add it there, in the environment, if it may be asked"
            )

    def check_address(self, url: EndpointUrl, address: Address) -> None:
        """Raises: ValueError unless the address, to which the URL's host leads, may be connected to."""
        if self._lists_address(address, url.port):
            return
        if not _is_public(address):
            raise ValueError(
                f"{url.host_and_port} leads to {address}, which is no public address; "
                f"add {address} to {self.variable}, in the environment, if that is meant"
            )
        if url.scheme != "https":
            raise ValueError(
                f"{url.host_and_port} leads to the public address {address}: give it as https://, or add "
                f"{address} to {self.variable} if what is sent may travel there in the clear"
            )

    def _lists_name(self, url: EndpointUrl) -> bool:
        return not self.names.isdisjoint({(url.host, url.port), (url.host, None)})

    def _lists_address(self, address: Address, port: int) -> bool:
        address = _unmapped(address)
        return any(address in network and at in (port, None) for network, at in self.networks)


def _split(entry: str) -> tuple[str | Network, int | None]:
    if not (found := ENTRY.match(_bracketed(entry.lower()))):
        raise _nonsense(entry)
    host, port = found["bracketed"] or found["plain"], found["port"]
    if port is not None and not 1 <= int(port) <= 65_535:
        raise _nonsense(entry)
    try:
        return ip_network(host), int(port) if port else None
    except ValueError:
        if found["bracketed"] or not NAME.match(host) or host.replace(".", "").isdigit():
            raise _nonsense(entry) from None
    return host, int(port) if port else None


def _bracketed(entry: str) -> str:
    """A bare IPv6 address or network in the brackets that it may have been written without."""
    return f"[{entry}]" if entry.count(":") > 1 and not entry.startswith("[") else entry


def _nonsense(entry: str) -> ValueError:
    return ValueError(f"{entry!r} is no host: expected name, address or network, each perhaps with :port")


def _is_public(address: Address) -> bool:
    """Whether it, and each IPv4 address that whoever forwards would take out of it, is one of the open Internet."""
    plain = _unmapped(address)
    if isinstance(plain, IPv6Address) and not any(plain in network for network in PUBLIC_IPV6):
        return False
    return all(one.is_global and not one.is_multicast for one in (plain, *_carried(plain)))


def _carried(address: Address) -> tuple[IPv4Address, ...]:
    """The IPv4 addresses within an IPv6 address at which a translator or a tunnel's other end would deliver."""
    if isinstance(address, IPv4Address):
        return ()
    last = (IPv4Address(int(address) & 0xFFFF_FFFF),)
    if address in NAT64:
        return last
    at_site = last if int(address) >> 32 & 0xFFFF_FFFF in ISATAP else ()
    return (*at_site, *((address.sixtofour,) if address.sixtofour else address.teredo or ()))


def _unmapped(address: Address) -> Address:
    """The IPv4 address that an IPv6 address may stand for."""
    return (isinstance(address, IPv6Address) and address.ipv4_mapped) or address


def addresses_in(texts: Iterable[str]) -> list[Address]:
    """The addresses, each once, in their order."""
    return list(dict.fromkeys(ip_address(text) for text in texts))
