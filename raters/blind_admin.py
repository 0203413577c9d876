"""The admin over rows and texts that would tell which checkpoint is which in a study that still hides it."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from promptsets.record_admin import RecordAdmin
from raters.studies.unblinding import blind_runs, texts_in


class TextAdmin(RecordAdmin):
    """Generated texts beside their checkpoints' names: who may not know yet which arm wrote what finds none of theirs,
    as on the pages of responses.
    """

    response_at = "pk"  # the way from a row to its response

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        blind = blind_runs(request.user)
        return rows.exclude(**{f"{self.response_at}__in": texts_in(blind)}) if blind else rows


class BlindAdmin(RecordAdmin):
    """Rows of a blinded study are not there: the admin shows roles and names, and writes no audit log of who looks."""

    study_at = "study"  # the way from a row to its study

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        at = self.study_at
        is_open = Q(**{f"{at}__unblinded_at__isnull": False}) | Q(**{f"{at}__simulation__isnull": False})
        return super().get_queryset(request).filter(is_open)
