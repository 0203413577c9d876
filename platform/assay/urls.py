"""Every address of the site."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language

from assay.accounts.first_administrator import first_administrator
from assay.dashboards.home import home
from assay.policy_reports import policy_reports

# One sign-in, with one set of limits, for the admin too.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.site_header = admin.site.site_title = "Assay administration"

handler500 = "assay.errors.server_error"

urlpatterns = [
    path("", home, name="home"),
    path("rate/", include("raters.urls")),
    path("", include("assay.dashboards.urls")),
    path("language/", set_language, name="set_language"),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("", include("assay.accounts.urls")),
    path("", include("assay.operations.urls")),
    path("", include("assay.api.urls")),
    path("welcome/<str:token>/", first_administrator, name="first_administrator"),
    path("policy-reports/", policy_reports, name="policy_reports"),
    path("admin/", admin.site.urls),
]
