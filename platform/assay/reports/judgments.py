"""A study's judgments as the table that `analysis` reads."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from assay.reports.settled import Row, equal_rows, reused_rows
from raters.judging import OUTCOMES
from raters.models import Judgment, Study, StudyArm
from raters.rubrics.scales import BOTH_BAD_SCALE
from raters.studies.exclusions import excluded_raters


def rater_key(path: str) -> Cast:
    """A rater's name in tables of numbers: unlike the code it never changes, so no sum is ever added up otherwise."""
    return Cast(path, TextField())


FIELDS: dict[str, Any] = {
    "prompt_id": "assignment__comparison__prompt__key",
    "rater_id": rater_key("assignment__rater"),
    "category": "assignment__comparison__prompt__category",
    "candidate": "assignment__comparison__arm_a",
    "baseline": "assignment__comparison__arm_b",
    "preference": "preference",
    "a_is_left": "assignment__a_is_left",
    "both_bad": "both_bad",
}


def columns_of(study: Study, judgments: QuerySet[Judgment] | None = None) -> Mapping[str, Sequence[object]]:
    """One row for each judgment, in the columns of `analysis.tables.read_judgments`; by default the headline's.

    What counts without having been asked here has its rows, too, as `settled` says.
    """
    rows = judged_rows(study, headline_judgments(study) if judgments is None else judgments, FIELDS)
    return as_columns(study, rows + equal_rows(study, rows), FIELDS)


def judged_rows(study: Study, judgments: QuerySet[Judgment], fields: Mapping[str, Any]) -> list[Row]:
    """One row for each of the judgments, and for each of earlier studies that counts here; not for what nobody said."""
    found = judgments.order_by("pk").values_list(*fields.values())
    rows = [dict(zip(fields, values, strict=True)) for values in found]
    return rows + reused_rows(study, fields, headline_judgments)


def as_columns(study: Study, rows: Sequence[Row], fields: Iterable[str]) -> Mapping[str, Sequence[object]]:
    """The rows by column, with names for arms, outcomes for preferences and sides for places."""
    columns = {name: [row[name] for row in rows] for name in fields}
    if not asks_for_both_bad(study):
        del columns["both_bad"]
    columns["outcome"] = [OUTCOMES[preference] for preference in columns.pop("preference")]
    names = arm_names(study)
    for role in ("candidate", "baseline"):
        columns[role] = [names[arm] for arm in columns[role]]
    columns["side"] = ["left" if a_is_left else "right" for a_is_left in columns.pop("a_is_left")]
    return columns


def asks_for_both_bad(study: Study) -> bool:
    return study.rubric.scale == BOTH_BAD_SCALE or study.rubric.asks_tie_kind


def headline_judgments(study: Study) -> QuerySet[Judgment]:
    """All that count, without those of raters whom the study's own rules leave out."""
    return Judgment.objects.counted(study).exclude(assignment__rater__code__in=excluded_raters(study))


def arm_names(study: Study) -> dict[int, str]:
    """What each arm is called: its checkpoint, and its sampling too where a checkpoint takes part twice."""
    arms = list(study.arms.select_related("run__checkpoint"))
    names = Counter(arm.run.checkpoint.name for arm in arms)

    def called(arm: StudyArm) -> str:
        name = arm.run.checkpoint.name
        return name if names[name] == 1 else f"{name}, sampling {arm.run.sampling_sha256[:6]}"

    return {arm.pk: called(arm) for arm in arms}
