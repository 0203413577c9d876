from django.apps import AppConfig


class EvaluationsConfig(AppConfig):
    name = "assay.evaluations"
    label = "evaluations"
    verbose_name = "evaluations"
