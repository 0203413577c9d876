"""The Django project of Assay: settings, sign-in, reports, evaluations and dashboards."""

from assay.celery import app as celery_app  # makes every shared task of the process belong to our application

__all__ = ["celery_app"]
