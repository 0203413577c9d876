"""What was made of one prompt: responses of each checkpoint, judgments of each comparison."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.safestring import SafeString

from generation.models import Response
from promptsets.models import Prompt
from raters.desk.rendering import render
from raters.models import Comparison, Judgment
from raters.studies.unblinding import blind_runs


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


def uses_of(prompt: Prompt, user: AbstractBaseUser) -> dict[str, Any]:
    """What this person may see of it: texts of a study that hides names from them would give them away."""
    written = Response.objects.filter(prompt_sha256=prompt.text_sha256).select_related("checkpoint")
    hidden = written.filter(run_items__run__in=blind_runs(user))
    responses = written.exclude(pk__in=hidden.values("pk"))
    return {
        "kept_back": hidden.exists(),
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
