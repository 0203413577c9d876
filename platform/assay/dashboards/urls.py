"""The rooms of the dashboards, one list of addresses each."""

from django.urls import path

from assay.dashboards.checkpoints import urls as checkpoints
from assay.dashboards.evaluations import urls as evaluations
from assay.dashboards.leaderboards import urls as leaderboards
from assay.dashboards.prompts import urls as prompts
from assay.dashboards.results import urls as results
from assay.dashboards.runs import urls as runs
from assay.dashboards.studies import urls as studies
from assay.dashboards.style import style

app_name = "dashboards"
urlpatterns = [
    path("style/", style, name="style"),
    *prompts.urlpatterns,
    *runs.urlpatterns,
    *checkpoints.urlpatterns,
    *studies.urlpatterns,
    *results.urlpatterns,
    *leaderboards.urlpatterns,
    *evaluations.urlpatterns,
]
