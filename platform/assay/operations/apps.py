from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "assay.operations"
    label = "operations"
    verbose_name = "operations"

    def ready(self) -> None:
        from assay.operations import claim_times, tracing  # noqa: F401  connects the receivers
