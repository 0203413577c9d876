"""The rooms of the dashboards, one list of addresses each."""

from assay.dashboards.evaluations import urls as evaluations
from assay.dashboards.prompts import urls as prompts
from assay.dashboards.results import urls as results
from assay.dashboards.runs import urls as runs
from assay.dashboards.studies import urls as studies

app_name = "dashboards"
urlpatterns = [
    *prompts.urlpatterns,
    *runs.urlpatterns,
    *studies.urlpatterns,
    *results.urlpatterns,
    *evaluations.urlpatterns,
]
