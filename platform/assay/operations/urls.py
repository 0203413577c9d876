from django.urls import path

from assay.operations.personal_data import pages

urlpatterns = [path("people/forget/", pages.forget_rater, name="forget_rater")]
