from django.contrib import admin

from assay.evaluations.models import Delivery, Evaluation, EvaluationRun, EvaluationStep, EvaluationVersion
from promptsets.record_admin import RecordAdmin


@admin.register(Evaluation)
class EvaluationAdmin(RecordAdmin):
    list_display = ("title", "series", "enabled", "next_due_at")
    list_select_related = ("series",)


@admin.register(EvaluationVersion)
class EvaluationVersionAdmin(RecordAdmin):
    list_display = ("evaluation", "number", "baseline", "gate_margin", "cadence", "created_at")
    list_select_related = ("evaluation", "baseline")


@admin.register(EvaluationRun)
class EvaluationRunAdmin(RecordAdmin):
    list_display = ("evaluation", "checkpoint", "status", "verdict", "started_at")
    list_filter = ("status", "verdict")
    list_select_related = ("evaluation", "checkpoint")


@admin.register(EvaluationStep)
class EvaluationStepAdmin(RecordAdmin):
    list_display = ("run", "name", "status", "attempts", "started_at", "finished_at")
    list_filter = ("status", "name")
    list_select_related = ("run__evaluation", "run__checkpoint")


@admin.register(Delivery)
class DeliveryAdmin(RecordAdmin):
    list_display = ("run", "kind", "target", "status", "attempts", "delivered_at")
    list_filter = ("status", "kind")
    list_select_related = ("run__evaluation", "run__checkpoint")
