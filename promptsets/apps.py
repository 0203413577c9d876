from django.apps import AppConfig


class PromptSetsConfig(AppConfig):
    name = "promptsets"
    verbose_name = "prompt sets"
    default_auto_field = "django.db.models.BigAutoField"
