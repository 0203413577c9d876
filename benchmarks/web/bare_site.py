"""The bare site beside ours: sessions, sign-in and CSRF; one SELECT for a page, one INSERT for a judgment.

Settings and addresses in one. It has our database and models, and of all middleware only Django's own for these three.
"""

import secrets

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path

from assay.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.web.bare_site"
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
INSTALLED_APPS = [name for name in INSTALLED_APPS if not name.startswith("allauth")]  # noqa: F405
SESSION_ENGINE = "django.contrib.sessions.backends.db"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "benchmarks/web/templates"],  # noqa: F405
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]


@login_required
def judge(request: HttpRequest, number: int) -> HttpResponse:
    """Shows the comparison of that number; after an answer, the one after it. Nobody asks who may have what."""
    from assay.accounts.models import AuditEvent
    from raters.models import Comparison

    if request.method == "POST":  # any table that is only ever added to
        said = {name: request.POST[name] for name in ("value", "idempotency_key")}
        AuditEvent.objects.create(actor=request.user, action="judged", target_id=str(number), detail=said)
        return redirect("judge", number=number + 1)
    key = secrets.token_urlsafe(16)
    shown = Comparison.objects.select_related("prompt", "response_a", "response_b").order_by("pk")
    return render(
        request, "bare.html", {"comparison": shown.get(pk=number), "user": request.user, "key": key}
    )


urlpatterns = [path("judge/<int:number>/", judge, name="judge")]
