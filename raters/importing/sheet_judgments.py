"""What the rows of a sheet of judgments say together: what was compared with what, and who changed their mind."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from analysis.wording import counted
from promptsets.formats.problems import printable
from promptsets.refusals import FieldError
from promptsets.taxonomy import KEY_PATTERN
from raters.importing.judged_file import JudgedPrompt, Rating, Verdict, key_of

EARLIEST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SheetJudgment:
    """One row: a stood left, b right. `favours`: a side, or "" for a tie. `name`: what the sheet calls the prompt."""

    number: int
    name: str
    prompt: str
    models: tuple[str, str]
    texts: tuple[str, str]
    favours: str
    strength: int
    acceptable: tuple[bool | None, bool | None]
    rater: str
    at: datetime | None
    comment: str
    raw: dict[str, Any]

    def rating(self, baseline: str) -> Rating:
        """The row as a verdict on the candidate, which is a, and the baseline."""
        a_is_left = self.models[1] == baseline
        preference = "tie" if not self.favours else "a" if (self.favours == "left") == a_is_left else "b"
        of_a, of_b = self.acceptable if a_is_left else self.acceptable[::-1]
        raw = self.raw | {"shown_left": self.models[0]}
        return Rating(preference, self.strength, a_is_left, self.comment, of_a, of_b, raw)

    def candidate(self, baseline: str) -> str:
        return self.models[0] if self.models[1] == baseline else self.models[1]

    @property
    def what(self) -> tuple[str, str, frozenset[str]]:
        """Who judged what: of two rows that agree in it, the later counts."""
        return self.rater, self.prompt, frozenset(self.models)


Clash = tuple[int, str, str]  # row, column, what is wrong


def clashes(judgments: Sequence[SheetJudgment]) -> Iterator[Clash]:
    """Rows that cannot both be right: one text under two names, two under one, and judgments of unknown order."""
    names: dict[str, SheetJudgment] = {}
    texts: dict[str, SheetJudgment] = {}
    said: dict[tuple[str, str], tuple[str, int]] = {}
    times: dict[tuple[Any, ...], int] = {}
    for one in judgments:
        first = names.setdefault(one.name, one) if one.name else one
        if first.prompt != one.prompt:
            yield (
                one.number,
                "prompt",
                f"differs from that of row {first.number}, which has the same instance_id",
            )
        first = texts.setdefault(one.prompt, one)
        if first.name != one.name:
            yield one.number, "prompt", f"is that of row {first.number}, which has another instance_id"
        for model, text, side in zip(one.models, one.texts, "ab", strict=True):
            known, number = said.setdefault((one.prompt, model), (text, one.number))
            if known != text:
                told = f"differs from what {printable(model)} says to the same prompt in row {number}"
                yield one.number, f"completion_{side}", told
        if (number := times.setdefault((*one.what, one.at), one.number)) != one.number:
            told = f"does not say whether this or row {number}, by the same rater of the same two, came later"
            yield one.number, "timestamp", told
    yield from _untimed(judgments)


def _untimed(judgments: Sequence[SheetJudgment]) -> Iterator[Clash]:
    often = Counter(one.what for one in judgments)
    for one in judgments:
        if often[one.what] > 1 and one.at is None:
            yield (
                one.number,
                "timestamp",
                "is empty, and the same rater judged the same two in another row, too",
            )


def baseline_of(judgments: Sequence[SheetJudgment], chosen: str) -> str:
    """The one that was chosen, else the one model that stands in every pair. Raises: FieldError where none does."""
    pairs = Counter(tuple(sorted(one.models)) for one in judgments)
    models = {model for pair in pairs for model in pair}
    if chosen:
        if chosen not in models:
            named = ", ".join(map(printable, sorted(models)[:20]))
            raise FieldError("baseline", f"the sheet has no model {chosen!r}; it has {named}")
        return chosen
    always = [model for model in models if all(model in pair for pair in pairs)]
    if len(always) == 1:
        return always[0]
    raise FieldError(
        "baseline",
        f"is needed: a study compares candidates with one model, and {_pairs(pairs)} leave open with which. "
        "Rows without it are left out, and counted",
    )


def _pairs(pairs: Counter[tuple[str, ...]]) -> str:
    most = pairs.most_common(10)
    return ", ".join(f"{printable(a)} and {printable(b)} ({counted(n, 'row')})" for (a, b), n in most)


def others(judgments: Sequence[SheetJudgment], baseline: str) -> str:
    """The pairs that a study against this baseline does without, with their rows; "" where there are none."""
    return _pairs(Counter(tuple(sorted(one.models)) for one in judgments if baseline not in one.models))


def prompts_of(judgments: Sequence[SheetJudgment], baseline: str) -> Iterator[JudgedPrompt]:
    """The prompts in the order in which they come, with what each rater said of each candidate, the latest last."""
    raters = {rater: number for number, rater in enumerate(dict.fromkeys(one.rater for one in judgments))}
    by_prompt: dict[str, list[SheetJudgment]] = {}
    for one in judgments:
        by_prompt.setdefault(one.prompt, []).append(one)
    are_keys = all(re.match(KEY_PATTERN, rows[0].name) for rows in by_prompt.values())
    for place, (text, rows) in enumerate(by_prompt.items()):
        key = rows[0].name if are_keys else key_of(place)
        responses = {model: said for row in rows for model, said in zip(row.models, row.texts, strict=True)}
        yield JudgedPrompt(key, text, (), responses, tuple(_verdicts(rows, baseline, raters)))


def _verdicts(rows: Sequence[SheetJudgment], baseline: str, raters: dict[str, int]) -> Iterator[Verdict]:
    by_comparison: dict[tuple[int, str], list[SheetJudgment]] = {}
    for row in rows:
        by_comparison.setdefault((raters[row.rater], row.candidate(baseline)), []).append(row)
    for (rater, candidate), told in by_comparison.items():
        in_order = sorted(told, key=lambda row: row.at or EARLIEST)
        yield Verdict(rater, candidate, tuple(row.rating(baseline) for row in in_order))
