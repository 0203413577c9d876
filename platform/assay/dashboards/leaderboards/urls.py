from django.urls import path

from assay.dashboards.leaderboards import pairs, reading

urlpatterns = [
    path("leaderboards/", reading.leaderboards, name="leaderboards"),
    path("leaderboards/<str:name>/", reading.leaderboard, name="leaderboard"),
    path("leaderboards/<str:name>/<slug:kind>.csv", reading.leaderboard_file, name="leaderboard_file"),
    path("checkpoint-pairs/<int:one>/<int:other>/", pairs.checkpoint_pair, name="checkpoint_pair"),
]
