from django.contrib import admin

from promptsets.models import ColumnMapping, Prompt, PromptFile, PromptSet, PromptSetVersion
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


@admin.register(ColumnMapping)
class ColumnMappingAdmin(admin.ModelAdmin):
    """A mapping that is wrong is deleted here: the next file with these columns asks again."""

    list_display = ("__str__", "kind", "columns", "updated_at")


@admin.register(PromptFile)
class PromptFileAdmin(RecordAdmin):
    list_display = ("name", "owner", "created_at")
    exclude = ("content",)
