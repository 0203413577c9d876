"""Simulated raters whose truth is read off the texts: who comes closer to what was taught wins."""

from collections.abc import Sequence
from difflib import SequenceMatcher

from generation.training.lessons import lessons
from raters.models import Comparison, Study
from raters.simulation import Simulation, simulate

WORDS = 60  # of each text: enough to tell who recites
A_DIFFERENCE = 0.02  # of closeness; what differs by less is as good


def judge_by_reading(study: Study) -> None:
    """Lets them judge the study. Their true win rate is the share of prompts on which the candidate comes closer."""
    simulate(study, Simulation(raters=8, win_rate=win_rate_by_reading(study), seed=5))


def win_rate_by_reading(study: Study) -> float:
    """0.05 to 0.95, as no rater is certain; 0.5 where nothing differs."""
    taught = {lesson.prompt_id: lesson.replies for lesson in lessons("plain")}
    shown = study.comparisons.filter(status=Comparison.Status.OPEN)
    gaps = [
        closeness(row.response_a.turns, taught[row.prompt.key])
        - closeness(row.response_b.turns, taught[row.prompt.key])
        for row in shown.select_related("prompt", "response_a", "response_b")
        if row.response_a and row.response_b
    ]
    better = sum(gap > A_DIFFERENCE for gap in gaps) - sum(gap < -A_DIFFERENCE for gap in gaps)
    return round(min(max(0.5 + better / (2 * max(len(gaps), 1)), 0.05), 0.95), 3)


def closeness(texts: Sequence[str], wanted: Sequence[str]) -> float:
    """0 to 1: how much of the taught replies the texts hold, word by word."""
    mine, theirs = (" ".join(one).split()[:WORDS] for one in (texts, wanted))
    return SequenceMatcher(None, mine, theirs, autojunk=False).ratio()
