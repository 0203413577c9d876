"""Tables of the third floor, in the order in which a study uses them."""

from raters.models.about import AboutRater
from raters.models.comparisons import Assignment, Comparison
from raters.models.judges import JudgeRun
from raters.models.judgments import Judgment, SafetyLabel
from raters.models.members import StudyMember
from raters.models.messages import Message, Reply
from raters.models.notices import StudyNotice
from raters.models.people import Enrolment, Invitation, Rater
from raters.models.renderings import RenderedStudy, Rendering
from raters.models.rubrics import Rubric
from raters.models.studies import Study, StudyArm
from raters.models.templates import StudyTemplate

__all__ = [
    "AboutRater",
    "Assignment",
    "Comparison",
    "Enrolment",
    "Invitation",
    "JudgeRun",
    "Judgment",
    "Message",
    "Rater",
    "RenderedStudy",
    "Rendering",
    "Reply",
    "Rubric",
    "SafetyLabel",
    "Study",
    "StudyArm",
    "StudyMember",
    "StudyNotice",
    "StudyTemplate",
]
