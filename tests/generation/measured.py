"""Runs that were answered at a known pace, with texts of a known length."""

from datetime import timedelta

from django.utils import timezone

from generation.models import GenerationRun, Response


def answered(run: GenerationRun, tokens: int, every_s: float) -> None:
    """Fills the places that are empty, one response every so many seconds."""
    start = timezone.now()
    for place, item in enumerate(run.missing.order_by("pk")):
        key = run.response_key | {"prompt_sha256": item.prompt.text_sha256}
        text = {"turns": ["x" * 80], "token_ids": [[1] * tokens], "text_sha256": f"{place:064}"}
        made = Response.objects.create(
            **key, **text, status="ok", finish_reason="stop", n_output_tokens=tokens
        )
        Response.objects.filter(pk=made.pk).update(created_at=start + timedelta(seconds=every_s * place))
        item.response = made
        item.save()
