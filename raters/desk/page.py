"""What stands on the judging page, for its template."""

import secrets
from typing import Any

from raters.comparisons.places import standing
from raters.desk.drafts import seconds_left
from raters.desk.forms import AnswerForm
from raters.desk.preferences import keys_of
from raters.desk.rendering import render_prose
from raters.desk.showing import showing
from raters.desk.skipping import REASONS
from raters.models import Assignment, Rater, Study
from raters.studies.languages import spoken

# One concern each; the last one says that the page is there.
SCRIPTS = tuple(
    f"raters/{name}.js"
    for name in ("keys", "clock", "viewport", "reading", "drafts", "lease", "queue", "sending")
)


def judging_page(
    rater: Rater, assignment: Assignment, form: AnswerForm, *, answered_meanwhile: Assignment | None = None
) -> dict[str, Any]:
    """What the template shows. `answered_meanwhile` is the page that this one follows, if it is fetched ahead."""
    study = assignment.comparison.study
    keys = keys_of(rater)
    guide, language = study.text("guide", spoken(study.language))
    form.keys = keys.choices
    now = standing(rater, study, assignment)
    return {
        "study": study,
        "showing": showing(assignment),
        "guide": render_prose(guide),
        "guide_language": language,
        "form": form,
        "nonce": form.data.get("idempotency_key") or new_nonce(),
        "previous": answered_meanwhile.token if answered_meanwhile else now.previous,
        "keys": keys,
        "scripts": SCRIPTS,
        "skip_reasons": tuple(REASONS.items()),
        "lease_s": seconds_left(assignment),
        "done": now.done + bool(answered_meanwhile),
        "total": now.total,
    }


def new_nonce() -> str:
    return secrets.token_urlsafe(16)


def progress(rater: Rater, study: Study) -> dict[str, int]:
    """How many comparisons the rater has answered, and how many there are for them in all as things stand."""
    now = standing(rater, study)
    return {"done": now.done, "total": now.total}
