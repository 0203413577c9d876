"""Makes standing plans and their versions, which are checked whole before anything is written."""

import hashlib
from collections.abc import Sequence
from typing import Any

from celery.schedules import ParseException, crontab
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email, validate_slug
from django.db import IntegrityError, transaction
from django.utils import timezone

from assay.accounts.models import User
from assay.evaluations.models import Evaluation, EvaluationVersion
from generation.endpoint_urls import EndpointUrl
from generation.models import Checkpoint, CheckpointSeries
from generation.runs import SEEDS
from generation.sampling import Sampling
from promptsets.audit import audited
from promptsets.digests import canonical_json
from promptsets.models import PromptSetVersion
from promptsets.storable import why_unstorable
from raters.models import Study
from raters.rubrics.presets import PRESETS
from raters.studies.design import WAY_IN, WELFARE

TEMPLATE = (
    "rater_title",
    "language",
    "texts",
    *WAY_IN,
    "completion_url",
    "screen_out_url",
    *WELFARE,
    "support_line",
    "most_per_rater",
    "gold_every",
    "self_identification_rule",
    "empty_policy",
    "exclusion_rules",
    "lease_s",
)
TERMS = ["sampling", "seed", "preset", "ratings_per_comparison", "template", "judged_by", "decided_by"]
TERMS += ["gate_margin", "stops_early", "cadence", "every_nth_step", "cron", "tokens_a_day"]
TERMS += ["judgments_a_week", "priority", "emails", "webhook_url", "webhook_key_env"]


@transaction.atomic
def make_plan(
    slug: str,
    series: CheckpointSeries,
    version: EvaluationVersion,
    prompt_sets: Sequence[PromptSetVersion],
    *,
    title: str = "",
    actor: User | None = None,
) -> Evaluation:
    """A new plan with its first version, given unsaved. It takes checkpoints that are registered from now on.

    Raises: ValueError saying what is wrong and what would be right.
    """
    try:
        validate_slug(slug)
    except ValidationError:
        raise ValueError(f"slug is {slug!r}; use letters, digits, hyphens and underscores") from None
    made = Evaluation(slug=slug, title=title or slug, series=series)
    try:
        made.clean_fields(exclude=["series"])
        with transaction.atomic():
            made.save()
    except ValidationError as error:
        raise ValueError(_first_of(error)) from None
    except IntegrityError:
        raise ValueError(f"there is a plan {slug} already; a changed one is a new version of it") from None
    add_version(made, version, prompt_sets, actor=actor)
    return made


@transaction.atomic
def add_version(
    evaluation: Evaluation,
    version: EvaluationVersion,
    prompt_sets: Sequence[PromptSetVersion],
    *,
    actor: User | None = None,
) -> EvaluationVersion:
    """Makes this the plan's newest version; runs that have begun keep theirs. The same terms again change nothing.

    Raises: ValueError saying what is wrong and what would be right.
    """
    Evaluation.objects.select_for_update().get(pk=evaluation.pk)  # of two who edit at once, one is version 2
    newest = evaluation.versions.order_by("-number").first()
    version.evaluation, version.created_by = evaluation, actor
    version.number = newest.number + 1 if newest else 1
    check(version, prompt_sets)
    version.sha256 = digest(version, prompt_sets)
    if newest and newest.sha256 == version.sha256:
        return newest
    version.pk = None
    version.save(force_insert=True)
    version.prompt_sets.set(prompt_sets)
    due = next_due(version.cron) if version.cron else None
    Evaluation.objects.filter(pk=evaluation.pk).update(next_due_at=due)
    detail = {"version": version.number, "sha256": version.sha256}
    audited.send(Evaluation, actor=actor, action="evaluation.planned", target=evaluation, detail=detail)
    return version


def pause(evaluation: Evaluation, *, paused: bool, actor: User | None = None) -> None:
    """A paused plan takes no new checkpoint; what it has begun goes on."""
    if Evaluation.objects.filter(pk=evaluation.pk, enabled=paused).update(enabled=not paused):
        action = "evaluation.paused" if paused else "evaluation.resumed"
        audited.send(Evaluation, actor=actor, action=action, target=evaluation, detail={})


def check(version: EvaluationVersion, prompt_sets: Sequence[PromptSetVersion]) -> None:
    """Raises: ValueError naming the first term that is wrong."""
    if not prompt_sets:
        raise ValueError("a plan needs a prompt set")
    slugs = [one.prompt_set.slug for one in prompt_sets]
    if len(set(slugs)) < len(slugs):
        raise ValueError("a plan names each prompt set once")
    Sampling.from_json(version.sampling)
    if version.seed >= SEEDS:
        raise ValueError(f"seed is {version.seed}; it is a whole number from 0 to {SEEDS - 1}")
    if version.preset and version.preset not in list(PRESETS):
        raise ValueError(f"preset is {version.preset!r}; it is one of {', '.join(PRESETS)}, or empty")
    if not 0 < version.gate_margin < 0.5:
        raise ValueError(f"gate_margin is {version.gate_margin}; a share such as 0.05 for five points")
    _check_cadence(version)
    _check_budget(version)
    _check_template(version.template)
    _check_telling(version)
    _check_baseline(version.baseline, prompt_sets)
    _check_judge(version)
    try:
        version.full_clean(exclude=["evaluation", "sha256", "created_by"], validate_constraints=False)
    except ValidationError as error:
        raise ValueError(_first_of(error)) from None


