"""What a person left behind in studies, and what takes its place.

Each function says how many rows it emptied or removed.
Preferences, safety labels, times and sides stay as they are: they are what figures are made of, and tell of nobody.
"""

from functools import partial

from django.db import transaction

from assay.operations.personal_data.person import Person
from assay.reports.models import KeptQuality
from assay.takeaway.making import make_anew
from assay.takeaway.models import Export
from raters.assignment import hand_back
from raters.models import AboutRater, Assignment, Enrolment, Invitation, Judgment, Message, Reply
from raters.models.people import new_code
from raters.way_in.probe import words_in, words_of

REMOVED = "[removed: this person asked to be forgotten]"


def places_held(person: Person) -> int:
    """Others judge what was on this person's screen."""
    return hand_back(Assignment.objects.held().filter(rater=person.rater))


def words_on_judgments(person: Person) -> int:
    """Comments are free text: people write of themselves in them."""
    theirs = Judgment.objects.filter(assignment__rater=person.rater)
    return theirs.exclude(comment="").without_comments()


def sizes_of_windows(person: Person) -> int:
    """A size that few have may tell a device again."""
    theirs = Judgment.objects.filter(assignment__rater=person.rater)
    return theirs.exclude(viewport_width=None).without_viewports()


def reasons_and_drafts(person: Person) -> int:
    theirs = Assignment.objects.filter(rater=person.rater).exclude(skip_reason="", draft={})
    return theirs.update(skip_reason="", draft={})


def messages(person: Person) -> int:
    """Threads keep their place, kind and comparison. What the team wrote goes too: it may name whom it answers."""
    theirs = Message.objects.filter(rater=person.rater)
    Reply.objects.filter(message__in=theirs).update(text=REMOVED)
    return theirs.update(text=REMOVED)


def declared_answers(person: Person) -> int:
    return AboutRater.objects.filter(enrolment__in=person.parts).delete()[0]


def invitations(person: Person) -> int:
    """The label of a link for one person is often a name. A link for many says nothing of one."""
    keys = [part.invitation_id for part in person.parts if part.invitation_id]
    return Invitation.objects.filter(pk__in=keys, max_uses=1).exclude(label="").update(label="")


def parts_in_studies(person: Person) -> int:
    """Takes the recruiting site's IDs, the completion code that it pays by, hazards declined, the survey's words."""
    for part in person.parts:
        part.invitation, part.recruitment, part.declined_hazards = None, {}, []
        part.completion_code, part.exit_survey = new_code(), survey_without_words(part)
        if part.status == Enrolment.Status.ACTIVE:
            part.status = Enrolment.Status.PAUSED
        part.pause_reason = REMOVED if part.status == Enrolment.Status.PAUSED else ""
        part.save()
    return len(person.parts)


def kept_figures(person: Person) -> int:
    """They name each rater by the code."""
    return KeptQuality.objects.filter(study__in=[part.study_id for part in person.parts]).delete()[0]


def survey_without_words(part: Enrolment) -> dict[str, str]:
    """Of the guess at who wrote the responses only the arms' own words: the blinding index is counted from them."""
    if not part.exit_survey:
        return {}
    arms = part.study.arms.select_related("run__checkpoint")
    known = {word for arm in arms for word in words_of(arm.run.checkpoint)}
    said = [word for word in words_in(part.exit_survey.get("source", "")) if word in known]
    kept = {name: part.exit_survey.get(name, "") for name in ("recognised", "sure")}
    return kept | {"source": " ".join(dict.fromkeys(said)), "comment": ""}


def exported_files(person: Person) -> int:
    """Files with the earlier name are removed, those being written begin anew. Cards stay: they hold numbers alone."""
    theirs = Export.objects.filter(study__in=[part.study_id for part in person.parts]).exclude(kind="card")
    stale = list(theirs.filter(status__in=[Export.Status.DONE, Export.Status.WORKING]))
    for export in stale:
        transaction.on_commit(partial(make_anew, export))
    return len(stale)
