"""What was made of one prompt: responses of each checkpoint, judgments of each comparison."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from generation.models import Response
from promptsets.models import Prompt
from raters.desk.rendering import render
from raters.models import Comparison, Judgment


@dataclass(frozen=True)
class ShownResponse:
    response: Response
    turns: list[SafeString]


@dataclass(frozen=True)
class Judged:
    """One comparison of the prompt, and how often raters preferred a, neither or b."""

    comparison: Comparison
    a: int
    tie: int
    b: int


def uses_of(prompt: Prompt) -> dict[str, Any]:
    responses = Response.objects.filter(prompt_sha256=prompt.text_sha256).select_related("checkpoint")
    return {
        "turns": [render(turn) for turn in prompt.turns],
        "responses": [
            ShownResponse(response, [render(turn) for turn in response.turns])
            for response in responses.order_by("checkpoint__name", "sample")
        ],
        "judged": [judged(comparison) for comparison in comparisons_of(prompt)],
    }


def comparisons_of(prompt: Prompt) -> list[Comparison]:
    """Of studies that hide no names: beside these, votes would tell which checkpoint is which."""
    found = Comparison.objects.filter(prompt=prompt, kind=Comparison.Kind.REGULAR)
    found = found.exclude(study__unblinded_at=None, study__simulation=None)
    return list(found.select_related("study", "arm_a__run__checkpoint", "arm_b__run__checkpoint"))


def judged(comparison: Comparison) -> Judged:
    counted = Judgment.objects.counted(comparison.study).filter(assignment__comparison=comparison)
    votes = Counter(counted.values_list("preference", flat=True))
    return Judged(comparison, votes["a"], votes["tie"], votes["b"])
