from django.urls import path

from assay.dashboards.runs import importing, removing, starting, views

urlpatterns = [
    path("runs/", views.runs, name="runs"),
    path("new-run/", starting.new_run, name="new_run"),
    path("new-responses/", importing.import_responses, name="import_responses"),
    path("runs/<int:pk>/", views.run, name="run"),
    path("runs/<int:pk>/steer/", views.steer_run, name="steer_run"),
    path("runs/<int:pk>/remove/", removing.remove_run, name="remove_run"),
    path("checkpoints/<int:pk>/remove/", removing.remove_checkpoint, name="remove_checkpoint"),
]
