"""Responses as pages show them, made before anybody asks: each can be made again, and nothing else rests on it."""

import hashlib
import json
from collections.abc import Sequence

from django.db import models
from django.utils.safestring import SafeString, mark_safe

from generation.models import Response
from raters.desk.rendering import RENDERER
from raters.models.studies import Study


def source_of(texts: Sequence[str]) -> str:
    """The digest of texts and of what renders them."""
    return hashlib.sha256(json.dumps([RENDERER, *texts]).encode()).hexdigest()


class Rendering(models.Model):
    """The safe HTML of what a response's raters are shown. For any other text it does not hold."""

    response = models.OneToOneField(
        Response, primary_key=True, on_delete=models.CASCADE, related_name="rendering"
    )
    renderer = models.CharField(max_length=100)
    source_sha256 = models.CharField(max_length=64, help_text="Digest of the texts and of what rendered them")
    html = models.JSONField(help_text="One text for each user turn")

    def __str__(self) -> str:
        return f"Rendering of response {self.response_id}"

    def html_of(self, texts: Sequence[str]) -> list[SafeString] | None:
        """The HTML of these very texts, or None."""
        if self.source_sha256 != source_of(texts):
            return None
        return [mark_safe(html) for html in self.html]  # noqa: S308  written by `render` alone


class RenderedStudy(models.Model):
    """A study whose responses are all rendered, and by what: by another renderer they are rendered once more."""

    study = models.OneToOneField(Study, primary_key=True, on_delete=models.CASCADE, related_name="rendered")
    renderer = models.CharField(max_length=100)

    def __str__(self) -> str:
        return f"Renderings of study {self.study_id}"
