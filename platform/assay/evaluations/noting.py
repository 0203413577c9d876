"""What a researcher writes down about a run, for the timeline."""

from assay.accounts.models import User
from assay.evaluations.models import EvaluationRun
from promptsets.audit import audited

LONGEST = 1000


def note(run: EvaluationRun, text: str, actor: User) -> None:
    """Puts this note in place of the one that stands."""
    run.note = text.strip()[:LONGEST]
    run.save(update_fields=["note"])
    audited.send(EvaluationRun, actor=actor, action="evaluation.noted", target=run, detail={})
