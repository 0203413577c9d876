"""What was made of one prompt: responses of each checkpoint, judgments of each comparison."""

from collections import Counter
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.safestring import SafeString

from assay.accounts.models import User
from assay.dashboards.results.rows import address
from assay.reports.behind.asking import SAID
from assay.reports.behind.counting import Counting, place_of
from assay.reports.blinding import arms_for
from assay.reports.settled import of_comparison
from generation.models import Response
from promptsets.models import Prompt
from raters.desk.rendering import render
from raters.models import Comparison, Study
from raters.studies.unblinding import blind_runs


@dataclass(frozen=True)
class ShownResponse:
    response: Response
    turns: list[SafeString]


@dataclass(frozen=True)
class Judged:
    """One comparison of the prompt, and how often raters preferred a, neither or b.

    behind: the address at which it stands with every vote.
    """

    comparison: Comparison
    a: int
    tie: int
    b: int
    behind: str

    @property
    def counts(self) -> list[tuple[int, str]]:
        """How often a, neither and b, each with the address of these votes; none where there are none."""
        found = zip((self.a, self.tie, self.b), SAID, strict=True)
        return [(n, f"{self.behind}&said={said}" if n else "") for n, said in found]


def uses_of(prompt: Prompt, user: User) -> dict[str, Any]:
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
        "judged": [judged(comparison, user) for comparison in comparisons_of(prompt, user)],
    }


def comparisons_of(prompt: Prompt, user: User) -> list[Comparison]:
    """Of this person's studies that hide no names: beside these, votes would tell which checkpoint is which."""
    known = Study.objects.for_user(user)
    found = Comparison.objects.filter(prompt=prompt, kind=Comparison.Kind.REGULAR, study__in=known)
    found = found.exclude(study__unblinded_at=None, study__simulation=None)
    return list(found.select_related("study", "prompt", "arm_a__run__checkpoint", "arm_b__run__checkpoint"))


def judged(comparison: Comparison, user: User) -> Judged:
    """By the judgments of the headline; what an earlier study said counts where it is used again."""
    counting = Counting(comparison.study)
    said = counting.judgments.filter(assignment__comparison=comparison)
    votes = Counter(said.values_list("preference", flat=True))
    if comparison.status == Comparison.Status.REUSED:
        place = place_of(of_comparison(comparison))
        votes = Counter(row["preference"] for row in counting.reused if place_of(row) == place)
    return Judged(comparison, votes["a"], votes["tie"], votes["b"], address_of(comparison, user))


def address_of(comparison: Comparison, user: User) -> str:
    """Its study hides no names: the first of its pair is a."""
    arms = arms_for(comparison.study, user)
    pair = address(comparison.study, arms, (comparison.arm_a_id, comparison.arm_b_id))
    return f"{pair}&{urlencode({'prompt': comparison.prompt.key})}"
