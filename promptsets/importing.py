"""Brings a file of prompts in as a version of a set: all of it or nothing. First it is planned, then it is saved."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.text import slugify

from promptsets.formats import Format, format_of, refused, rows
from promptsets.formats.columns import Columns
from promptsets.formats.problems import MOST_LISTED, BadRow, Problem, PromptFileError
from promptsets.formats.row import PromptRow
from promptsets.formats.source import Source, read_source
from promptsets.manifests import check_manifest, digests_of
from promptsets.mappings import remember, remembered
from promptsets.models import PromptSet, PromptSetVersion
from promptsets.summary import Summary, summarise
from promptsets.versions import LONGEST_SLUG, VersionError, checked, next_semver, store

MOST_PROMPTS = 100_000


@dataclass(frozen=True)
class ImportResult:
    """The version that holds the file's prompts, whether it was made just now, and what stands in it."""

    version: PromptSetVersion
    is_new: bool
    summary: Summary
    format: str

    def headline(self) -> str:
        version = self.version
        if not self.is_new:
            return f"{version} holds the same prompts already; nothing was changed."
        mark = "; a byte order mark was left out" if "byte_order_mark" in version.manifest["file"] else ""
        return f"{version} ({version.semver}), {self.format}, content {version.content_sha256[:12]}{mark}"


@dataclass(frozen=True)
class ImportPlan:
    """A file that was read whole and is sound, and what it would become. Nothing is stored before `save`."""

    source: Source
    slug: str
    format: Format
    rows: list[PromptRow]
    summary: Summary

    @property
    def columns(self) -> Columns | None:
        """The mapping that was used, where the file is a table of another source."""
        return self.format if isinstance(self.format, Columns) else None

    def becomes(self) -> str:
        """The name and semantic version of what would be saved, or of the version that holds it already."""
        of_set = PromptSet.objects.filter(slug=self.slug).first()
        if of_set and (same := of_set.versions.filter(**digests_of(self.rows)).first()):
            return f"{same} holds the same prompts already; nothing would be changed."
        latest = of_set.latest() if of_set else None
        number = latest.number + 1 if latest else 1
        return f"It would become {self.slug}@{number} ({next_semver(latest, self.rows)})."

    def save(self, actor: AbstractBaseUser | None = None) -> ImportResult:
        """Raises: PromptFileError if the set is of another kind."""
        try:
            version, is_new = store(self.slug, self.rows, self.manifest(), "promptset.imported", actor)
        except VersionError as error:
            raise refused(self.source, str(error)) from error
        if self.columns:
            remember(self.source, self.columns)
        return ImportResult(version, is_new, self.summary, self.format.NAME)

    def manifest(self) -> dict[str, Any]:
        file: dict[str, Any] = {
            "name": self.source.name,
            "bytes": self.source.size_bytes,
            "sha256": self.source.sha256,
        }
        if self.source.had_byte_order_mark:
            file["byte_order_mark"] = "left out"
        mapped = {"columns": self.columns.of} if self.columns else {}
        made = {"file": file, "format": self.format.NAME, **mapped, "counts": asdict(self.summary)}
        return {"schema": "promptset/1", **made}


def import_promptset(
    path: str | Path,
    slug: str | None = None,
    format_name: str | None = None,
    actor: AbstractBaseUser | None = None,
    columns: Columns | None = None,
) -> ImportResult:
    """The prompts of a file as the newest version of the set `slug`, by default named for the file.

    The same prompts again give the version that holds them and change nothing.
    Raises: PromptFileError, naming file, line and field, for whatever in it cannot be taken.
    """
    return plan_import(Path(path), slug, format_name, columns).save(actor)


def plan_import(
    path: Path, slug: str | None = None, format_name: str | None = None, columns: Columns | None = None
) -> ImportPlan:
    """As `import_promptset`, up to but without saving; a manifest beside the file must agree with it."""
    plan = plan_source(read_source(path), slug, format_name, columns)
    check_manifest(path, plan.rows)
    return plan


def plan_source(
    source: Source, slug: str | None = None, format_name: str | None = None, columns: Columns | None = None
) -> ImportPlan:
    """Reads every row. The format is a mapping of columns where one is given, else the one named, else recognised, else
    the mapping that is remembered for such columns."""
    slug = slug_given(source, slug) if slug is not None else slug_for(source)
    found = columns or (None if format_name else remembered(source)) or format_of(source, format_name)
    read = read_rows(source, rows(source, found))
    return ImportPlan(source, slug, found, read, summarise(read))


def slug_given(source: Source, slug: str) -> str:
    try:
        return checked(slug)
    except VersionError as error:
        raise refused(source, str(error)) from error


def slug_for(source: Source) -> str:
    slug = slugify(source.name.removesuffix(".gz").rpartition(".")[0])[:LONGEST_SLUG]
    if not slug:
        raise refused(source, "has a name that makes no slug: give one with --slug")
    return slug


def read_rows(source: Source, found: Iterable[tuple[int, PromptRow | BadRow]]) -> list[PromptRow]:
    """All prompts. Raises: PromptFileError that tells of the first twenty problems and of how many there are."""
    read: list[PromptRow] = []
    problems: list[Problem] = []
    count = 0
    line_of: dict[str, int] = {}
    for line, row in found:
        faults = row.faults if isinstance(row, BadRow) else faults_in_file(row, line, line_of, read)
        count += len(faults)
        problems += [Problem(line, field, message) for field, message in faults][
            : MOST_LISTED - len(problems)
        ]
        if isinstance(row, PromptRow):
            read.append(row)
        if len(read) > MOST_PROMPTS:
            raise refused(source, f"holds more than {MOST_PROMPTS} prompts: split it into several sets")
    if count:
        raise PromptFileError(source.name, problems, count)
    if not read:
        raise refused(source, "holds no prompt")
    return read


def faults_in_file(
    row: PromptRow, line: int, line_of: dict[str, int], read: list[PromptRow]
) -> tuple[tuple[str, str], ...]:
    """What is wrong with a row beside those before it; notes the row's key."""
    if row.key in line_of:
        return (("id", f"gives the key {row.key!r}, which line {line_of[row.key]} has already"),)
    line_of[row.key] = line
    if read and row.kind != read[0].kind:
        return (("kind", f"is {row.kind}, but the first prompt's is {read[0].kind}: a set has one kind"),)
    return ()
