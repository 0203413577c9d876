from django.urls import path

from assay.dashboards.checkpoints import detail, exploring, licence, registering, results, side_by_side, views

urlpatterns = [
    path("checkpoints/", views.checkpoints, name="checkpoints"),
    path("new-checkpoint/", registering.new_checkpoint, name="new_checkpoint"),
    path("registrations/<int:pk>/", registering.registration, name="registration"),
    path("checkpoints/<int:pk>/", detail.checkpoint, name="checkpoint"),
    path("checkpoints/<int:pk>/licence/", licence.tell_licence, name="tell_licence"),
    path("checkpoints/<int:pk>/responses/", exploring.responses, name="responses"),
    path("checkpoints/<int:pk>/results/", results.results, name="import_results"),
    path("side-by-side/", side_by_side.side_by_side, name="side_by_side"),
]
