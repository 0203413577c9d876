"""How commands take a study: by its slug, with the known ones in the message if it is wrong."""

from django.core.management.base import CommandError, CommandParser

from raters.models import Study


def study_argument(parser: CommandParser) -> None:
    parser.add_argument("study", help="the study's slug")


def study_named(slug: str) -> Study:
    study = Study.objects.filter(slug=slug).first()
    if study is None:
        known = ", ".join(Study.objects.values_list("slug", flat=True)[:10]) or "none yet"
        raise CommandError(f"There is no study {slug!r}. Studies: {known}.")
    return study
