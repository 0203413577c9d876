from django.apps import AppConfig


class TakeawayConfig(AppConfig):
    name = "assay.takeaway"
    label = "takeaway"
    verbose_name = "exports and cards"
