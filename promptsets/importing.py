"""Brings a file of prompts in as a version of a set: all of it or nothing."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.validators import slug_re
from django.db import transaction
from django.utils.text import slugify

from promptsets.audit import audited
from promptsets.digests import text_digest
from promptsets.formats import format_of, refused, rows
from promptsets.formats.problems import MOST_LISTED, BadRow, Problem, PromptFileError, shown
from promptsets.formats.row import PromptRow
from promptsets.formats.source import Source, read_source
from promptsets.manifests import check_manifest, digests_of, metadata_of
from promptsets.models import Prompt, PromptSet, PromptSetVersion
from promptsets.summary import Summary, summarise

MOST_PROMPTS = 100_000
LONGEST_SLUG = 64


@dataclass(frozen=True)
class ImportResult:
    """The version that holds the file's prompts, whether it was made just now, and what stands in it."""

    version: PromptSetVersion
    is_new: bool
    summary: Summary
    format: str


def import_promptset(
    path: str | Path,
    slug: str | None = None,
    format_name: str | None = None,
    actor: AbstractBaseUser | None = None,
) -> ImportResult:
    """The prompts of a file as the newest version of the set `slug`, by default named for the file.

    The same prompts again give the version that holds them and change nothing.
    Raises: PromptFileError, naming file, line and field, for whatever in it cannot be taken.
    """
    source = read_source(Path(path))
    slug = checked(slug, source) if slug is not None else slug_for(source)
    found = format_of(source, format_name)
    read = read_rows(source, rows(source, found))
    check_manifest(Path(path), read)
    version, is_new = store(source, found.NAME, slug, read, actor)
    return ImportResult(version, is_new, summarise(read), found.NAME)


def checked(slug: str, source: Source) -> str:
    if not slug_re.match(slug) or len(slug) > LONGEST_SLUG:
        at_most = f"at most {LONGEST_SLUG} of letters, digits, '-' and '_'"
        raise refused(source, f"cannot become the set {shown(slug)}: a slug has {at_most}")
    return slug


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


@transaction.atomic
def store(
    source: Source, format_name: str, slug: str, read: list[PromptRow], actor: AbstractBaseUser | None
) -> tuple[PromptSetVersion, bool]:
    kind = read[0].kind
    of_set, _ = PromptSet.objects.get_or_create(
        slug=slug, defaults={"title": slug.replace("-", " ").capitalize(), "kind": kind}
    )
    # Two imports at once wait here for each other, so that each gets a number of its own.
    of_set = PromptSet.objects.select_for_update().get(pk=of_set.pk)
    if of_set.kind != kind:
        raise refused(
            source,
            f"holds {kind} prompts, but the set {slug} holds {of_set.kind} prompts: use another --slug",
        )
    digests = digests_of(read)
    if same := of_set.versions.filter(**digests).first():
        return same, False
    version = new_version(of_set, read, digests, origin_of(source, format_name, read))
    detail = {"file_sha256": source.sha256, "prompts": len(read), **digests}
    audited.send(PromptSetVersion, actor=actor, action="promptset.imported", target=version, detail=detail)
    return version, True


def new_version(
    of_set: PromptSet, read: list[PromptRow], digests: dict[str, str], manifest: dict[str, Any]
) -> PromptSetVersion:
    latest = of_set.latest()
    version = PromptSetVersion.objects.create(
        prompt_set=of_set,
        number=latest.number + 1 if latest else 1,
        semver=next_semver(latest, read),
        manifest=manifest,
        **digests,
    )
    Prompt.objects.bulk_create(
        (prompt_from(row, version, position) for position, row in enumerate(read)), batch_size=1000
    )
    return version


def next_semver(latest: PromptSetVersion | None, read: list[PromptRow]) -> str:
    """A text changed or gone is a major step, prompts added a minor one, all else a patch."""
    if latest is None:
        return "1.0.0"
    before = dict(latest.prompts.values_list("key", "text_sha256"))
    after = {row.key: text_digest(row.turns) for row in read}
    major, minor, patch = map(int, latest.semver.split("."))
    if any(after.get(key) != digest for key, digest in before.items()):
        return f"{major + 1}.0.0"
    return f"{major}.{minor + 1}.0" if len(after) > len(before) else f"{major}.{minor}.{patch + 1}"


def prompt_from(row: PromptRow, version: PromptSetVersion, position: int) -> Prompt:
    return Prompt(
        version=version,
        position=position,
        key=row.key,
        turns=list(row.turns),
        text_sha256=text_digest(row.turns),
        characters=row.characters,
        **metadata_of(row),
    )


def origin_of(source: Source, format_name: str, read: list[PromptRow]) -> dict[str, Any]:
    file: dict[str, Any] = {"name": source.name, "bytes": source.bytes, "sha256": source.sha256}
    if source.had_byte_order_mark:
        file["byte_order_mark"] = "left out"
    return {"schema": "promptset/1", "file": file, "format": format_name, "counts": asdict(summarise(read))}
