"""The judgments of a leaderboard's studies as one table, in names that are the checkpoints' own across all of them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from assay.reports.counted import Counted
from assay.reports.judgments import arm_names
from raters.models import Study, StudyArm

if TYPE_CHECKING:
    from analysis.tables import JudgmentTable


@dataclass(frozen=True)
class Entry:
    """What stands on a leaderboard: a checkpoint, apart for each sampling where it took part with several."""

    name: str
    checkpoint: int


@dataclass(frozen=True)
class Gathered:
    """The table of each study that has numbers, and what each arm's entry is."""

    tables: dict[int, "JudgmentTable"]
    entries: dict[int, Entry]  # by the arm's primary key


def gather(studies: Iterable[Study]) -> Gathered:
    """What people said, or simulated raters; never what language models did. Fold first."""
    found = [(study, Counted.of(study).table()) for study in studies]
    tables = {study.pk: table for study, table in found if table}
    return Gathered(tables, entries_of(StudyArm.objects.filter(study__in=tables)))


def entries_of(arms: QuerySet[StudyArm]) -> dict[int, Entry]:
    arms = arms.select_related("run__checkpoint")
    samplings: dict[int, set[str]] = defaultdict(set)
    for arm in arms:
        samplings[arm.run.checkpoint_id].add(arm.run.sampling_sha256)
    return {arm.pk: _entry(arm, len(samplings[arm.run.checkpoint_id]) > 1) for arm in arms}


def _entry(arm: StudyArm, several: bool) -> Entry:
    name = arm.run.checkpoint.name
    return Entry(
        f"{name}, sampling {arm.run.sampling_sha256[:6]}" if several else name, arm.run.checkpoint_id
    )


def called(study: Study, entries: dict[int, Entry]) -> dict[str, str]:
    """The entry's name by what the study itself calls the arm."""
    return {name: entries[arm].name for arm, name in arm_names(study).items()}


def whole(studies: Iterable[Study], gathered: Gathered) -> "JudgmentTable":
    """All as one table. Raises: TableError where nothing compares two checkpoints."""
    from analysis.merging import merged

    ordered = [study for study in studies if study.pk in gathered.tables]
    return merged([(gathered.tables[study.pk], called(study, gathered.entries)) for study in ordered])
