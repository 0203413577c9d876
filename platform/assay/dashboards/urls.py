from django.urls import path

from assay.dashboards import views

app_name = "dashboards"
urlpatterns = [
    path("", views.studies, name="studies"),
    path("<slug:slug>/", views.study, name="study"),
]
