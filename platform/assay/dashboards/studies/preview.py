"""The page on which those who plan a study see what its raters see; nothing of it is stored."""

from random import SystemRandom

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from assay.accounts.requests import SignedInRequest
from raters.access import researchers_only
from raters.desk.preview import preview_page
from raters.models import Study


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@researchers_only
def preview(request: SignedInRequest, slug: str) -> HttpResponse:
    """A comparison, and after an answer to it another one: the answer is dropped."""
    study = get_object_or_404(Study.objects.for_user(request.user).select_related("rubric"), slug=slug)
    page = preview_page(study, reverse("dashboards:preview", args=[slug]), SystemRandom())
    if page is None:
        messages.info(request, _("There is no comparison yet that could be shown."))
        return redirect("dashboards:study", slug)
    return render(request, "raters/judge.html", page)
