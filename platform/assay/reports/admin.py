from django.contrib import admin

from assay.reports.models import Estimate, Report, ReportRequest
from promptsets.record_admin import RecordAdmin


@admin.register(Report)
class ReportAdmin(RecordAdmin):
    list_display = ("study", "created_at", "judgments", "judgments_sha256")
    list_select_related = ("study",)


@admin.register(ReportRequest)
class ReportRequestAdmin(RecordAdmin):
    list_display = ("study", "report", "reason", "asked_by", "created_at")
    list_select_related = ("study", "report__study", "asked_by")


@admin.register(Estimate)
class EstimateAdmin(RecordAdmin):
    list_display = ("report", "name", "slice", "value", "low", "high", "n", "method")
    list_filter = ("name",)
    list_select_related = ("report__study",)
