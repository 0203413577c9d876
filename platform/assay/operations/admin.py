from django.contrib import admin

from assay.operations.models import ClaimTime
from promptsets.record_admin import RecordAdmin


@admin.register(ClaimTime)
class ClaimTimeAdmin(RecordAdmin):
    list_display = ("kind", "at_most_s", "count", "total_s")
    list_filter = ("kind",)
