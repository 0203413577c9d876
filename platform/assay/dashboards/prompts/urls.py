from django.urls import path

from assay.dashboards.prompts import changes, removing, views

urlpatterns = [
    path("prompts/", views.prompt_sets, name="prompt_sets"),
    path("prompts/<str:name>.<slug:suffix>", views.prompt_set_file, name="prompt_set_file"),
    path("prompts/<str:name>/", views.prompt_set, name="prompt_set"),
    path("prompts/<str:name>/<str:key>/", views.prompt, name="prompt"),
    path("prompt-files/", changes.add_prompts, name="add_prompts"),
    path("prompt-files/<str:token>/", changes.prompt_file, name="prompt_file"),
    path("prompt-removal/<slug:slug>/", removing.remove_prompt_set, name="remove_prompt_set"),
    path("prompt-subsets/<str:name>/", changes.make_subset, name="make_subset"),
    path("prompt-corrections/<str:name>/<str:key>/", changes.correct_prompt, name="correct_prompt"),
    path("prompt-changes/<str:before>/<str:after>/", changes.prompt_changes, name="prompt_changes"),
]
