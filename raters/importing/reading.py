"""Reads a file of judged pairs in one of the known formats."""

from collections.abc import Callable
from pathlib import Path

from django.utils.text import slugify

from promptsets.formats.source import Source, read_source
from promptsets.versions import LONGEST_SLUG
from raters.importing import comparator
from raters.importing.judged_file import JudgedFile

FORMATS: dict[str, Callable[[Source], JudgedFile]] = {comparator.NAME: comparator.judged_in}


def read_judged(path: Path, format: str = comparator.NAME) -> JudgedFile:  # noqa: A002  the option's name
    """Raises: PromptFileError (StudyFileError) saying where and why; nothing is stored."""
    return FORMATS[format](read_source(path))


def slug_for(name: str) -> str:
    """The study's name, made of the file's. Raises: ValueError where it makes none."""
    slug = slugify(name.removesuffix(".gz").rpartition(".")[0])[:LONGEST_SLUG]
    if not slug:
        raise ValueError(f"{name!r} makes no name for a study: give one with --slug")
    return slug
