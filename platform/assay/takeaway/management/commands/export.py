from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from rich.progress import Progress

from assay.takeaway.kinds import KINDS, checked, write_kind
from assay.takeaway.making import digest_of, settle_on_disk
from assay.takeaway.source import Source
from promptsets.audit import audited
from raters.management.studies import study_argument, study_named
from raters.models import Study

SUFFIXES = ("jsonl.gz", "jsonl", "csv.gz", "csv", "parquet", "json.gz", "json", "html")


class Command(BaseCommand):
    help = (
        "Writes a study's judgments, responses, preference pairs, reports or its evaluation card into a file."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        study_argument(parser)
        parser.add_argument("--kind", choices=list(KINDS), required=True)
        parser.add_argument("--format", help="by default the file's ending: " + ", ".join(SUFFIXES))
        parser.add_argument("--out", type=Path, required=True, metavar="FILE")
        parser.add_argument("--category", help="only prompts of this category")
        parser.add_argument("--counted", action="store_true", help="only judgments that the headline counts")
        parser.add_argument("--rule", help="of preference pairs: majority, unanimous or each")
        parser.add_argument("--pair", help="for LLM Comparator, where a study has several")

    def handle(self, *args: Any, **options: Any) -> None:
        study, out = study_named(options["study"]), options["out"]
        named = [suffix for suffix in SUFFIXES if out.name.endswith(f".{suffix}")]
        format_ = options["format"] or next(iter(named), "")
        asked = {name: options[name] for name in ("category", "counted", "rule", "pair")}
        try:
            filters = checked(options["kind"], format_, {k: v for k, v in asked.items() if v})
            self.write(study, options["kind"], format_, filters, out)
        except (ValueError, OSError) as error:
            raise CommandError(str(error)) from error

    def write(self, study: Study, kind: str, format_: str, filters: dict[str, Any], out: Path) -> None:
        """Into a file beside it, which takes the name once it is whole."""
        source, part = Source(study, filters), out.with_name(f".{out.name}.part")
        try:
            with part.open("wb") as file, Progress(transient=True) as progress:
                task = progress.add_task(kind, total=KINDS[kind].how_many(source))
                write_kind(file, kind, format_, source, lambda: progress.advance(task))
                settle_on_disk(file)
            part.replace(out)
        finally:
            part.unlink(missing_ok=True)
        detail = {"kind": kind, "format": format_, "filters": filters, "sha256": digest_of(out)}
        with transaction.atomic():
            audited.send(Study, actor=None, action="study.exported", target=study, detail=detail)
        self.stdout.write(f"{out}: {out.stat().st_size} bytes, SHA-256 {detail['sha256']}")
