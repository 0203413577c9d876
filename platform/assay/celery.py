"""The Celery application: `celery -A assay.celery worker -Q generation --pool=solo` beside `-Q light`.

Messages carry ids alone and may be lost or doubled: the database's ledger is the truth.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assay.settings")
app = Celery("assay")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
