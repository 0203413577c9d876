from django.contrib import admin

from assay.evaluations.models import (
    Delivery,
    Evaluation,
    EvaluationRun,
    EvaluationStep,
    EvaluationVersion,
    Measure,
    RunStudy,
    StepLine,
)
from promptsets.record_admin import RecordAdmin
from raters.blind_admin import BlindAdmin


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


@admin.register(StepLine)
class StepLineAdmin(RecordAdmin):
    list_display = ("step", "at", "text")
    list_select_related = ("step__run__evaluation", "step__run__checkpoint")


@admin.register(RunStudy)
class RunStudyAdmin(BlindAdmin):
    list_display = ("run", "study", "against", "prompt_set_version")
    list_select_related = (
        *("run__evaluation", "run__checkpoint"),
        *("study", "prompt_set_version__prompt_set"),
    )


@admin.register(Measure)
class MeasureAdmin(BlindAdmin):
    study_at = "of__study"
    list_display = ("of", "name", "value", "low", "high", "n", "method")
    list_select_related = ("of__run__evaluation", "of__run__checkpoint", "of__study")
