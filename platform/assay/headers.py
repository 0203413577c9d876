"""Headers for every response that no library of ours sets."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

DENIED = ("camera", "microphone", "geolocation", "payment", "usb", "midi", "browsing-topics")


class PermissionsPolicyMiddleware:
    """Denies device features to every page, and lets no other origin embed our responses."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response["Permissions-Policy"] = ", ".join(f"{feature}=()" for feature in DENIED)
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        return response
