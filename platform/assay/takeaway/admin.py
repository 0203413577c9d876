from django.contrib import admin

from assay.takeaway.models import Export
from promptsets.record_admin import RecordAdmin


@admin.register(Export)
class ExportAdmin(RecordAdmin):
    list_display = ("study", "kind", "format", "status", "rows_done", "bytes", "requested_by", "created_at")
    list_filter = ("kind", "status")
    list_select_related = ("study", "requested_by")
