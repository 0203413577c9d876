"""Who asks: a bearer token, its scope for what is asked, and how often it may ask."""

from typing import Any

from django.http import Http404, HttpRequest
from ninja.errors import AuthenticationError, AuthorizationError
from ninja.security import HttpBearer

from assay.accounts.client_address import client_address
from assay.accounts.models import User
from assay.api.limits import count_request
from assay.api.models import ApiToken
from assay.api.scopes import READ
from assay.api.tokens import token_with


class ApiRequest(HttpRequest):
    """A request of which the token is known."""

    user: User
    auth: ApiToken


class Token(HttpBearer):
    """`Authorization: Bearer assay_…`, made on the page of your account or by `make_api_token`."""

    def __init__(self, scope: str = READ) -> None:
        super().__init__()
        self.scope = scope

    def __call__(self, request: HttpRequest) -> Any:
        return self.authenticate(request, "")

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """Raises: HttpError 401, 403 or 429."""
        found = token_of(request)
        if found is None:
            count_request(request, f"address-{client_address(request)}")
            raise AuthenticationError(message="Send a valid token: Authorization: Bearer assay_…")
        count_request(request, f"token-{found.pk}")
        if self.scope not in found.scopes:
            raise AuthorizationError(message=f"This token lacks the scope {self.scope}.")
        request.user = found.user
        return found


class AdministratorsToken(Token):
    """For what administrators alone do; for all others it is not there, as its page is not."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        found = super().authenticate(request, token)
        if not found.user.administers:
            raise Http404
        return found


def token_of(request: HttpRequest) -> ApiToken | None:
    """The token that was sent, looked up once a request."""
    if not hasattr(request, "_api_token"):
        kind, _, secret = request.headers.get("Authorization", "").partition(" ")
        sound = kind.lower() == "bearer" and secret.isascii()
        request._api_token = token_with(secret) if sound else None  # type: ignore[attr-defined]
    return request._api_token  # type: ignore[attr-defined]


def may_see_names(request: ApiRequest) -> bool:
    """Whether the token, too, allows to see names; its owner's roles decide the rest."""
    return "unblind" in request.auth.scopes
