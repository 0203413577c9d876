from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from promptsets.fitting import FILTERS
from promptsets.naming import version_named
from promptsets.subsets import STRATA, Sample, subset


class Command(BaseCommand):
    help = "Makes a prompt set of a part of another: those that fit a filter, or a stratified sample of them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("set", help="a set's slug, or slug@number for a version")
        parser.add_argument("slug", help="the new set's name")
        for name in FILTERS:
            words = "a part of a text or key" if name == "q" else name
            parser.add_argument(f"--{name}", help=f"only prompts with this {words}")
        parser.add_argument("--sample", type=int, metavar="N", help="draw N of them")
        parser.add_argument("--by", help=f"strata of the sample, by default category: of {', '.join(STRATA)}")
        parser.add_argument("--seed", type=int, help="of the sample, by default 0")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["sample"] is None and (options["by"] or options["seed"] is not None):
            raise CommandError("--by and --seed are for a sample: give --sample N, too.")
        filters = {name: options[name] for name in FILTERS if options[name]}
        try:
            sample = sample_from(options) if options["sample"] is not None else None
            version, is_new = subset(version_named(options["set"]), options["slug"], filters, sample)
        except ValueError as error:
            raise CommandError(str(error)) from error
        told = "" if is_new else ", which was there already; nothing was changed"
        self.stdout.write(f"{version}: {version.prompts.count()} prompts of {options['set']}{told}")


def sample_from(options: dict[str, Any]) -> Sample:
    by = (options["by"] or "category").split(",")
    return Sample(options["sample"], tuple(by), options["seed"] or 0)
