"""What the running code is about (a request, a run, a chunk): every line of the log names it by its ids."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_about: ContextVar[dict[str, str]] = ContextVar("about", default={})  # noqa: B039  replaced whole, never changed


@contextmanager
def about(**ids: object) -> Iterator[None]:
    """Adds these ids to what the block already is about."""
    token = _about.set({**_about.get(), **{name: str(value) for name, value in ids.items()}})
    try:
        yield
    finally:
        _about.reset(token)


def current() -> dict[str, str]:
    """The ids that hold here: to be written, or handed on to a thread or a message."""
    return dict(_about.get())
