"""The judging page of a comparison as a rater would see it, for those who plan the study: made up, stored nowhere."""

from random import Random
from typing import Any

from django.utils.translation import get_language

from raters.desk.forms import AnswerForm
from raters.desk.page import SCRIPTS, new_nonce
from raters.desk.preferences import keys_of
from raters.desk.rendering import render_prose
from raters.desk.showing import showing
from raters.models import Assignment, Comparison, Rater, Study

INERT = ("raters/keys.js", "raters/reading.js")  # of the page's scripts those that send nothing


def preview_page(study: Study, address: str, rng: Random) -> dict[str, Any] | None:
    """What the judging page's template shows of one comparison, its sides drawn anew; None where there is none.

    address: where its form and its link to another comparison lead.
    """
    shown = study.comparisons.regular().filter(status=Comparison.Status.OPEN)
    total = shown.count()
    if not total:
        return None
    related = shown.select_related("study__rubric", "prompt", "response_a", "response_b").order_by("pk")
    comparison = related[rng.randrange(total)]
    assignment = Assignment(comparison=comparison, rater=Rater(), a_is_left=rng.random() < 0.5)
    keys = keys_of(assignment.rater)
    form = AnswerForm(assignment)
    form.keys = keys.choices
    guide, language = study.text("guide", get_language() or study.language)
    return {
        "preview": address,
        "study": study,
        "showing": showing(assignment),
        "guide": render_prose(guide),
        "guide_language": language,
        "form": form,
        "nonce": new_nonce(),
        "keys": keys,
        "scripts": tuple(script for script in SCRIPTS if script in INERT),
        "done": 0,
        "total": total,
    }
