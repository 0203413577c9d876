"""The administration of checkpoints and runs. Texts stand in that of raters: studies say who may read them."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from generation.chunks import try_again
from generation.models import (
    AutomaticResult,
    Checkpoint,
    CheckpointSeries,
    Chunk,
    GenerationRun,
    Registration,
    ResultFile,
    Sighting,
)
from generation.tasks import wake
from promptsets.record_admin import RecordAdmin


@admin.register(CheckpointSeries)
class CheckpointSeriesAdmin(admin.ModelAdmin):
    list_display = ("slug", "title", "watch_uri")


@admin.register(Checkpoint)
class CheckpointAdmin(admin.ModelAdmin):
    list_display = ("name", "family", "source", "series", "step", "digest")
    list_filter = ("source", "family", "series")
    list_select_related = ("series",)
    search_fields = ("name", "digest")
    readonly_fields = ("source", "uri", "family", "digest", "description", "licence", "licence_from")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # only register_checkpoint and import_responses know the digest


@admin.register(Registration)
class RegistrationAdmin(RecordAdmin):
    list_display = ("name", "uri", "status", "reason", "checkpoint", "asked_by", "created_at")
    list_filter = ("status",)
    list_select_related = ("checkpoint", "asked_by")


@admin.register(ResultFile)
class ResultFileAdmin(RecordAdmin):
    list_display = ("checkpoint", "name", "tool", "tool_version", "measured_at", "imported_by", "created_at")
    list_select_related = ("checkpoint", "imported_by")


@admin.register(AutomaticResult)
class AutomaticResultAdmin(RecordAdmin):
    list_display = ("file", "task", "metric", "filter", "value", "stderr", "shots")
    list_select_related = ("file",)


@admin.register(GenerationRun)
class GenerationRunAdmin(RecordAdmin):
    list_display = ("checkpoint", "prompt_set_version", "seed", "samples", "created_at")
    list_select_related = ("checkpoint", "prompt_set_version__prompt_set")


@admin.register(Chunk)
class ChunkAdmin(RecordAdmin):
    list_display = ("run", "number", "status", "attempts", "owner", "lease_until", "error")
    list_filter = ("status",)
    list_select_related = ("run__checkpoint", "run__prompt_set_version__prompt_set")
    actions = ("try_dead_chunks_again",)

    @admin.action(description="Try dead chunks again")
    def try_dead_chunks_again(self, request: HttpRequest, chunks: QuerySet[Chunk]) -> None:
        assert request.user.is_authenticated  # the admin lets nobody else in
        again = try_again(chunks, actor=request.user)
        wake(chunks.filter(status=Chunk.Status.QUEUED).values_list("pk", flat=True))
        self.message_user(request, f"{again} dead chunks will be tried again.")


@admin.register(Sighting)
class SightingAdmin(RecordAdmin):
    list_display = ("series", "name", "status", "reason", "attempts", "changed_at")
    list_filter = ("status",)
    list_select_related = ("series",)
