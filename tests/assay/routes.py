"""All addresses that are ours, read from the URLconf: what libraries bring has tests of its own."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

from assay.api.site import api

LIBRARIES = ("allauth", "django")

# The methods of each operation of the API, by the name of its address.
OPERATIONS = {
    operation.view_func.__name__: tuple(operation.methods)
    for bound in api._get_bound_routers()
    for view in bound.path_operations.values()
    for operation in view.operations
}


@dataclass(frozen=True)
class Route:
    name: str
    pattern: str
    methods: tuple[str, ...]


def routes() -> list[Route]:
    """methods: of an operation of the API; empty for a page, whose view decides."""
    return list(_walk(get_resolver().url_patterns, "", "/"))


def _walk(patterns, namespace: str, before: str) -> Iterator[Route]:
    for pattern in patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if pattern.namespace != "admin":
                inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
                yield from _walk(pattern.url_patterns, inner, path)
        elif isinstance(pattern, URLPattern) and not pattern.callback.__module__.startswith(LIBRARIES):
            methods = OPERATIONS.get(str(pattern.name), ()) if namespace == "api-1:" else ()
            yield Route(f"{namespace}{pattern.name}", path, methods)
