"""A worker's sign of life: a file that it touches whenever it has got on, for the container's health check."""

from django.conf import settings


def beat() -> None:
    """Touches HEARTBEAT_FILE, where it is set. Whoever calls it would fall silent if the worker hung."""
    if settings.HEARTBEAT_FILE:
        settings.HEARTBEAT_FILE.touch()
