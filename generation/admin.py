from django.contrib import admin

from generation.models import Checkpoint, CheckpointSeries, Chunk, GenerationRun, Response, RunResponse


@admin.register(CheckpointSeries)
class CheckpointSeriesAdmin(admin.ModelAdmin):
    list_display = ("slug", "title", "watch_uri")


@admin.register(Checkpoint)
class CheckpointAdmin(admin.ModelAdmin):
    list_display = ("name", "family", "source", "series", "step", "digest")
    list_filter = ("source", "family", "series")
    search_fields = ("name", "digest")
    readonly_fields = ("digest", "description")


@admin.register(GenerationRun)
class GenerationRunAdmin(admin.ModelAdmin):
    list_display = ("checkpoint", "prompt_set_version", "seed", "samples", "created_at")
    list_select_related = ("checkpoint", "prompt_set_version__prompt_set")
    readonly_fields = ("checkpoint", "prompt_set_version", "chat_template", "sampling", "sampling_sha256", "seed")


@admin.register(RunResponse)
class RunResponseAdmin(admin.ModelAdmin):
    list_display = ("run", "prompt", "sample", "response")
    list_select_related = ("run__checkpoint", "run__prompt_set_version__prompt_set", "prompt", "response__checkpoint")
    raw_id_fields = ("run", "prompt", "response")


@admin.register(Chunk)
class ChunkAdmin(admin.ModelAdmin):
    list_display = ("run", "number", "status", "attempts", "owner", "lease_until", "error")
    list_filter = ("status",)
    list_select_related = ("run__checkpoint", "run__prompt_set_version__prompt_set")


@admin.register(Response)
class ResponseAdmin(admin.ModelAdmin):
    list_display = ("checkpoint", "prompt_sha256", "sample", "status", "finish_reason", "n_output_tokens")
    list_filter = ("status", "finish_reason", "checkpoint")
    list_select_related = ("checkpoint",)
    search_fields = ("prompt_sha256",)
