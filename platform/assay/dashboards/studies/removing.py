"""The page on which a study is archived, or deleted while it is a draft: what depends on it is shown first."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from assay.accounts.requests import SignedInRequest
from assay.dashboards.removing import Removal, remove
from raters.access import researchers_only
from raters.models import Study
from raters.studies.removing import archive, delete, dependents, kept_for


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@researchers_only
def remove_study(request: SignedInRequest, slug: str) -> HttpResponse:
    study = get_object_or_404(Study.objects.for_editor(request.user), slug=slug)
    goes_with_it = _(
        "Deleted, it is gone with its comparisons and its links for raters; runs and prompts stay."
    )
    found = dependents(study)
    removal = Removal(study, "dashboards:studies", archive, delete, found, goes_with_it, kept_for(study))
    return remove(request, removal)
