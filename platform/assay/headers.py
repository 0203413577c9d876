"""Headers of every response, error pages, files and downloads too: what no library of ours sets everywhere."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

DENIED = (
    "accelerometer",
    "browsing-topics",
    "camera",
    "display-capture",
    "encrypted-media",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
)
FIXED = {
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in DENIED),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Reporting-Endpoints": f'policy="{settings.POLICY_REPORTS}"',
    "Cache-Control": "no-store",  # pages hold responses and names; static files and the API say their own
}


class HeadersMiddleware:
    """Denies device features to every page, and lets no other origin embed or read our responses.

    Outermost, so that files, redirects and errors that other middleware answers have them as well; whatever a view has
    set itself stands.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        policy = "; ".join(f"{name} {source}" for name, source in settings.CONTENT_SECURITY_POLICY.items())
        self.all = {**FIXED, "Content-Security-Policy": policy}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in self.all.items():
            response.headers.setdefault(name, value)
        if (
            settings.SECURE_HSTS_SECONDS and request.is_secure()
        ):  # of refused hosts, too, which Django leaves out
            response.headers.setdefault(
                "Strict-Transport-Security",
                f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains; preload",
            )
        return response
