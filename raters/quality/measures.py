"""How carefully each rater judges, held against the pool of the others; computed without knowing any arm's name."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from statistics import median

from analysis.proportions import Interval, score_interval
from raters.models import Assignment, Comparison, Judgment, Study
from raters.quality.binomial import Alternative, binomial_p, holm

FAST = 0.3  # of the study's median time a word
LEVEL = 0.05
Z = 1.959964  # of 95 %
UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")  # kana and the characters of Chinese
# What is tested, and which way is bad.
TESTED: dict[str, Alternative] = {
    "gold": "less",
    "fast": "greater",
    "left": "two-sided",
    "tie": "two-sided",
    "agreement": "less",
    "self_agreement": "less",
}
FIELDS = {
    "rater": "assignment__rater__code",
    "comparison": "assignment__comparison_id",
    "kind": "assignment__comparison__kind",
    "gold": "assignment__comparison__gold_preference",
    "preference": "preference",
    "a_is_left": "assignment__a_is_left",
    "raw_answer": "raw_answer",
    "active_ms": "active_ms",
    "repeat_of": "assignment__repeat_of_id",
    "assignment": "assignment_id",
}


@dataclass(frozen=True)
class Share:
    """k of n, with Wilson's interval at 95 %; no value where there is nothing yet."""

    k: int
    n: int

    @property
    def value(self) -> float | None:
        return self.k / self.n if self.n else None

    @property
    def interval(self) -> Interval | None:
        return score_interval(self.k / self.n, self.n, Z) if self.n else None


@dataclass
class RaterQuality:
    """One rater's figures. `flags` are those in which chance alone does not explain the distance to the others."""

    rater: str
    n: int
    shares: dict[str, Share]
    longest_run: int
    median_ms: float | None
    flags: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Row:
    """One judgment, as far as quality looks at it."""

    rater: str
    comparison: int
    kind: str
    gold: str | None
    preference: str
    a_is_left: bool
    raw_answer: str
    active_ms: int | None
    words: int
    repeat_of: int | None
    assignment: int

    @property
    def favours_left(self) -> bool:
        return (self.preference == "a") == self.a_is_left


def quality_of(study: Study) -> list[RaterQuality]:
    """Every rater who has judged, by code, with flags by exact binomial tests against the pool, Holm-adjusted."""
    rows = list(judged(study))
    pace = median([row.active_ms / row.words for row in rows if row.active_ms is not None] or [0.0])
    majorities = votes(rows)
    by_rater = {
        rater: list(theirs)
        for rater, theirs in groupby(sorted(rows, key=lambda row: row.rater), key=lambda row: row.rater)
    }
    found = [of_rater(rater, theirs, pace, majorities) for rater, theirs in by_rater.items()]
    flag(found, {rater: Counter(row.raw_answer for row in theirs) for rater, theirs in by_rater.items()})
    return found


def judged(study: Study) -> Iterator[Row]:
    texts = study.comparisons.select_related("prompt", "response_a", "response_b")
    words = {row.pk: words_of(row) for row in texts}
    answers = Judgment.objects.current().filter(
        assignment__comparison__study=study,
        assignment__state=Assignment.State.DONE,
        assignment__purpose=Assignment.Purpose.RATING,
    )
    for values in answers.order_by("pk").values_list(*FIELDS.values()):
        row = dict(zip(FIELDS, values, strict=True))
        yield Row(**row, words=words[row["comparison"]])


def words_of(comparison: Comparison) -> int:
    """How much there is to read, at least one word."""
    responses = [row for row in (comparison.response_a, comparison.response_b) if row]
    texts = [*comparison.prompt.turns, *(turn for row in responses for turn in row.turns)]
    return max(1, sum(words_in(text) for text in texts))


def words_in(text: str) -> int:
    """Words as spaces part them; where a script has none between words, two letters are one.

    Source: Trauzettel-Klosinski and Dietz (2012), IOVS 53, 5452-5461: 193 words or 357 letters of Japanese a minute.
    """
    apart = UNSPACED.sub("", text)
    return len(apart.split()) + (len(text) - len(apart)) // 2


def votes(rows: Iterable[Row]) -> dict[int, Counter[str]]:
    counted: dict[int, Counter[str]] = defaultdict(Counter)
    for row in rows:
        if row.repeat_of is None and row.kind == Comparison.Kind.REGULAR:
            counted[row.comparison][row.preference] += 1
    return counted


