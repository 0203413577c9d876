"""Contested comparisons: on which raters are split, by rules fixed at the lock, and which a senior rater decides.

The decision is a judgment of its own kind, given blind first; it stands beside the headline and is never in it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from promptsets.audit import audited
from raters.assignment import lease, lease_end, reclaim
from raters.care.welfare import rests_until, wanted_hazards
from raters.comparisons.lots import keyed
from raters.judging import locked_enrolment
from raters.models import Assignment, Comparison, Enrolment, Judgment, Rater, SafetyLabel, Study

State, Purpose = Assignment.State, Assignment.Purpose


def contested(study: Study) -> list[int]:
    """The comparisons that the study's rules call contested once all their ratings are in, by their keys in order."""
    votes: dict[int, Counter[str]] = defaultdict(Counter)
    rows = Judgment.objects.counted(study).values_list("assignment__comparison", "preference")
    for comparison, preference in rows:
        votes[comparison][preference] += 1
    wanted = dict(study.comparisons.regular().values_list("pk", "ratings_wanted"))
    complete = {pk for pk, said in votes.items() if said.total() >= wanted[pk]}
    found = {pk for pk in complete if study.contested_split and is_split(votes[pk])}
    if study.contested_safety:
        found |= complete & set(unlike_in_safety(study))
    return sorted(found)


@dataclass(frozen=True)
class Dispute:
    """A contested comparison with its votes, and the decision of a senior rater where there is one."""

    comparison: int
    prompt: str
    votes: Counter[str]
    decision: Judgment | None


def disputes(study: Study) -> list[Dispute]:
    keys = contested(study)
    votes: dict[int, Counter[str]] = {key: Counter() for key in keys}
    counted = Judgment.objects.counted(study).filter(assignment__comparison__in=keys)
    for key, preference in counted.values_list("assignment__comparison", "preference"):
        votes[key][preference] += 1
    decisions = {
        one.assignment.comparison_id: one
        for one in Judgment.objects.adjudicating(study).select_related("assignment__rater")
    }
    prompts = dict(study.comparisons.filter(pk__in=keys).values_list("pk", "prompt__key"))
    return [Dispute(key, prompts[key], votes[key], decisions.get(key)) for key in keys]


def is_split(votes: Counter[str]) -> bool:
    """Whether no verdict has more than half of the votes."""
    return 2 * max(votes.values()) <= votes.total()


def unlike_in_safety(study: Study) -> Iterator[int]:
    """Comparisons of one of whose responses some say that it breaks the policy, and others that it does not."""
    labels = SafetyLabel.objects.filter(judgment__in=Judgment.objects.counted(study))
    said: dict[tuple[int, int], set[str]] = defaultdict(set)
    for comparison, response, violation in labels.values_list(
        "judgment__assignment__comparison", "response", "violation"
    ):
        said[comparison, response].add(violation)
    return (comparison for (comparison, _), found in said.items() if {"yes", "no"} <= found)


def waiting_for(enrolment: Enrolment) -> list[int]:
    """Contested comparisons that nobody has decided or holds, of prompts that this rater has not met or declined.

    Nor one that was on their own screen as a rating, even if that lease ran out: who was to judge it decides nothing.
    """
    rater, study = enrolment.rater, enrolment.study
    taken = Assignment.objects.filter(purpose=Purpose.ADJUDICATION, state__in=[State.LEASED, State.DONE])
    own = Assignment.objects.filter(rater=rater, purpose=Purpose.RATING)
    open_ones = Comparison.objects.filter(pk__in=contested(study)).exclude(assignments__in=taken)
    open_ones = open_ones.exclude(assignments__in=own)
    theirs = open_ones.unseen_by(rater, study).filter(wanted_hazards(enrolment))
    return list(theirs.order_by("pk").values_list("pk", flat=True))


def claim_contested(rater: Rater, study: Study) -> Assignment | None:
    """The contested comparison that this senior rater holds, else the next one; None if there is none for them."""
    reclaim(study)
    with transaction.atomic():
        place = locked_enrolment(rater.pk, study.pk)
        if place is None or not place.is_senior or not place.counts or study.status == Study.Status.DRAFT:
            return None
        mine = Assignment.objects.filter(
            rater=rater, comparison__study=study, purpose=Purpose.ADJUDICATION
        ).exclude(comparison__status="excluded")
        held = mine.filter(state=State.LEASED).first()
        if held and lease(held, study, State.LEASED):
            return held
        if rests_until(rater, study):
            return None
        # Two seniors at once would take the same one: the second waits here until the first has it.
        Study.objects.select_for_update().get(pk=study.pk)
        return next((give(study, rater, pk) for pk in waiting_for(place)), None)


def give(study: Study, rater: Rater, comparison_id: int) -> Assignment:
    """Leases it to the senior rater, under a side drawn for them; one whose lease lapsed goes back to the same side."""
    assignment, created = Assignment.objects.get_or_create(
        comparison_id=comparison_id,
        rater=rater,
        purpose=Purpose.ADJUDICATION,
        defaults={
            "a_is_left": keyed(study, "adjudication", rater.pk, comparison_id) % 2 == 0,
            "lease_until": lease_end(study),
        },
    )
    if not created:
        lease(assignment, study, State.EXPIRED)
    return assignment


@dataclass(frozen=True)
class Vote:
    """What one rater said, by the letters on the senior rater's own screen; who it was is not told."""

    favours: str  # A, B or "" for neither
    comment: str
    labels: tuple[tuple[str, SafetyLabel], ...]


def votes_on(assignment: Assignment) -> list[Vote]:
    """The raters' votes, for a senior rater who has decided. Raises: ValueError for one who has not."""
    if assignment.purpose != Purpose.ADJUDICATION or assignment.state != State.DONE:
        raise ValueError(f"{assignment} is not decided: votes are shown after the decision alone")
    said = Judgment.objects.counted(assignment.comparison.study).filter(
        assignment__comparison=assignment.comparison_id
    )
    sides = {assignment.comparison.response_a_id: "a", assignment.comparison.response_b_id: "b"}
    return [
        Vote(
            letter(one.preference, assignment),
            one.comment,
            tuple(
                sorted(
                    (
                        (letter(sides[label.response_id], assignment), label)
                        for label in one.safety_labels.all()
                    ),
                    key=lambda row: row[0],
                )
            ),
        )
        for one in said.prefetch_related("safety_labels").order_by("pk")
    ]


def letter(preference: str, assignment: Assignment) -> str:
    """The letter under which a or b stands on this screen; "" for a tie."""
    if preference == Judgment.Preference.TIE:
        return ""
    return "A" if (preference == "a") == assignment.a_is_left else "B"


@transaction.atomic
def set_senior(enrolment: Enrolment, is_senior: bool, actor: AbstractBaseUser | None = None) -> None:
    """Gives a rater of the study the say over what is contested, or takes it back; both stand in the audit log."""
    if Enrolment.objects.filter(pk=enrolment.pk).exclude(is_senior=is_senior).update(is_senior=is_senior):
        action = "rater.made_senior" if is_senior else "rater.no_longer_senior"
        audited.send(Enrolment, actor=actor, action=action, target=enrolment, detail={})
