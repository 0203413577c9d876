from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "assay.accounts"
    label = "accounts"
    verbose_name = "people and audit"

    def ready(self) -> None:
        from assay.accounts import audit  # noqa: F401  connects the receiver
