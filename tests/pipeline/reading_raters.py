"""Simulated raters whose truth is read off the texts: who comes closer to what was taught wins."""

from difflib import SequenceMatcher

from generation.training.lessons import lessons
from raters.models import Comparison, Study
from raters.simulation import Simulation, simulate

WORDS = 60  # of each text: enough to tell who recites


def judge_by_reading(study: Study) -> float:
    """Lets them judge the study, and gives the win rate that was their truth."""
    taught = {lesson.prompt_id: lesson.replies for lesson in lessons("plain")}
    balance = []
    for row in study.comparisons.filter(status=Comparison.Status.OPEN).select_related(
        "prompt", "response_a", "response_b"
    ):
        wanted = taught[row.prompt.key]
        balance.append(closeness(row.response_a.turns, wanted) - closeness(row.response_b.turns, wanted))
    better = sum(gap > 0.02 for gap in balance) - sum(gap < -0.02 for gap in balance)
    win_rate = min(max(0.5 + better / (2 * max(len(balance), 1)), 0.05), 0.95)
    simulate(study, Simulation(raters=8, win_rate=round(win_rate, 3), seed=5))
    return win_rate


def closeness(texts, wanted) -> float:
    """0 to 1: how much of the taught replies the texts hold, word by word."""
    mine, theirs = (" ".join(one).split()[:WORDS] for one in (texts, wanted))
    return SequenceMatcher(None, mine, theirs, autojunk=False).ratio()
