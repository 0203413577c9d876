from django.contrib import admin

from promptsets.models import Prompt, PromptSet, PromptSetVersion
from promptsets.record_admin import RecordAdmin


@admin.register(PromptSet)
class PromptSetAdmin(admin.ModelAdmin):
    list_display = ("slug", "title", "kind", "created_at")
    list_filter = ("kind",)
    search_fields = ("slug", "title")


@admin.register(PromptSetVersion)
class PromptSetVersionAdmin(RecordAdmin):
    list_display = ("__str__", "semver", "content_sha256", "frozen_at", "created_at")
    list_select_related = ("prompt_set",)
    list_filter = ("prompt_set",)


@admin.register(Prompt)
class PromptAdmin(RecordAdmin):
    list_display = (
        "key",
        "version",
        "category",
        "subcategory",
        "language",
        "hazard",
        "expected",
        "characters",
    )
    list_select_related = ("version__prompt_set",)
    list_filter = ("version__prompt_set", "category", "hazard", "expected")
    search_fields = ("key", "category", "subcategory")
