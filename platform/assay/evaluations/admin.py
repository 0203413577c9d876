from django.contrib import admin

from assay.evaluations.models import Evaluation, EvaluationRun
from promptsets.record_admin import RecordAdmin


@admin.register(Evaluation)
class EvaluationAdmin(admin.ModelAdmin):
    list_display = ("title", "series", "baseline", "gate_margin", "enabled")
    filter_horizontal = ("prompt_sets",)


@admin.register(EvaluationRun)
class EvaluationRunAdmin(RecordAdmin):
    list_display = ("evaluation", "checkpoint", "status", "verdict", "started_at")
    list_filter = ("status", "verdict")
    list_select_related = ("evaluation", "checkpoint")
