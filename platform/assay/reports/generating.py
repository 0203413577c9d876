"""How far the responses of a study's arms have come, as its reader may know it: beneath pages and API alike."""

from collections.abc import Iterable
from dataclasses import dataclass

from assay.reports.blinding import Arms
from generation.models import Chunk
from generation.progress import RunProgress, run_progress
from raters.models import Study


@dataclass(frozen=True)
class Generating:
    """How far one arm's responses have come, or all arms' together: without a name and a run."""

    called: str
    run: int | None
    present: int
    wanted: int
    tokens_a_second: float | None
    queued: int
    failed: int
    is_under_way: bool


def generating(study: Study, arms: Arms) -> tuple[Generating, ...]:
    """By arm, or as one row for who is blind: the list of runs tells each checkpoint's counts, and who has seen one of
    them beside a label knows both.
    """
    runs = {arms.called[arm.pk]: arm.run for arm in study.arms.select_related("run")}
    if arms.is_blind:
        return (counted("", None, map(run_progress, runs.values())),) if runs else ()
    return tuple(counted(called, run.pk, [run_progress(run)]) for called, run in sorted(runs.items()))


def counted(called: str, run: int | None, of: Iterable[RunProgress]) -> Generating:
    rows = list(of)
    paces = [row.tokens_a_second for row in rows if row.tokens_a_second is not None]
    return Generating(
        called=called,
        run=run,
        present=sum(row.present for row in rows),
        wanted=sum(row.wanted for row in rows),
        tokens_a_second=sum(paces) if paces else None,
        queued=sum(row.chunks.get(Chunk.Status.QUEUED, 0) for row in rows),
        failed=sum(row.chunks.get(Chunk.Status.DEAD, 0) for row in rows),
        is_under_way=any(row.is_under_way for row in rows),
    )
