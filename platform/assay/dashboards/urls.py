from django.urls import path

from assay.dashboards import (
    held,
    invitations,
    prompt_changes,
    prompt_views,
    quality,
    run_views,
    study_making,
    study_people,
    study_settings,
    views,
)

app_name = "dashboards"
urlpatterns = [
    path("studies/", views.studies, name="studies"),
    path("new-study/", study_making.new_study, name="new_study"),
    path("studies/<slug:slug>/", views.study, name="study"),
    path("runs/", run_views.runs, name="runs"),
    path("runs/<int:pk>/", run_views.run, name="run"),
    path("studies/<slug:slug>/open/", study_making.open_for_raters, name="open_study"),
    path("studies/<slug:slug>/settings/", study_settings.study_settings, name="study_settings"),
    path("studies/<slug:slug>/held/", held.held, name="held"),
    path("studies/<slug:slug>/held/<int:pk>/", held.decide_held, name="decide_held"),
    path("studies/<slug:slug>/raters/", quality.study_raters, name="study_raters"),
    path("studies/<slug:slug>/raters/<int:pk>/", quality.pause_rater, name="pause_rater"),
    path("studies/<slug:slug>/gold/", quality.gold, name="gold"),
    path("studies/<slug:slug>/gold/<int:pk>/", quality.add_gold, name="add_gold"),
    path("studies/<slug:slug>/people/", study_people.study_people, name="study_people"),
    path("studies/<slug:slug>/people/<int:pk>/", study_people.stop_sharing, name="stop_sharing"),
    path("studies/<slug:slug>/unblind/", study_people.unblind_study, name="unblind_study"),
    path("studies/<slug:slug>/invitations/", invitations.invitations, name="invitations"),
    path("prompts/", prompt_views.prompt_sets, name="prompt_sets"),
    path("prompts/<str:name>.<slug:suffix>", prompt_views.prompt_set_file, name="prompt_set_file"),
    path("prompts/<str:name>/", prompt_views.prompt_set, name="prompt_set"),
    path("prompts/<str:name>/<str:key>/", prompt_views.prompt, name="prompt"),
    path("prompt-files/", prompt_changes.add_prompts, name="add_prompts"),
    path("prompt-files/<str:token>/", prompt_changes.prompt_file, name="prompt_file"),
    path("prompt-subsets/<str:name>/", prompt_changes.make_subset, name="make_subset"),
    path("prompt-corrections/<str:name>/<str:key>/", prompt_changes.correct_prompt, name="correct_prompt"),
    path("prompt-changes/<str:before>/<str:after>/", prompt_changes.prompt_changes, name="prompt_changes"),
]
