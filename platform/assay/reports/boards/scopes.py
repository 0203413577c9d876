"""Which studies stand together on a reader's leaderboards: those they may know of, and whose arms they may be told."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import OuterRef, Subquery

from assay.accounts.models import User
from assay.reports.models import Board, Report
from promptsets.models import PromptSetVersion
from raters.models import Study, StudyMember
from raters.studies.unblinding import sees_arms


@dataclass(frozen=True)
class Scope:
    """One leaderboard's studies, oldest first, each with its newest report."""

    version: PromptSetVersion
    simulated: bool
    studies: tuple[Study, ...]
    reports: dict[str, int]

    @property
    def key(self) -> dict[str, Any]:
        """The fields by which its board is found."""
        listed = ",".join(str(study.pk) for study in self.studies)
        return {
            "prompt_set_version_id": self.version.pk,
            "simulated": self.simulated,
            "studies_sha256": hashlib.sha256(listed.encode()).hexdigest(),
        }

    def board(self) -> Board | None:
        """As it was last written; None where no worker has come to it yet."""
        return Board.objects.filter(**self.key).first()

    def is_newest(self, board: Board) -> bool:
        """Whether it was written of the reports that are the newest now."""
        return bool(board.made_from == self.reports)


def scopes_for(
    user: Any, version: PromptSetVersion | None = None, *, names_allowed: bool = True
) -> list[Scope]:
    """By prompt set; people's studies before those of simulated raters. names_allowed: as for `sees_arms`.

    Imported studies stand in none: their file does not say whether people judged.
    """
    newest = Report.objects.filter(study=OuterRef("pk")).order_by("-created_at", "-pk").values("pk")[:1]
    known = Study.objects.for_user(user).exclude(status=Study.Status.DRAFT).filter(imported__isnull=True)
    known = known.annotate(newest=Subquery(newest))
    if version:
        known = known.filter(prompt_set_version=version)
    reported = known.filter(newest__isnull=False).select_related("prompt_set_version__prompt_set", "rubric")
    in_order = reported.order_by("pk").distinct()
    told = [study for study in in_order if sees_arms(study, user, names_allowed=names_allowed)]
    told.sort(key=_place)
    return [_scope(list(group)) for _, group in groupby(told, key=_place)]


def _place(study: Study) -> tuple[str, int, bool]:
    version = study.prompt_set_version
    return version.prompt_set.slug, version.pk, study.simulation is not None


def _scope(studies: list[Study]) -> Scope:
    first = studies[0]
    reports = {str(study.pk): study.newest for study in studies}  # type: ignore[attr-defined]  # annotated
    return Scope(first.prompt_set_version, first.simulation is not None, tuple(studies), reports)


def all_scopes() -> Iterator[Scope]:
    """Every scope that some reader has, once."""
    seen = set()
    readers = [(user, allowed) for user in one_of_each_kind() for allowed in (True, False)]
    for user, allowed in readers:
        for scope in scopes_for(user, names_allowed=allowed):
            if (key := tuple(scope.key.values())) not in seen:
                seen.add(key)
                yield scope


def one_of_each_kind() -> list[User]:
    """Readers who may see the same studies have the same boards, so one of them stands for all."""
    roles: dict[int, set[tuple[int, str]]] = {}
    for user, study, role in StudyMember.objects.values_list("user", "study", "role"):
        roles.setdefault(user, set()).add((study, role))
    readers = [user for user in User.objects.filter(is_active=True).order_by("pk") if user.plans_studies]
    kinds = {(user.administers, frozenset(roles.get(user.pk, ()))): user for user in readers}
    return list(kinds.values())
