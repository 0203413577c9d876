"""The evaluation card: one document that says what was asked, of whom, what came out, and what it does not say.

It is made from the export of a study and from nothing else, so that whoever holds the export can make it again.
"""

import platform
from collections.abc import Iterator
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

from assay.takeaway.evidence import Evidence, EvidenceError
from assay.takeaway.judgments import BY_A_MODEL
from assay.takeaway.numbers import numbers_of
from assay.takeaway.source import Row

SCHEMA = "evaluation-card/1"
COPIED = ("study", "asked", "checkpoints", "design", "rules")
LIBRARIES = ("assay", "numpy", "scipy", "pandas")
TOLD_APART = 0.75


def card_of(evidence: Evidence) -> dict[str, Any]:
    """The unsigned card. Two exports of the same data give equal cards.

    Raises: EvidenceError where the export is not of a whole study.
    """
    if evidence.study is None:
        raise EvidenceError(
            "a card is made of a whole study's export: python manage.py export STUDY --kind study"
        )
    numbers = numbers_of(evidence)
    return {
        "schema": SCHEMA,
        **{name: evidence.study[name] for name in COPIED},
        "numbers": numbers,
        "limits": list(limits(evidence.study, numbers)),
        "evidence": {"study": asdict(evidence.whole), "judgments": asdict(evidence.judgments)},
        "versions": versions(),
    }


def versions() -> dict[str, str]:
    """Of what computed the numbers."""
    return {name: version(name) for name in LIBRARIES} | {"python": platform.python_version()}


def limits_of_import(imported: dict[str, str]) -> Iterator[str]:
    where = f"The judgments were made elsewhere and read of a file ({imported['format']}, SHA-256 {imported['sha256']})"
    if "raters" in imported:
        yield f"{where}. Its raters are kept apart under codes."
    else:
        yield (
            f"{where}, which does not say who judged: raters are its places in each list, and how much "
            "raters differ is in no interval here."
        )
    if "left_out" in imported:
        yield f"Whoever imported the file left out its rows {imported['left_out']}."
    if "other_pairs" in imported:
        yield f"The file compares other pairs, too, which are not here: {imported['other_pairs']}."


def limits(study: Row, numbers: Row) -> Iterator[str]:
    """What the numbers do not say."""
    yield (
        "The intervals speak of prompts like these and raters like these. They say nothing of other languages, "
        "tasks or uses."
    )
    if study["study"]["simulated"]:
        yield "The raters were simulated, with a known truth: nothing here says anything about people."
    if imported := study["study"].get("imported"):  # exports from before studies could be imported lack it
        yield from limits_of_import(imported)
    if not numbers["judgments"]["counted"] and numbers["judgments"]["not_counted"].get(BY_A_MODEL):
        yield (
            "No person judged: a language model did, alone. Its verdicts are in the export, and no number here is made "
            "of them."
        )
    if study["study"]["blinded"]:
        yield "The study is blinded: models go by number, and the lower number stands first, whichever it is."
    if study["study"]["status"] != "closed":
        yield "The study was still open when its data were taken out: later judgments are not here."
    yield "Raters were not told who wrote what. Style is not hidden: how well it tells the models apart is measured."
    for style in numbers["blinding"]["style"]:
        if style["value"] > TOLD_APART:
            yield (
                f"Style alone tells {style['first']} from {style['second']} in {style['value']:.0%} of the pairs: "
                "a rater who knows either may have known which it was."
            )
    for guess in numbers["blinding"]["guesses"]:
        if guess["value"] > guess["in_doubt_above"]:
            yield f"Raters could tell {guess['arm']} (Bang's index {guess['value']:.2f}): the blinding is in doubt."
    if any(pair.get("categories") for pair in numbers["pairs"]):
        yield "Intervals of categories each hold at their own level: among many, some miss by chance."
    if numbers["safety"]:
        yield "Safety rates are of these prompts. A rate of zero is no proof that none would break the policy."
