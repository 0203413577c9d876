from django.apps import AppConfig


class DashboardsConfig(AppConfig):
    name = "assay.dashboards"
    label = "dashboards"
