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
        parser.add_argument("--by", default="category", help=f"strata of the sample: of {', '.join(STRATA)}")
        parser.add_argument("--seed", type=int, default=0)

    def handle(self, *args: Any, **options: Any) -> None:
        filters = {name: options[name] for name in FILTERS if options[name]}
        try:
            drawn = options["sample"] is not None
            sample = (
                Sample(options["sample"], tuple(options["by"].split(",")), options["seed"]) if drawn else None
            )
            version, is_new = subset(version_named(options["set"]), options["slug"], filters, sample)
        except ValueError as error:
            raise CommandError(str(error)) from error
        told = "" if is_new else ", which was there already; nothing was changed"
        self.stdout.write(f"{version}: {version.prompts.count()} prompts of {options['set']}{told}")
