"""The page on which a prompt set is archived or deleted: what depends on it is shown first."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from assay.accounts.requests import SignedInRequest
from assay.dashboards.removing import Removal, remove
from promptsets.models import PromptSet
from promptsets.removing import archive, delete, dependents
from raters.access import researchers_only


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@researchers_only
def remove_prompt_set(request: SignedInRequest, slug: str) -> HttpResponse:
    prompts = get_object_or_404(PromptSet, slug=slug)
    goes_with_it = _("Deleted, it is gone with all its versions and their prompts; subsets made of it stay.")
    removal = Removal(prompts, "dashboards:prompt_sets", archive, delete, dependents(prompts), goes_with_it)
    return remove(request, removal)
