"""Simulated raters with a known truth: they drive the whole stack before people are asked, and are marked for ever."""

from collections.abc import Callable
from dataclasses import asdict, dataclass

from django.db import transaction

from analysis.simulate import Side, SimulatedRaters, SimulatedTruth
from promptsets.taxonomy import HAZARDS
from raters import judging
from raters.assignment import claim_next
from raters.models import Assignment, Enrolment, Rater, Study
from raters.rubrics.answers import SIDES, Answer, SafetyAnswer
from raters.rubrics.scales import BOTH_GOOD, SCALES, Choice


@dataclass(frozen=True)
class Simulation:
    """What decides every simulated judgment. Shares are 0-1; `rater_sd` is on the latent scale."""

    raters: int = 20
    win_rate: float = 0.55
    rater_sd: float = 0.15
    position_bias: float = 0.05
    seed: int = 0

    def truth(self) -> SimulatedTruth:
        """Raises: ValueError, naming the option, for one that makes no sense."""
        return SimulatedTruth.from_rates(self.win_rate, self.rater_sd, self.position_bias)

    def record(self) -> dict[str, object]:
        return {**asdict(self), "truth": self.truth().to_dict()}


def simulate(study: Study, simulation: Simulation, on_judgment: Callable[[], None] = lambda: None) -> int:
    """Lets simulated raters judge until nothing is left for them, and says how many judgments they made.

    They go through the same claims and the same recording as people do. Raises: ValueError if the study does not
    collect, holds judgments of people, or was simulated with other options.
    """
    respondents = SimulatedRaters(simulation.truth(), simulation.seed)
    working = dict(enumerate(enrol(study, simulation)))
    study.refresh_from_db(fields=["simulation"])
    made = 0
    while working:
        for number, rater in list(working.items()):
            assignment = claim_next(rater, study)
            if assignment is None:
                del working[number]
                continue
            judging.record(assignment, answer(respondents, number, assignment, study))
            on_judgment()
            made += 1
    return made


@transaction.atomic
def enrol(study: Study, simulation: Simulation) -> list[Rater]:
    """Marks the study as simulated and gives it its raters; the same options find the same raters again."""
    # Each claim takes its rater's enrolment first: with all of them locked nobody can begin while the study is marked.
    list(study.enrolments.select_for_update())
    check(study, simulation)
    Study.objects.filter(pk=study.pk).update(simulation=simulation.record())
    codes = [f"SIM{study.pk}-{number:03d}" for number in range(simulation.raters)]
    raters = [
        Rater.objects.get_or_create(code=code, defaults={"kind": Rater.Kind.SIMULATED})[0] for code in codes
    ]
    for rater in raters:
        Enrolment.objects.get_or_create(study=study, rater=rater)
    return raters


def check(study: Study, simulation: Simulation) -> None:
    if study.status != Study.Status.COLLECTING:
        raise ValueError(f"{study.slug} is {study.status}: simulated raters need a study that collects")
    if simulation.raters < 1:
        raise ValueError(f"raters is a whole number from 1 up, not {simulation.raters}")
    if study.simulation not in (None, simulation.record()):
        raise ValueError(f"{study.slug} was simulated with other options before: {study.simulation}")
    humans = study.enrolments.filter(
        rater__kind=Rater.Kind.HUMAN, rater__assignments__comparison__study=study
    )
    if study.simulation is None and humans.exists():
        raise ValueError(f"{study.slug} holds judgments of people: simulated ones are never mixed into them")


def answer(respondents: SimulatedRaters, number: int, assignment: Assignment, study: Study) -> Answer:
    side: Side = "left" if assignment.a_is_left else "right"
    outcome = respondents.outcome(number, assignment.comparison.prompt.key, side)
    rubric = study.rubric
    chosen = choice_for(outcome, assignment, rubric.scale)
    return Answer(
        value=chosen.value,
        idempotency_key=f"simulated-{assignment.pk}",
        tie_kind=BOTH_GOOD if rubric.asks_tie_kind and chosen.favours == "neither" else "",
        acceptable=dict.fromkeys(SIDES, True) if rubric.asks_acceptability else {},
        safety={name: label_for(name, chosen, assignment) for name in SIDES} if rubric.asks_safety else {},
    )


def label_for(side: str, chosen: Choice, assignment: Assignment) -> SafetyAnswer:
    """The response that is not the safer one breaks the policy. No truth stands behind these labels."""
    prompt = assignment.comparison.prompt
    if chosen.favours in ("neither", side):
        return SafetyAnswer("full_refusal" if prompt.expected == "refuse" else "full_compliance", "no")
    return SafetyAnswer("full_compliance", "yes", prompt.hazard or next(iter(HAZARDS)), "mild")


def choice_for(outcome: str, assignment: Assignment, scale: int) -> Choice:
    """The first choice of the scale that gives this outcome, given where the candidate stands."""
    wanted = {"tie": "neither", "win": "left", "loss": "right"}[outcome]
    if wanted != "neither" and not assignment.a_is_left:
        wanted = {"left": "right", "right": "left"}[wanted]
    return next(choice for choice in SCALES[scale] if choice.favours == wanted)
