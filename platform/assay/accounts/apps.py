from django.apps import AppConfig, apps


class AccountsConfig(AppConfig):
    name = "assay.accounts"
    label = "accounts"
    verbose_name = "people and audit"

    def ready(self) -> None:
        from assay.accounts import audit  # noqa: F401  connects the receiver

        if apps.is_installed("allauth.mfa"):  # the bare site of the benchmarks has no such sign-in
            from assay.accounts import sign_in_audit  # noqa: F401  connects the senders
