"""An endpoint's address: what stands before /chat/completions, in one spelling."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import SplitResult, urlsplit

PORTS = {"https": 443, "http": 80}
PATHS = ("/chat/completions", "/completions")


@dataclass(frozen=True)
class EndpointUrl:
    """Scheme, host, port and path, the path without a slash at its end. `str()` gives the URL back."""

    scheme: str
    host: str
    port: int
    path: str

    @classmethod
    def parse(cls, text: str) -> "EndpointUrl":
        """Raises: ValueError saying what would be right."""
        parts = _split(text)
        if parts.username is not None or parts.password is not None:
            raise ValueError("an endpoint's address holds no password: name the key's variable by --key-env")
        if parts.query or parts.fragment:
            raise _wrong(text, "nothing may follow the path")
        path = parts.path.rstrip("/")
        if path.endswith(PATHS):
            raise _wrong(text, "leave out what comes after /v1")
        assert parts.hostname is not None
        return cls(parts.scheme, parts.hostname, parts.port or PORTS[parts.scheme], path)

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host_and_port}{self.path}"

    @property
    def host_and_port(self) -> str:
        """As it stands in the URL: in brackets if it must be, without the port that the scheme implies."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def address(self) -> IPv4Address | IPv6Address | None:
        """The host where it is an address and no name."""
        try:
            return ip_address(self.host)
        except ValueError:
            return None


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        is_whole = parts.scheme in PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise _wrong(text, str(error)) from None
    if not is_whole or not text.isascii() or not text.isprintable() or any(map(text.count, " \\%")):
        raise _wrong(text, "it must be http or https, in plain ASCII")
    return parts


def _wrong(text: str, reason: str) -> ValueError:
    # never with what stands before an @, which may be a password
    shown = text.rsplit("@", 1)[-1]
    return ValueError(f"{shown!r} is no endpoint's address: {reason}; expected such as https://host/v1")
