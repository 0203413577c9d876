"""What comes after a study: a duplicate, a new version of its design, a template of its settings."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from generation.models import GenerationRun
from promptsets.refusals import FieldError
from raters.models import Study, StudyArm, StudyTemplate
from raters.studies.drafting import SETTINGS
from raters.studies.planning import StudyPlan, make_draft

BESIDE = ("empty_policy", "lease_s")  # of the design, but no settings of the page


def duplicate(study: Study, slug: str, actor: Any = None) -> Study:
    """A draft of its own with the same arms, rubric and settings. Raises: FieldError if the name is taken."""
    return _copied(study, slug, actor)


def new_version(study: Study, slug: str, actor: Any = None) -> Study:
    """A draft that changes this study's locked design; judgments of the two are never mixed.

    Raises: ValueError for a draft, which is still open to changes; FieldError if the name is taken.
    """
    return _copied(study, slug, actor, follows=study)


def keep_as_template(study: Study, name: str, actor: Any = None) -> StudyTemplate:
    """The study's rubric, ratings, pool and settings under a name. Raises: FieldError if the name is taken."""
    if StudyTemplate.objects.filter(name=name).exists():
        raise FieldError("name", _("There is a template of that name already: give this one another."))
    return StudyTemplate.objects.create(name=name, values=kept_of(study), created_by=actor)


def kept_of(study: Study) -> dict[str, Any]:
    """What a template keeps of a study, in plain values."""
    values = {"rubric": study.rubric.slug, "ratings_per_comparison": study.ratings_per_comparison}
    return values | {name: _plain(value) for name, value in settings_of(study).items()}


def settings_of(study: Study) -> dict[str, Any]:
    return {name: getattr(study, name) for name in (*SETTINGS, *BESIDE)}


@dataclass(frozen=True)
class ComparedRuns:
    """The runs of a study's arms, in their roles."""

    baseline: GenerationRun
    candidates: tuple[GenerationRun, ...]


def runs_of(study: Study) -> ComparedRuns:
    arms = study.arms.select_related("run__checkpoint", "run__prompt_set_version__prompt_set")
    candidates = arms.filter(role=StudyArm.Role.CANDIDATE).order_by("pk")
    return ComparedRuns(arms.get(role=StudyArm.Role.BASELINE).run, tuple(arm.run for arm in candidates))


def next_slug(study: Study) -> str:
    """What a new version goes by in addresses until it is given another name."""
    return f"{study.slug[:90]}-{study.version + 1}"


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value


def _copied(study: Study, slug: str, actor: Any, follows: Study | None = None) -> Study:
    runs, ratings, settings = runs_of(study), study.ratings_per_comparison, settings_of(study)
    plan = StudyPlan(
        runs.baseline, runs.candidates, study.rubric, slug, study.title, ratings, settings, follows
    )
    return make_draft(plan, actor)
