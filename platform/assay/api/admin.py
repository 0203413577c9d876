from django.contrib import admin

from assay.api.models import ApiToken, StoredAnswer
from promptsets.record_admin import RecordAdmin


@admin.register(ApiToken)
class ApiTokenAdmin(RecordAdmin):
    list_display = ("name", "user", "hint", "expires_at", "last_used_at", "revoked_at")
    list_select_related = ("user",)
    exclude = ("token_sha256",)


@admin.register(StoredAnswer)
class StoredAnswerAdmin(RecordAdmin):
    list_display = ("token", "key", "status", "created_at")
    list_select_related = ("token",)
    exclude = ("body", "fingerprint")
