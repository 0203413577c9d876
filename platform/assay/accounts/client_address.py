"""From which address a request came, for limits on tries: only proxies of ours are believed what they say of others."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """What the outermost of TRUSTED_PROXIES proxies saw; whatever stands before that may be the client's own writing.

    Where the header says less than so many proxies would have written, it is who connected to us.
    """
    connected = str(request.META.get("REMOTE_ADDR", ""))
    told = request.headers.get("X-Forwarded-For", "").split(",")
    if not 0 < settings.TRUSTED_PROXIES <= len(told):
        return connected
    try:
        return str(ip_address(told[-settings.TRUSTED_PROXIES].strip()))
    except ValueError:
        return connected
