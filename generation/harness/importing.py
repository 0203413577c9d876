"""Keeps the numbers of a file of results with the checkpoint that they are of: all of them or none."""

from dataclasses import asdict, dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from generation.harness.reading import HarnessFile, results_in
from generation.models import AutomaticResult, Checkpoint, ResultFile
from promptsets.audit import audited

TOOL, BATCH = "lm-evaluation-harness", 1000


@dataclass(frozen=True)
class ImportedResults:
    """The file as it is kept, what was read of it, and whether it is new."""

    file: ResultFile
    read: HarnessFile
    is_new: bool

    @property
    def told(self) -> str:
        """What came of it, as the page and the command say it."""
        what = f"{len(self.read.numbers)} automatic results of {self.file.checkpoint}"
        return f"{what} are kept." if self.is_new else f"{what} were here already; nothing was changed."


@transaction.atomic
def import_results(
    name: str, content: bytes, checkpoint: Checkpoint, *, actor: AbstractBaseUser | None = None
) -> ImportedResults:
    """The same file again changes nothing. Raises: HarnessFileError; ValueError if it is another checkpoint's."""
    read = results_in(name, content)
    fields = {
        "checkpoint": checkpoint,
        "name": read.name[-255:],
        "tool": TOOL,
        "tool_version": read.version,
        "model": read.model,
        "measured_at": read.measured_at,
        "notes": list(read.notes),
        "imported_by": actor,
    }
    file, is_new = ResultFile.objects.get_or_create(sha256=read.sha256, defaults=fields)
    if file.checkpoint_id != checkpoint.pk:
        raise ValueError(f"{name} was imported already, onto {file.checkpoint}: a file is of one checkpoint")
    if is_new:
        rows = (AutomaticResult(file=file, **asdict(number)) for number in read.numbers)
        AutomaticResult.objects.bulk_create(rows, batch_size=BATCH)
        detail = {"file": file.name, "file_sha256": file.sha256, "numbers": len(read.numbers)}
        audited.send(Checkpoint, actor=actor, action="results.imported", target=checkpoint, detail=detail)
    return ImportedResults(file, read, is_new)
