"""Tables of the third floor, in the order in which a study uses them."""

from raters.models.comparisons import Assignment, Comparison
from raters.models.judgments import Judgment, SafetyLabel
from raters.models.members import StudyMember
from raters.models.people import Enrolment, Invitation, Rater
from raters.models.studies import Rubric, Study, StudyArm

__all__ = [
    "Assignment",
    "Comparison",
    "Enrolment",
    "Invitation",
    "Judgment",
    "Rater",
    "Rubric",
    "SafetyLabel",
    "Study",
    "StudyArm",
    "StudyMember",
]
