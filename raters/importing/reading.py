"""Reads a file of judged pairs in one of the known formats."""

from collections.abc import Callable
from pathlib import Path

from django.utils.text import slugify

from promptsets.formats.source import ZIP_MAGIC, Source, source_of, stored_in, workbook_of
from promptsets.versions import LONGEST_SLUG
from raters.importing import comparator, tulu_sheet
from raters.importing.judged_file import Choices, JudgedFile

FORMATS: dict[str, Callable[[Source, Choices], JudgedFile]] = {
    comparator.NAME: comparator.judged_in,
    tulu_sheet.NAME: tulu_sheet.judged_in,
}


def read_judged(path: Path, format: str, choices: Choices) -> JudgedFile:  # noqa: A002  the option's name
    """Raises: PromptFileError (StudyFileError) saying where and why, or FieldError; nothing is stored."""
    return judged_of(path.name, stored_in(path), format, choices)


def judged_of(name: str, stored: bytes, format: str, choices: Choices) -> JudgedFile:  # noqa: A002
    """As `read_judged`, of a file's bytes: text, gzipped or not, or a workbook."""
    is_workbook = stored.startswith(ZIP_MAGIC)
    source = workbook_of(name, stored) if is_workbook else source_of(name, stored)
    return FORMATS[format](source, choices)


def slug_for(name: str) -> str:
    """The study's name, made of the file's. Raises: ValueError where it makes none."""
    slug = slugify(name.removesuffix(".gz").rpartition(".")[0])[:LONGEST_SLUG]
    if not slug:
        raise ValueError(f"{name!r} makes no name for a study: give one with --slug")
    return slug
