from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.table import Table

from promptsets.balance import Cell, broken_contrasts, instruction_cells, safety_cells
from promptsets.formats import format_of, rows
from promptsets.formats.problems import PromptFileError
from promptsets.formats.row import PromptRow
from promptsets.formats.source import read_source
from promptsets.importing import read_rows
from promptsets.manifests import check_manifest
from promptsets.similarity import distinct_2, masked, near_duplicates, opening, words_of

LIBRARY = settings.BASE_DIR / "promptsets/library"
SETS = {"instruction": instruction_cells, "safety": safety_cells}
ALIKE, ALIKE_MASKED, MOST_OPENINGS = 0.6, 0.5, 8
SHOWN = 10


class Command(BaseCommand):
    help = "Counts the library's sets against their targets, and says how varied they are; exit code 1 if one is off."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--against",
            nargs="*",
            type=Path,
            default=[],
            help="prompt files to compare with and to find copies of",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        console, off = Console(), 0
        read = {name: read_set(LIBRARY / name / "prompts.jsonl") for name in SETS}
        for name, cells_of in SETS.items():
            off += show_cells(console, name, list(cells_of(read[name])))
            off += show_variety(console, name, read[name])
        ours = {row.key: row.text for prompts in read.values() for row in prompts}
        others = {str(file): read_set(file) for file in options["against"]}
        for name, prompts in others.items():
            show_variety(console, name, prompts)
        off += show_alike(console, "near duplicates", ours, ALIKE)
        off += show_alike(
            console, "alike once masked", {key: masked(text) for key, text in ours.items()}, ALIKE_MASKED
        )
        for name, prompts in others.items():
            off += show_copies(console, ours, name, prompts)
        off += len(broken_contrasts(read["safety"]))
        if off:
            raise CommandError(f"{off} counts are off; see above.")


def read_set(file: Path) -> list[PromptRow]:
    try:
        source = read_source(file)
        read = read_rows(source, rows(source, format_of(source)))
        check_manifest(file, read)
    except PromptFileError as error:
        raise CommandError(str(error)) from error
    return read


def show_cells(console: Console, name: str, cells: list[Cell]) -> int:
    """Prints the counts; how many differ from their targets."""
    table = Table(title=f"{name}: counts and targets", title_justify="left")
    for heading in ("cell", "count", "target"):
        table.add_column(heading, justify="left" if heading == "cell" else "right")
    for cell in cells:
        table.add_row(cell.name, str(cell.count), str(cell.target), style="" if cell.is_met else "bold red")
    console.print(table)
    return sum(not cell.is_met for cell in cells)


def show_variety(console: Console, name: str, prompts: list[PromptRow]) -> int:
    """Prints how varied the prompts are; how many openings come too often."""
    texts = {row.key: row.text for row in prompts}
    lengths = sorted(row.characters for row in prompts)
    at = {share: lengths[int(share * (len(lengths) - 1))] for share in (0.5, 0.9, 0.99, 1.0)}
    console.print(f"{name}: distinct-2 {distinct_2(texts):.3f}; characters " + told(at.items(), "{:.0%} {}"))
    openings = Counter(opening(text) for text in texts.values())
    console.print(f"{name}: commonest openings " + told(openings.most_common(5), "“{}” {}"))
    first = Counter(words_of(text)[0] for text in texts.values() if words_of(text))
    console.print(f"{name}: commonest first words " + told(first.most_common(12), "{} {}"))
    return sum(count > MOST_OPENINGS for count in openings.values())


def told(pairs: Iterable[tuple[Any, Any]], form: str) -> str:
    return ", ".join(form.format(*pair) for pair in pairs)


def show_alike(console: Console, what: str, texts: dict[str, str], at_least: float) -> int:
    found = list(near_duplicates(texts, at_least))
    console.print(f"{what} (4-gram Jaccard {at_least} or more): {len(found)}")
    for pair in found[:SHOWN]:
        console.print(f"  {pair.first} and {pair.second}: {pair.jaccard:.2f}")
    return len(found)


def show_copies(console: Console, ours: dict[str, str], name: str, prompts: list[PromptRow]) -> int:
    """Prompts of ours that come near one of another file."""
    theirs = {f"{name}:{row.key}": row.text for row in prompts}
    pairs = near_duplicates({**theirs, **ours}, ALIKE)
    found = [pair for pair in pairs if (pair.first in ours) != (pair.second in ours)]
    console.print(f"near {name} ({len(theirs)} prompts): {len(found)}")
    for pair in found[:SHOWN]:
        console.print(f"  {pair.second} and {pair.first}: {pair.jaccard:.2f}")
    return len(found)
