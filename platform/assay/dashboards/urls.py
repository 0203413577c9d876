from django.urls import path

from assay.dashboards import prompt_views, views

app_name = "dashboards"
urlpatterns = [
    path("studies/", views.studies, name="studies"),
    path("studies/<slug:slug>/", views.study, name="study"),
    path("prompts/", prompt_views.prompt_sets, name="prompt_sets"),
    path("prompts/<str:name>/", prompt_views.prompt_set, name="prompt_set"),
    path("prompts/<str:name>/<str:key>/", prompt_views.prompt, name="prompt"),
]
