from django.urls import path

from assay.dashboards.evaluations import plans, runs, series

urlpatterns = [
    path("series/", series.series_list, name="series_list"),
    path("new-series/", series.new_series, name="new_series"),
    path("series/<slug:slug>/", series.series, name="series"),
    path("series/<slug:slug>/watch/", series.watch_series, name="watch_series"),
    path("series/<slug:slug>/changes/<int:old>/<int:new>/", series.changes, name="changes"),
    path("evaluations/", plans.plans, name="plans"),
    path("new-evaluation/", plans.new_plan, name="new_plan"),
    path("evaluations/<slug:slug>/", plans.plan, name="plan"),
    path("evaluations/<slug:slug>/edit/", plans.edit_plan, name="edit_plan"),
    path("evaluations/<slug:slug>/pause/", plans.pause_plan, name="pause_plan"),
    path("evaluations/<slug:slug>/runs/<int:pk>/", runs.evaluation_run, name="evaluation_run"),
    path("evaluations/<slug:slug>/runs/<int:pk>/change/", runs.change_run, name="change_run"),
    path("evaluations/<slug:slug>/runs/<int:pk>/note/", runs.note_on_run, name="note_on_run"),
]
