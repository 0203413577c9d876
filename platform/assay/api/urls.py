from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path

from assay.api import reference, token_pages
from assay.api.site import api


def nothing(request: HttpRequest, rest: str) -> HttpResponse:
    """Whatever else lies below the API: a problem, not a page."""
    raise Http404


urlpatterns = [
    path("api/", reference.reference, name="api_reference"),
    path("api/v1/", api.urls),
    path("api/v1/<path:rest>", nothing, name="api_nothing"),
    path("account/tokens/", token_pages.tokens, name="api_tokens"),
    path("account/tokens/<int:pk>/", token_pages.revoke_token, name="revoke_api_token"),
]
