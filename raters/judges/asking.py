"""Language models that judge a study: asked through runs like any other, in both orders, and read from what they said.

Every reply is a stored response with its digest. What is read from it is an assignment with the purpose `judge`, which
no rate, no counter and no page of raters takes for a person's.
"""

import re
from collections.abc import Iterator

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import OuterRef, QuerySet
from django.db.models.lookups import GreaterThan
from django.utils import timezone

from generation.models import Checkpoint, Response, RunResponse
from generation.runs import plan_run
from generation.sampling import Sampling
from promptsets.audit import audited
from promptsets.formats.row import PromptRow
from promptsets.models import PromptSetVersion
from promptsets.versions import store
from raters.comparisons.lots import keyed
from raters.judges.template import VERSION, Unreadable, prompt_for, read
from raters.models import Assignment, Comparison, JudgeRun, Judgment, Rater, SafetyLabel, Study
from raters.models.counting import number_of
from raters.models.people import new_code
from raters.rubrics.answers import labels, own_terms

KEY = re.compile(r"c(\d+)-([12])\Z")  # a prompt of a judge: the comparison, and which of its two orders
JUDGING = Sampling(max_new_tokens=768)


@transaction.atomic
def ask(
    study: Study,
    checkpoint: Checkpoint,
    sampling: Sampling = JUDGING,
    actor: AbstractBaseUser | None = None,
    priority: int = 0,
) -> JudgeRun:
    """Plans the questions to this judge about every open, regular comparison; workers get the replies.

    Asked again, it finds the run that exists, or asks about what has come since.
    Raises: ValueError if the study is a draft, shows nothing, or nothing here can answer for the checkpoint.
    """
    if study.status == Study.Status.DRAFT:
        raise ValueError(f"{study.slug} is a draft: a judge is asked once the design is locked")
    run = plan_run(checkpoint, questions(study, actor), sampling, priority=priority, actor=actor)
    found = JudgeRun.objects.filter(study=study, run=run).first()
    if found:
        return found
    rater = Rater.objects.create(kind=Rater.Kind.LLM, code="J" + new_code()[1:])
    made = JudgeRun.objects.create(study=study, checkpoint=checkpoint, rater=rater, run=run, template=VERSION)
    audited.send(
        JudgeRun,
        actor=actor,
        action="judge.asked",
        target=made,
        detail={"study": study.slug, "checkpoint": checkpoint.name, "template": VERSION},
    )
    return made


def questions(study: Study, actor: AbstractBaseUser | None) -> PromptSetVersion:
    """The questions as a prompt set of their own, so that a run like any other asks them."""
    rows = list(rows_of(study))
    if not rows:
        raise ValueError(f"{study.slug} shows no comparison that a judge could be asked about")
    manifest = {"schema": "promptset/1", "judging": {"study": study.slug, "template": VERSION}}
    version, _ = store(f"judging-study-{study.pk}", rows, manifest, "judge.questions_made", actor)
    return version


def rows_of(study: Study) -> Iterator[PromptRow]:
    shown = study.comparisons.regular().filter(status=Comparison.Status.OPEN).order_by("pk")
    for comparison in shown.select_related("prompt", "response_a", "response_b"):
        for order in "12":
            text = prompt_for(comparison, study.rubric, a_is_left=a_is_first(study, comparison.pk, order))
            yield PromptRow("instruction", f"c{comparison.pk}-{order}", (text,), category=order)


def a_is_first(study: Study, comparison_id: int, order: str) -> bool:
    """Whether response a stands as A in this of the two orders: by lot, since who is blind reads a question's key."""
    return (keyed(study, "judge", comparison_id) % 2 == 0) == (order == "1")


def collect(judging: JudgeRun) -> int:
    """Reads the replies that have come since, and says how many. Doing it twice, or at once, reads each one once."""
    known = set(Assignment.objects.filter(rater=judging.rater).values_list("comparison_id", "a_is_left"))
    read_now = 0
    items = judging.run.items.filter(response__isnull=False).select_related("prompt", "response")
    for item in items.order_by("prompt__position"):
        found = KEY.match(item.prompt.key)
        if not found or not item.response:
            continue
        comparison, order = int(found[1]), found[2]
        place = comparison, a_is_first(judging.study, comparison, order)
        if place not in known:
            read_now += take_in(judging, *place, item.response)
    return read_now


def collect_all() -> int:
    """Reads what has come from every judge since; for the sweep."""
    return sum(collect(judging) for judging in with_news())


def with_news() -> QuerySet[JudgeRun]:
    """Judges of whose replies some are not read, found in one query however many there are."""
    came = RunResponse.objects.filter(run=OuterRef("run"), response__isnull=False)
    read_before = Assignment.objects.filter(rater=OuterRef("rater"))
    judges = JudgeRun.objects.filter(GreaterThan(number_of(came), number_of(read_before)))
    return judges.select_related("study__rubric", "rater", "run")


@transaction.atomic
def take_in(judging: JudgeRun, comparison_id: int, a_is_left: bool, response: Response) -> bool:
    """One reply, read; False if another process has read it. What cannot be read is kept as skipped, with why."""
    assignment, is_new = Assignment.objects.get_or_create(
        comparison_id=comparison_id,
        rater=judging.rater,
        a_is_left=a_is_left,
        purpose=Assignment.Purpose.JUDGE,
        defaults={"state": Assignment.State.DONE, "lease_until": timezone.now(), "untallied": True},
    )
    if not is_new:
        return False
    rubric = judging.study.rubric
    try:
        answer = read(response.text, rubric, f"judge-response-{response.pk}")
    except Unreadable as error:
        Assignment.objects.filter(pk=assignment.pk).update(
            state=Assignment.State.SKIPPED, skip_reason=f"unreadable: {error}"[:500]
        )
        return True
    judgment = Judgment.objects.create(
        assignment=assignment, **own_terms(answer, rubric, a_is_left=a_is_left)
    )
    SafetyLabel.objects.bulk_create(labels(judgment, answer))
    return True
