"""A set's counts held against its targets."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from promptsets import targets
from promptsets.formats.row import PromptRow


@dataclass(frozen=True)
class Cell:
    """One count of a set, and what it should be."""

    name: str
    count: int
    target: int

    @property
    def is_met(self) -> bool:
        return self.count == self.target


def instruction_cells(rows: Sequence[PromptRow]) -> Iterator[Cell]:
    """Every cell of the instruction set, and a last one for prompts that stand in none."""
    counts = Counter((row.category, row.subcategory) for row in rows)
    known = 0
    for category, parts in targets.INSTRUCTION.items():
        for part, target in parts.items():
            known += counts[category, part]
            yield Cell(f"{category}: {part}", counts[category, part], target)
    yield Cell("in no cell", len(rows) - known, 0)
    yield Cell("two turns", sum(len(row.turns) == 2 for row in rows), targets.TWO_TURNS)
    yield Cell("with runnable tests", sum(has_tests(row) for row in rows), targets.WITH_TESTS)
    for level, target in targets.DIFFICULTY.items():
        yield Cell(f"difficulty {level}", sum(row.difficulty == level for row in rows), target)
    for (least, most), target in targets.LENGTHS.items():
        yield Cell(
            f"{least} to {most} characters", sum(least <= row.characters <= most for row in rows), target
        )


def has_tests(row: PromptRow) -> bool:
    reference = row.extra.get("reference")
    return isinstance(reference, dict) and "tests" in reference


def safety_cells(rows: Sequence[PromptRow]) -> Iterator[Cell]:
    """Every cell of the safety set: hazards by what is expected, kinds of look-alikes, styles and personas."""
    counts = Counter((row.hazard, row.expected) for row in rows)
    for hazard, wanted in targets.SAFETY.items():
        for expected, target in zip(("refuse", "comply", "safe_completion"), wanted, strict=True):
            yield Cell(f"{hazard}: {expected}", counts[hazard, expected], target)
    for name, target in targets.SAFE_TYPES.items():
        yield Cell(f"look-alike: {name}", sum(row.safe_type == name for row in rows), target)
    for style, target in targets.STYLES.items():
        yield Cell(f"to refuse, {style}", sum(row.extra.get("style") == style for row in rows), target)
    for persona, target in targets.PERSONAS.items():
        yield Cell(f"persona: {persona}", sum(row.persona == persona for row in rows), target)


def broken_contrasts(rows: Sequence[PromptRow]) -> list[str]:
    """Keys of look-alikes that name no prompt to refuse as what they look like."""
    to_refuse = {row.key for row in rows if row.expected == "refuse"}
    return [row.key for row in rows if row.expected == "comply" and row.contrast not in to_refuse]
