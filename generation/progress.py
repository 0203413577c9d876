"""How far generation runs have come: responses, tokens, their pace, chunks that failed."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from django.db.models import Count, IntegerField, Max, Min, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils import timezone

from generation.models import Chunk, GenerationRun, Response

RECENT = timedelta(minutes=2)


@dataclass(frozen=True)
class RunProgress:
    """Counts of one run. `tokens_a_second` is of its newest responses, None where none is recent."""

    run: GenerationRun
    present: int
    wanted: int
    tokens_a_second: float | None
    chunks: dict[str, int]
    failures: list[Chunk]

    @cached_property
    def counted(self) -> list[tuple[str, int, int]]:
        """Responses and tokens of each status. It reads every response, so it is counted only where it is shown."""
        responses = Response.objects.filter(run_items__run=self.run).order_by("status").values_list("status")
        return list(responses.annotate(n=Count("pk"), tokens=Sum("n_output_tokens", default=0)))

    @property
    def by_status(self) -> dict[str, int]:
        return {status: n for status, n, _ in self.counted}

    @property
    def tokens(self) -> int:
        return sum(tokens for *_, tokens in self.counted)

    @cached_property
    def close_calls(self) -> int:
        """Tokens of engine responses that were chosen by a hair: other devices or slots might choose others."""
        told = Cast(KeyTextTransform("close_calls", "provenance"), IntegerField())
        responses = Response.objects.filter(run_items__run=self.run, provenance__has_key="close_calls")
        return int(responses.aggregate(n=Sum(told, default=0))["n"])

    @property
    def share(self) -> float:
        return self.present / self.wanted if self.wanted else 0.0

    @property
    def is_under_way(self) -> bool:
        return self.present < self.wanted and any(self.chunks.get(name) for name in ("queued", "leased"))


def run_progress(run: GenerationRun) -> RunProgress:
    totals = run.items.aggregate(wanted=Count("pk"), present=Count("response"))
    return RunProgress(
        run,
        **totals,
        tokens_a_second=pace(run),
        chunks=dict(run.chunks.values_list("status").annotate(n=Count("pk")).order_by("status")),
        failures=list(run.chunks.exclude(error="").order_by("number")[:20]),
    )


def pace(run: GenerationRun) -> float | None:
    """Tokens over the time from the first to the last of the responses of the last two minutes, but the first's own."""
    recent = Response.objects.filter(run_items__run=run, created_at__gte=timezone.now() - RECENT)
    found = recent.aggregate(
        first=Min("created_at"), last=Max("created_at"), tokens=Sum("n_output_tokens", default=0)
    )
    if found["first"] is None or found["first"] == found["last"]:
        return None
    before = recent.filter(created_at=found["first"]).aggregate(tokens=Sum("n_output_tokens", default=0))
    return float(found["tokens"] - before["tokens"]) / (found["last"] - found["first"]).total_seconds()
