"""How the estimates of a report are called and ordered, wherever they are shown."""

from django.utils.translation import gettext, gettext_lazy

from assay.reports.models import Estimate
from raters.models import JudgeRun

SLICE = "judge="  # of estimates that language models gave, never people
ASKED = ", asked "
LONGEST = 128  # characters of a slice

WHOLE = {
    "win_rate": gettext_lazy("All prompts"),
    "win_rate_these_raters": gettext_lazy("All, these raters only"),
    "win_rate_paper": gettext_lazy("All, as published"),
    "win_rate_nobody_left_out": gettext_lazy("All, nobody left out"),
    "win_rate_no_self_identification": gettext_lazy("All, without responses that name their writer"),
    "win_rate_with_adjudication": gettext_lazy("All, with adjudication"),
    "win_rate_anytime": gettext_lazy("All, valid at every look"),
    "win_rate_equal_length": gettext_lazy("All, both equally long"),
    "length_effect": gettext_lazy("Longer by one s.d., all else equal"),
    "agreement": gettext_lazy("Agreement of raters (alpha)"),
    "position_bias": gettext_lazy("Left over an even share"),
    "violation_rate": gettext_lazy("Violations of the policy"),
    "over_refusal_rate": gettext_lazy("Refusals of what should be answered"),
    "full_refusal_rate": gettext_lazy("Full refusals of what should be answered"),
    "both_bad": gettext_lazy("Both bad, of all"),
    "style_told_apart": gettext_lazy("Arms told apart by style alone"),
    "self_agreement": gettext_lazy("Said the same again, of planned repeats"),
    "judge_win_rate": gettext_lazy("Win rate"),
    "judge_agreement": gettext_lazy("Agreement with people (alpha)"),
    "judge_consistency": gettext_lazy("Same verdict in both orders"),
}


def label(estimate: Estimate) -> str:
    if estimate.slice.startswith(SLICE):
        judge = gettext("language model %(name)s") % {"name": estimate.detail["judge"]}
        return f"{WHOLE[estimate.name]}, {judge}"
    if not estimate.slice:
        return str(WHOLE[estimate.name])
    return estimate.slice.removeprefix("category=").replace("_", " ") or gettext("no category")


def slice_of(judging: JudgeRun) -> str:
    """The slice of a judge's estimates; a name too long for it is cut, never the key."""
    asked = f"{ASKED}{judging.pk}"
    room = LONGEST - len(SLICE + asked)
    return f"{SLICE}{judging.checkpoint.name[:room]}{asked}"


def asked_of(estimate: Estimate) -> str:
    """The key of the judge who gave the estimate."""
    return estimate.slice.rpartition(ASKED)[2]


def reading_order(estimate: Estimate) -> tuple[str, str, bool, int, str]:
    """Pair by pair; the whole before its parts; our interval before those that stand beside it."""
    name = list(WHOLE).index(estimate.name)
    return estimate.candidate, estimate.baseline, bool(estimate.slice), name, estimate.slice
