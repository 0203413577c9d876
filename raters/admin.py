from django.contrib import admin
from django.http import HttpRequest

from generation.models import Response, RunResponse
from promptsets.record_admin import RecordAdmin
from raters.blind_admin import BlindAdmin, TextAdmin
from raters.models import (
    Assignment,
    Comparison,
    Enrolment,
    Invitation,
    JudgeRun,
    Judgment,
    Message,
    Rater,
    RenderedStudy,
    Rendering,
    Reply,
    Rubric,
    SafetyLabel,
    Study,
    StudyArm,
    StudyMember,
    StudyNotice,
    StudyTemplate,
)
from raters.studies.design import CARE, PAY, WAY_IN, WELFARE


@admin.register(Rubric)
class RubricAdmin(admin.ModelAdmin):
    list_display = ("title", "slug", "version", "kind", "scale")
    list_filter = ("kind", "scale")

    def has_change_permission(self, request: HttpRequest, obj: Rubric | None = None) -> bool:
        """A version that a locked study uses stays as it was: a changed guide is a new version."""
        in_use = obj is not None and obj.studies.exclude(locked_at=None).exists()
        return not in_use and super().has_change_permission(request, obj)


class ArmInline(admin.TabularInline):
    """Arms of a new study. Once the design is locked they can be read, and nothing else."""

    model = StudyArm
    extra = 0
    raw_id_fields = ("run",)

    def has_add_permission(self, request: HttpRequest, obj: Study | None = None) -> bool:
        return not (obj and obj.locked_at) and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Study | None = None) -> bool:
        return not (obj and obj.locked_at) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Study | None = None) -> bool:
        return not (obj and obj.locked_at) and super().has_delete_permission(request, obj)


@admin.register(Study)
class StudyAdmin(admin.ModelAdmin):
    list_display = ("title", "status", "ratings_per_comparison", "locked_at", "created_at")
    list_filter = ("status",)
    search_fields = ("title", "slug")
    readonly_fields = ("public_id", "design", "design_sha256", "locked_at", "unblinded_at", "simulation")
    inlines = (ArmInline,)

    def get_inlines(self, request: HttpRequest, obj: Study | None) -> tuple[type[ArmInline], ...]:
        """While a study is blinded, who is the candidate stands nowhere here, nor in the draft of its next version."""
        return () if obj and obj.is_blinded else self.inlines

    def get_exclude(self, request: HttpRequest, obj: Study | None = None) -> tuple[str, ...]:
        """Nor does the locked design, in which it stands; its page tells it under labels."""
        return ("design",) if obj and obj.is_blinded else ()

    def get_readonly_fields(self, request: HttpRequest, obj: Study | None = None) -> tuple[str, ...]:
        """A locked design is not edited: a changed one is another study."""
        fixed: tuple[str, ...] = (
            "slug",
            "prompt_set_version",
            "rubric",
            "ratings_per_comparison",
            "empty_policy",
            "self_identification_rule",
            "most_per_rater",
            "gold_every",
        )
        fixed += (*WAY_IN, *WELFARE, *CARE, *PAY)
        fixed += ("lease_s", "exclusion_rules", "stop_rule", "arms_known_to", "status")
        hidden = self.get_exclude(request, obj)
        shown = tuple(name for name in self.readonly_fields if name not in hidden)
        return shown + (fixed if obj and obj.locked_at else ())

    def has_delete_permission(self, request: HttpRequest, obj: Study | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.locked_at)


@admin.register(StudyArm)
class StudyArmAdmin(BlindAdmin):
    list_display = ("study", "run", "role")
    list_select_related = ("study", "run__checkpoint", "run__prompt_set_version__prompt_set")


@admin.register(StudyMember)
class StudyMemberAdmin(RecordAdmin):
    """Read only here: the study's page of people tells the audit log what changes."""

    list_display = ("study", "user", "role")
    list_filter = ("role",)
    list_select_related = ("study", "user")