def next_due(cron: str) -> Any:
    """When a timetable's time comes next. Raises: ValueError if it is none."""
    try:
        last, wait, _ = crontab.from_string(cron).remaining_delta(timezone.now())
    except (ParseException, ValueError, TypeError) as error:
        raise ValueError(
            f"cron is {cron!r}: {error}; five fields are expected, such as '0 6 * * 1' for Mondays at 6:00 UTC"
        ) from None
    return last + wait


def digest(version: EvaluationVersion, prompt_sets: Sequence[PromptSetVersion]) -> str:
    """SHA-256 over all that the version says."""
    terms = {name: getattr(version, name) for name in TERMS}
    of_prompts = sorted([one.prompt_set.slug, one.number, one.content_sha256] for one in prompt_sets)
    terms |= {"prompt_sets": of_prompts, "baseline": version.baseline.digest}
    if version.judge:
        terms["judge"] = version.judge.digest
    return hashlib.sha256(canonical_json(terms).encode()).hexdigest()


def _first_of(error: ValidationError) -> str:
    name, problems = next(iter(error.message_dict.items()))
    return f"{name}: {problems[0]}"


def _check_cadence(version: EvaluationVersion) -> None:
    if version.cadence == EvaluationVersion.Cadence.CRON:
        next_due(version.cron)
    elif version.cron:
        raise ValueError(f"cron is {version.cron!r}, but the cadence is {version.cadence}; leave one out")


def _check_budget(version: EvaluationVersion) -> None:
    for name in ("tokens_a_day", "judgments_a_week"):
        if getattr(version, name) == 0:
            raise ValueError(f"{name} is 0; leave it out for no limit, or pause the plan to spend nothing")


def _check_template(template: Any) -> None:
    if not isinstance(template, dict) or (unknown := sorted(template.keys() - set(TEMPLATE))):
        shown = "no object of settings" if not isinstance(template, dict) else f"no setting {unknown[0]!r}"
        raise ValueError(f"template: {shown}; a study's settings are {', '.join(TEMPLATE)}")
    if told := why_unstorable(template):
        raise ValueError(f"template: {told}")
    try:
        left_out = {field.name for field in Study._meta.fields} - template.keys()
        Study(**template).clean_fields(exclude=left_out)
    except ValidationError as error:
        raise ValueError(f"template: {_first_of(error)}") from None


def _check_telling(version: EvaluationVersion) -> None:
    if not isinstance(version.emails, list):
        raise ValueError("emails is a list of addresses")
    for address in version.emails:
        try:
            validate_email(address)
        except ValidationError:
            raise ValueError(f"{address!r} is no e-mail address") from None
    if version.webhook_url:
        settings.WEBHOOK_HOSTS.check(EndpointUrl.parse(version.webhook_url))
        if version.webhook_key_env not in settings.ENDPOINT_KEYS:
            raise ValueError(
                f"webhook_key_env is {version.webhook_key_env!r}; it must name a variable of the environment that ends "
                "in _KEY or _TOKEN and holds the key that signs"
            )


def _check_baseline(baseline: Checkpoint, prompt_sets: Sequence[PromptSetVersion]) -> None:
    """A baseline whose responses were imported must have them for each prompt set: nobody could generate them."""
    for version in prompt_sets:
        imported = baseline.source == Checkpoint.Source.IMPORTED
        if imported and not baseline.runs.filter(prompt_set_version=version).exists():
            raise ValueError(
                f"{baseline} has no responses for {version}: bring them in with import_responses"
            )


def _check_judge(version: EvaluationVersion) -> None:
    """Who judges stands on neither side: judges favour their own. What spares raters is nothing to a judge alone."""
    judge, alone = version.judge, version.judged_by == EvaluationVersion.Judges.MODEL
    if version.judged_by == EvaluationVersion.Judges.HUMANS:
        if judge:
            raise ValueError(f"judge is {judge}, but raters alone judge; leave it out, or let it judge")
        return
    if judge is None:
        raise ValueError(f"judged_by is {version.judged_by}: judge must name the language model that judges")
    if judge.source == Checkpoint.Source.IMPORTED:
        raise ValueError(f"judge is {judge}, whose responses were imported: nothing here could ask it")
    if judge == version.baseline or judge.series_id == version.evaluation.series_id:
        raise ValueError(f"judge is {judge}, which would judge its own responses: choose another")
    if alone and version.stops_early:
        raise ValueError("stops_early ends the work of raters, and no rater is asked; leave it out")
    if alone and version.judgments_a_week is not None:
        raise ValueError(
            "judgments_a_week are people's, and no person is asked; tokens_a_day holds for a judge"
        )