def of_rater(rater: str, rows: list[Row], pace: float, majorities: dict[int, Counter[str]]) -> RaterQuality:
    first = [row for row in rows if row.repeat_of is None]
    shares = {
        "gold": share(row.preference == row.gold for row in first if row.kind == Comparison.Kind.GOLD),
        "fast": share(row.active_ms < FAST * pace * row.words for row in first if row.active_ms is not None),
        "left": share(row.favours_left for row in first if row.preference != "tie"),
        "tie": share(row.preference == "tie" for row in first),
        "agreement": share(agreements(first, majorities)),
        "self_agreement": repeated(rows),
    }
    times = [row.active_ms for row in first if row.active_ms is not None]
    return RaterQuality(rater, len(first), shares, longest_run(first), median(times) if times else None)


def share(hits: Iterable[bool]) -> Share:
    found = list(hits)
    return Share(sum(found), len(found))


def agreements(rows: Iterable[Row], majorities: dict[int, Counter[str]]) -> Iterator[bool]:
    """Whether the rater said what most of the others said; nothing where the others are divided, or nobody."""
    for row in rows:
        others = (
            majorities[row.comparison] - Counter([row.preference]) if row.comparison in majorities else {}
        )
        ranked = Counter(others).most_common(2)
        if ranked and (len(ranked) == 1 or ranked[0][1] > ranked[1][1]):
            yield ranked[0][0] == row.preference


def longest_run(rows: Sequence[Row]) -> int:
    """How often in a row the rater pressed the same button."""
    return max((len(list(same)) for _, same in groupby(row.raw_answer for row in rows)), default=0)


def repeated(rows: Iterable[Row]) -> Share:
    """How often the rater said the same again of a comparison that was shown a second time."""
    by_assignment = {row.assignment: row for row in rows}
    pairs = [(row, by_assignment.get(row.repeat_of)) for row in by_assignment.values() if row.repeat_of]
    return share(again.preference == before.preference for again, before in pairs if before)


def flag(found: list[RaterQuality], answers: dict[str, Counter[str]]) -> None:
    """Adds to each rater's flags what is out of line after Holm's correction over all raters and measures.

    The one furthest out leaves the pool before the others are looked at again: against a pool that holds a rater who
    always presses left, careful ones would seem to prefer the right.
    """
    pool = list(found)
    while True:
        sums, said = pooled(pool), sum((answers[one.rater] for one in pool), Counter[str]())
        tests = [(one, *test) for one in pool for test in tests_of(one, sums, said - answers[one.rater])]
        adjusted = holm([p for *_, p in tests])
        if not tests or min(adjusted) >= LEVEL:
            return
        worst = min(tests, key=lambda test: test[2])[0]
        out = [name for (one, name, _), p in zip(tests, adjusted, strict=True) if one is worst and p < LEVEL]
        worst.flags.extend(out)
        pool.remove(worst)


def pooled(pool: Sequence[RaterQuality]) -> dict[str, Share]:
    """Each measure over all of the pool."""
    of = {name: [one.shares[name] for one in pool] for name in TESTED}
    return {name: Share(sum(one.k for one in all_), sum(one.n for one in all_)) for name, all_ in of.items()}


def tests_of(
    one: RaterQuality, sums: dict[str, Share], others_said: Counter[str]
) -> Iterator[tuple[str, float]]:
    """Each measure with its p-value against the rest of the pool, whose sums are these with the rater's own."""
    for name, alternative in TESTED.items():
        mine, of_all = one.shares[name], sums[name]
        k, n = of_all.k - mine.k, of_all.n - mine.n
        if mine.n and n:
            share = (k + 0.5) / (n + 1)  # never 0 or 1, under which a single case would be impossible
            yield name, binomial_p(mine.k, mine.n, share, alternative)
    if others_said and one.longest_run > 1:
        yield "straight_line", run_p(one.longest_run, one.n, others_said)


def run_p(length: int, n: int, answers: Counter[str]) -> float:
    """A bound on how likely a run of this length is somewhere in n answers drawn as the others give them."""
    total = answers.total()
    somewhere = (n - length + 1) * sum((count / total) ** length for count in answers.values())
    return min(1.0, somewhere)
