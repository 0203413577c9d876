"""The environment, read once and typed: a value that makes no sense stops the start and names its variable."""

import os
import re
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from dotenv import dotenv_values

from generation.endpoint_hosts import AllowedHosts

TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}


class Environment:
    """Variables of the process, over those of a `.env` file where there is one.

    Every method takes the variable's name and raises ImproperlyConfigured with that name and what would be right.
    """

    def __init__(self, dotenv: Path) -> None:
        self._values: Mapping[str, str | None] = {**dotenv_values(dotenv), **os.environ}

    def text(self, name: str, default: str = "") -> str:
        value = self._values.get(name)
        return default if value is None else value.strip()

    def boolean(self, name: str, default: bool) -> bool:
        value = self.text(name, str(default)).lower()
        if value in TRUE | FALSE:
            return value in TRUE
        raise ImproperlyConfigured(f"{name}={value!r} is neither 1 nor 0.")

    def choice(self, name: str, choices: tuple[str, ...], default: str) -> str:
        value = self.text(name, default)
        if value in choices:
            return value
        raise ImproperlyConfigured(f"{name}={value!r} is none of: {', '.join(choices)}.")

    def form(self, name: str, pattern: str, told: str) -> str:
        """A value that the pattern fits whole, or "" where the variable is unset; `told`: the form, for people."""
        value = self.text(name)
        if not value or re.fullmatch(pattern, value, re.ASCII):
            return value
        raise ImproperlyConfigured(f"{name}={value!r} is not of the form {told}.")

    def integer(self, name: str, default: int, *, least: int) -> int:
        value = self.text(name, str(default))
        if value.isascii() and value.isdigit() and int(value) >= least:
            return int(value)
        raise ImproperlyConfigured(f"{name}={value!r} is not a whole number of at least {least}.")

    def words(self, name: str) -> list[str]:
        """The comma-separated parts of a value; an unset variable has none."""
        return [word.strip() for word in self.text(name).split(",") if word.strip()]

    def secret(self, name: str, *, required: bool) -> str:
        value = self.text(name)
        if required and len(value) < 32:
            raise ImproperlyConfigured(
                f"{name} must be set to at least 32 random characters (or set DEBUG=1)."
            )
        return value

    def url(self, name: str, schemes: set[str]) -> str:
        """A URL with one of the schemes, or "" where the variable is unset."""
        value = self.text(name)
        if value and urlsplit(value).scheme not in schemes:
            raise ImproperlyConfigured(f"{name} must start with one of: {', '.join(sorted(schemes))}.")
        return value

    def hosts(self, name: str) -> AllowedHosts:
        """The comma-separated hosts that may be connected to; none where the variable is unset."""
        try:
            return AllowedHosts.parse(self.words(name), variable=name)
        except ValueError as error:
            raise ImproperlyConfigured(f"{name}: {error}.") from None

    def networks(self, name: str) -> list[IPv4Network | IPv6Network]:
        """The comma-separated addresses and networks; none where the variable is unset."""
        try:
            return [ip_network(word) for word in self.words(name)]
        except ValueError as error:
            raise ImproperlyConfigured(f"{name}: {error}.") from None

    def places(self, name: str, schemes: set[str]) -> list[str]:
        """The comma-separated URLs below which files may be read, without a slash at their ends."""
        places = [word.rstrip("/") for word in self.words(name)]
        for place in places:
            scheme, mark, path = place.partition("://")
            if scheme not in schemes or not mark or not path or ".." in path.split("/"):
                known = ", ".join(sorted(schemes))
                raise ImproperlyConfigured(
                    f"{name}: {place!r} is no place such as gs://bucket/path ({known})."
                )
        return places

    def keys(self, endings: tuple[str, ...], without: set[str]) -> dict[str, str]:
        """All variables whose names end so: keys to other services, which are named where they are used."""
        return {
            name: self.text(name) for name in self._values if name.endswith(endings) and name not in without
        }

    def database(self, name: str, default: str) -> dict[str, Any]:
        """Django's settings for the database a URL names. The URL may hold a password: never repeat it."""
        try:
            settings: dict[str, Any] = dict(
                dj_database_url.parse(self.text(name) or default, conn_max_age=60, conn_health_checks=True)
            )
        except (ValueError, KeyError) as error:
            raise ImproperlyConfigured(f"{name} is not a database URL ({type(error).__name__}).") from None
        engines: dict[str, dict[str, Any]] = {
            "django.db.backends.sqlite3": SQLITE,
            "django.db.backends.postgresql": POSTGRESQL,
        }
        if settings.get("ENGINE") not in engines or not settings.get("NAME"):
            raise ImproperlyConfigured(
                f"{name} must look like sqlite:///path or postgres://user:password@host/name."
            )
        settings["OPTIONS"] = {**engines[settings["ENGINE"]], **settings.get("OPTIONS", {})}
        return settings


# A deferred transaction that starts with a read cannot wait for the write lock and fails at once ("database is
# locked"); an immediate one waits. WAL lets pages be read while a judgment is written.
SQLITE = {
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
}

# A link that is cut tells neither end. Left alone, a worker would wait a quarter of an hour for an answer, and the
# server would keep a lost transaction's locks for two hours, and with them its chunk from other workers.
DEAD_AFTER_S = 30
POSTGRESQL = {
    "connect_timeout": 10,
    "keepalives_idle": DEAD_AFTER_S // 2,
    "keepalives_interval": DEAD_AFTER_S // 6,
    "keepalives_count": 3,
    "tcp_user_timeout": 1000 * DEAD_AFTER_S,
    "options": f"-c tcp_keepalives_idle={DEAD_AFTER_S // 2} -c tcp_keepalives_interval={DEAD_AFTER_S // 6} "
    f"-c tcp_keepalives_count=3 -c tcp_user_timeout={1000 * DEAD_AFTER_S}",
}
