"""A locked design as its reader may know it, and what it changed of the design before: beneath pages and API alike."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assay.accounts.models import AuditEvent
from assay.reports.arms import model_number
from assay.reports.blinding import Arms, arms_for
from raters.models import Study

# A digest of texts beside the names of those who wrote them, and what keeps the design's own from being tried: who has
# both texts could see which name fits.
TELLS_WHO_WROTE = ("comparisons_sha256", "seal")
GROUPS = ("rubric", "welfare", "care", "pay", "way_in", "texts")
ALWAYS_OTHER = ("version", "follows", "seal")  # of any two versions


@dataclass(frozen=True)
class Change:
    """A part of the design by its path, such as `rubric.slug`, in both versions; None where one had no such part."""

    part: str
    before: Any
    after: Any


@dataclass(frozen=True)
class ToldDesign:
    """What was locked, when and by whom; and against the version before, where there is one that may be known."""

    study: Study
    is_blind: bool
    design: Mapping[str, Any]
    locked_by: str | None
    follows: Study | None
    changes: tuple[Change, ...]

    def parts(self) -> dict[str, Any]:
        return dict(parts_of(self.design))


def design_for(study: Study, user: Any, *, names_allowed: bool = True) -> ToldDesign | None:
    """None before the lock. names_allowed: as for `sees_arms`."""
    if study.locked_at is None:
        return None
    arms = arms_for(study, user, names_allowed=names_allowed)
    before = Study.objects.for_user(user).filter(followed_by=study).distinct().first()
    changes: tuple[Change, ...] = ()
    is_blind = arms.is_blind
    if before is not None:
        hides = is_blind or arms_for(before, user, names_allowed=names_allowed).is_blind
        changes = tuple(changed(before.design, study.design, hides=hides))
    return ToldDesign(study, is_blind, told(study.design, arms), locked_by(study), before, changes)


def told(design: Mapping[str, Any], arms: Arms) -> dict[str, Any]:
    """While blind, arms have labels and nothing else: a seed or a digest tells which checkpoint it is."""
    if not arms.is_blind:
        return dict(design)
    labels = sorted(arms.called.values(), key=model_number)
    kept = {name: value for name, value in design.items() if name not in TELLS_WHO_WROTE}
    return kept | {"arms": [{"label": label} for label in labels]}


def changed(before: Mapping[str, Any], after: Mapping[str, Any], *, hides: bool) -> Iterator[Change]:
    """The parts that differ, in the order of the later design. `hides`: arms are counted, no more."""
    old, new = dict(parts_of(before)), dict(parts_of(after))
    for part in [*new, *(name for name in old if name not in new)]:
        if part in ALWAYS_OTHER or old.get(part) == new.get(part) or (hides and part in TELLS_WHO_WROTE):
            continue
        if hides and part == "arms":
            yield from counted(old.get(part, []), new[part])
        else:
            yield Change(part, old.get(part), new.get(part))


def counted(before: Sequence[Any], after: Sequence[Any]) -> Iterator[Change]:
    """How many arms, where that differs: whoever plans a version with arms of their own would else learn by whether
    they are the same which they were.
    """
    if len(before) != len(after):
        yield Change("arms", f"{len(before)} arms", f"{len(after)} arms")


def parts_of(design: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Each part with its path; those of a group one by one."""
    for name, value in design.items():
        if name in GROUPS and isinstance(value, dict):
            yield from ((f"{name}.{inner}", one) for inner, one in value.items())
        else:
            yield name, value


def locked_by(study: Study) -> str | None:
    """Who locked it, as the audit log has it; None for a command or a worker."""
    acts = AuditEvent.objects.filter(target_type="raters.study", target_id=str(study.pk))
    act = acts.filter(action="study.locked").select_related("actor").order_by("pk").first()
    return act.actor.username if act and act.actor else None