@admin.register(Rater)
class RaterAdmin(admin.ModelAdmin):
    list_display = ("code", "kind", "created_at")
    list_filter = ("kind",)
    search_fields = ("code",)
    raw_id_fields = ("user",)

    def get_readonly_fields(self, request: HttpRequest, obj: Rater | None = None) -> tuple[str, ...]:
        """What a rater is stays: a simulated one never becomes a person."""
        return ("code", "kind", "user") if obj else ()


@admin.register(Enrolment)
class EnrolmentAdmin(admin.ModelAdmin):
    list_display = ("rater", "study", "step", "status")
    list_filter = ("step", "status")
    raw_id_fields = ("study", "rater", "invitation")


@admin.register(Invitation)
class InvitationAdmin(RecordAdmin):
    list_display = ("label", "study", "uses", "max_uses", "expires_at")


@admin.register(Comparison)
class ComparisonAdmin(BlindAdmin):
    list_display = (
        "pk",
        "study",
        "prompt",
        "kind",
        "status",
        "status_reason",
        "ratings_taken",
        "ratings_wanted",
    )
    list_filter = ("kind", "status", "study")
    list_select_related = ("study", "prompt")


@admin.register(Assignment)
class AssignmentAdmin(BlindAdmin):
    study_at = "comparison__study"
    list_display = ("pk", "comparison", "rater", "purpose", "state", "a_is_left", "lease_until")
    list_filter = ("purpose", "state")
    list_select_related = ("comparison", "rater")


@admin.register(Judgment)
class JudgmentAdmin(BlindAdmin):
    study_at = "assignment__comparison__study"
    list_display = ("pk", "assignment", "preference", "strength", "both_bad", "submitted_at")
    list_filter = ("preference",)
    list_select_related = ("assignment__comparison", "assignment__rater")


@admin.register(SafetyLabel)
class SafetyLabelAdmin(BlindAdmin):
    study_at = "judgment__assignment__comparison__study"
    list_display = ("judgment", "answer_type", "violation", "hazard", "severity")
    list_filter = ("violation", "hazard")


@admin.register(Message)
class MessageAdmin(RecordAdmin):
    list_display = ("pk", "study", "rater", "kind", "state", "created_at")
    list_filter = ("kind", "state")
    list_select_related = ("study", "rater")


@admin.register(Reply)
class ReplyAdmin(RecordAdmin):
    list_display = ("pk", "message", "author", "created_at")
    list_select_related = ("message__rater", "author")


@admin.register(JudgeRun)
class JudgeRunAdmin(RecordAdmin):
    list_display = ("study", "checkpoint", "rater", "template", "created_at")
    list_select_related = ("study", "checkpoint", "rater")


@admin.register(StudyTemplate)
class StudyTemplateAdmin(admin.ModelAdmin):
    list_display = ("name", "created_by", "created_at")


@admin.register(StudyNotice)
class StudyNoticeAdmin(RecordAdmin):
    list_display = ("study", "kind", "sent_at", "attempts", "error", "created_at")
    list_select_related = ("study",)


@admin.register(Response)
class ResponseAdmin(TextAdmin):
    list_display = ("checkpoint", "prompt_sha256", "sample", "status", "finish_reason", "n_output_tokens")
    list_filter = ("status", "finish_reason", "checkpoint")
    list_select_related = ("checkpoint",)
    search_fields = ("prompt_sha256",)


@admin.register(RunResponse)
class RunResponseAdmin(TextAdmin):
    response_at = "response"
    list_display = ("run", "prompt", "sample", "response")
    list_select_related = (
        *("run__checkpoint", "run__prompt_set_version__prompt_set"),
        *("prompt", "response__checkpoint"),
    )


@admin.register(Rendering)
class RenderingAdmin(RecordAdmin):
    list_display = ("pk", "renderer", "source_sha256")


@admin.register(RenderedStudy)
class RenderedStudyAdmin(RecordAdmin):
    list_display = ("study", "renderer")
    list_select_related = ("study",)
