"""All addresses of the site, read from the URLconf: those that are ours, or those that libraries bring as well."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from assay.api.site import api

LIBRARIES = ("allauth", "django")

MADE_UP = {"app_label": "raters"}  # the administration knows no other names
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

    def address(self, arguments: dict[str, tuple[object, ...]]) -> str:
        """arguments: what stands in some routes' addresses, by their names; made up for all others."""
        bare = () if self.name.startswith("api-1:") else arguments.get(self.name.rpartition(":")[2], ())
        given = arguments.get(self.name, bare)
        names = [] if given else re.findall(r"<(?:\w+:)?(\w+)>", self.pattern)
        return reverse(self.name, args=given, kwargs={name: MADE_UP.get(name, "1") for name in names})


def routes(*, of_libraries: bool = False) -> list[Route]:
    """methods: of an operation of the API; empty for a page, whose view decides."""
    every = _walk(get_resolver().url_patterns, "", "/")
    return [route for route, is_ours in every if is_ours or of_libraries]


def _walk(patterns, namespace: str, before: str) -> Iterator[tuple[Route, bool]]:
    """Each named route, and whether its view is ours."""
    for pattern in patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, inner, path)
        elif isinstance(pattern, URLPattern) and pattern.name:
            is_ours = namespace != "admin:" and not pattern.callback.__module__.startswith(LIBRARIES)
            methods = OPERATIONS.get(pattern.name, ()) if namespace == "api-1:" else ()
            yield Route(f"{namespace}{pattern.name}", path, methods), is_ours
