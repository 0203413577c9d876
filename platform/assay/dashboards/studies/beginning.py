"""What a plan begins with: nothing, a template, or the study whose locked design it changes."""

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.shortcuts import get_object_or_404

from assay.accounts.models import User
from assay.dashboards.studies.arms import RUN
from raters.models import Study, StudyTemplate
from raters.studies.copying import kept_of, next_slug, runs_of
from raters.studies.stopping import name_of
from raters.studies.templates import settings_in
from raters.studies.unblinding import sees_arms

PAY = ("pay_basis", "pay_rate", "pay_currency")
ON_THE_FORM = (*PAY, "pool", "stop_rule")


@dataclass(frozen=True)
class Beginning:
    """At most one of the two. `hides_arms`: whether its planner may not know yet which runs it follows compare."""

    template: StudyTemplate | None = None
    follows: Study | None = None
    hides_arms: bool = False

    @classmethod
    def of(cls, data: QueryDict, user: User) -> "Beginning":
        """As the address or the form names it; an unknown template is none. Raises: Http404 for an unknown study."""
        if slug := data.get("follows", ""):
            locked = Study.objects.for_editor(user).exclude(status=Study.Status.DRAFT)
            follows = get_object_or_404(locked, slug=slug)
            return cls(follows=follows, hides_arms=not sees_arms(follows, user))
        return cls(StudyTemplate.objects.filter(name=data.get("template", "")).first())

    @property
    def prompts(self) -> str:
        """The name of the prompt set's version; empty where any may be chosen."""
        return str(self.follows.prompt_set_version) if self.follows else ""

    def fields(self, known: set[str]) -> dict[str, list[Any]]:
        """What stands in fields of those names before anybody has written in them."""
        if not self.kept:
            return {}
        values = {name: [value] for name, value in self.kept.items() if name in known}
        values |= {"stop_rule": [name_of(self.kept.get("stop_rule", {}))]}
        return values | {"ratings": [self.kept["ratings_per_comparison"]]} | self._named()

    @property
    def settings(self) -> dict[str, Any]:
        """What is taken over beyond the fields of the form, which may have been changed since."""
        return {name: value for name, value in settings_in(self.kept).items() if name not in ON_THE_FORM}

    @property
    def kept(self) -> dict[str, Any]:
        if self.follows:
            return kept_of(self.follows)
        return self.template.values if self.template else {}

    def _named(self) -> dict[str, list[Any]]:
        if self.follows is None:
            return {}
        named = {"title": [self.follows.title], "slug": [next_slug(self.follows)]}
        return named if self.hides_arms else named | self._arms(self.follows)

    def _arms(self, follows: Study) -> dict[str, list[Any]]:
        runs = runs_of(follows)
        candidates = [f"{RUN}-{run.pk}" for run in runs.candidates]
        return {"candidates": candidates, "baseline": [f"{RUN}-{runs.baseline.pk}"]}
