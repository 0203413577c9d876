from django.contrib import admin

from assay.reports.models import (
    Board,
    ComparisonTally,
    Estimate,
    GroupRates,
    KeptQuality,
    RaterTally,
    Report,
    ReportFailure,
    ReportRequest,
    StudyTally,
)
from promptsets.record_admin import RecordAdmin
from raters.blind_admin import BlindAdmin


@admin.register(Report)
class ReportAdmin(BlindAdmin):
    list_display = ("study", "created_at", "judgments", "judgments_sha256")
    list_select_related = ("study",)


@admin.register(ReportFailure)
class ReportFailureAdmin(RecordAdmin):
    list_display = ("study", "at")
    list_select_related = ("study",)


@admin.register(ReportRequest)
class ReportRequestAdmin(RecordAdmin):
    list_display = ("study", "report", "reason", "asked_by", "created_at")
    list_select_related = ("study", "report__study", "asked_by")


@admin.register(Estimate)
class EstimateAdmin(BlindAdmin):
    study_at = "report__study"
    list_display = ("report", "name", "slice", "value", "low", "high", "n", "method")
    list_filter = ("name",)
    list_select_related = ("report__study",)


@admin.register(StudyTally)
class StudyTallyAdmin(RecordAdmin):
    list_display = ("study", "judgments", "folds", "folded_at")
    list_select_related = ("study",)


@admin.register(ComparisonTally)
class ComparisonTallyAdmin(BlindAdmin):
    list_display = ("comparison", "wins", "ties", "losses", "judgments")
    list_select_related = ("comparison",)


@admin.register(RaterTally)
class RaterTallyAdmin(BlindAdmin):
    list_display = ("rater", "study", "wins", "ties", "losses")
    list_select_related = ("rater", "study")


@admin.register(Board)
class BoardAdmin(RecordAdmin):
    list_display = ("prompt_set_version", "simulated", "made_at")
    exclude = (
        "content",
    )  # names of studies that some may know and others not: each board's readers see their own
    list_select_related = ("prompt_set_version__prompt_set",)


@admin.register(GroupRates)
class GroupRatesAdmin(BlindAdmin):
    list_display = ("study", "made_at")
    list_select_related = ("study",)


@admin.register(KeptQuality)
class KeptQualityAdmin(BlindAdmin):
    list_display = ("study", "made_at")
    list_select_related = ("study",)
