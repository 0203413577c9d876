from django.contrib import admin
from django.http import HttpRequest

from promptsets.models import Prompt, PromptSet, PromptSetVersion


@admin.register(PromptSet)
class PromptSetAdmin(admin.ModelAdmin):
    list_display = ("slug", "title", "kind", "created_at")
    list_filter = ("kind",)
    search_fields = ("slug", "title")


class WrittenByImport(admin.ModelAdmin):
    """Versions and prompts come in by import, which digests them: a row edited by hand would belie its digest."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False


@admin.register(PromptSetVersion)
class PromptSetVersionAdmin(WrittenByImport):
    list_display = ("__str__", "semver", "content_sha256", "frozen_at", "created_at")
    list_select_related = ("prompt_set",)
    list_filter = ("prompt_set",)


@admin.register(Prompt)
class PromptAdmin(WrittenByImport):
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
