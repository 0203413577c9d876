"""How carefully each rater judges, from the tallies: what `raters.quality` says, without reading all judgments."""

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assay.reports.answers import AGAIN, CHOICES, NO_TIME, answers_as_array
from assay.reports.models import ComparisonTally
from assay.reports.votes import POINTS, RIGHT
from raters.models import Comparison, Rater, Study
from raters.quality.measures import FAST, RaterQuality, Share, flag
from raters.studies.exclusions import left_out_by

if TYPE_CHECKING:
    import numpy as np

TIE, A = POINTS["tie"], POINTS["a"]
NOT_GOLD = -1
Counts = tuple["np.ndarray", "np.ndarray"]  # hits and cases, by rater


def tallied_quality(study: Study) -> list[RaterQuality]:
    """Every rater who has judged, by code, with flags; as the tallies stand: fold first."""
    said = Said.of(study)
    if not len(said.rater):
        return []
    shares = {name: of(said) for name, of in MEASURES.items()}
    codes = Rater.objects.in_bulk(said.keys.tolist())
    n, runs, times = said.by_rater(said.first), longest_runs(said), median_times(said)
    found = [
        RaterQuality(
            rater=codes[pk].code,
            n=int(n[row]),
            shares={name: Share(int(hits[row]), int(cases[row])) for name, (hits, cases) in shares.items()},
            longest_run=int(runs[row]),
            median_ms=times[row],
        )
        for row, pk in enumerate(said.keys.tolist())
    ]
    pressed = {one.rater: counter for one, counter in zip(found, pressed_by(said), strict=True)}
    found.sort(key=lambda one: one.rater)
    flag(found, pressed)
    return found


def tallied_exclusions(study: Study) -> dict[str, str]:
    """The code of each rater whom the study's rules leave out, with the rule's name."""
    return left_out_by(study.exclusion_rules, tallied_quality(study)) if study.exclusion_rules else {}


@dataclass(frozen=True)
class Said:
    """Every answer of a study, by rater and then in the order given; `rater` and `place` are rows of what they name."""

    keys: "np.ndarray"  # raters' primary keys
    rater: "np.ndarray"
    place: "np.ndarray"  # of the comparison
    points: "np.ndarray"
    is_left: "np.ndarray"
    first: "np.ndarray"  # no planned repeat
    active_ms: "np.ndarray"
    raw: "np.ndarray"
    words: "np.ndarray"  # by place, as the next two
    regular: "np.ndarray"
    gold: "np.ndarray"  # half points of the right verdict

    @classmethod
    def of(cls, study: Study) -> "Said":
        import numpy as np

        tallies = ComparisonTally.objects.filter(study=study).exclude(answers=b"").order_by("comparison")
        fields = ("comparison__kind", "comparison__gold_preference", "words", "answers")
        rows = list(tallies.values_list(*fields).iterator(chunk_size=5000))
        stored = [answers_as_array(bytes(answers)) for *_, answers in rows]
        answers = np.concatenate(stored) if stored else answers_as_array(b"")
        place = np.repeat(np.arange(len(rows)), [len(some) for some in stored])
        order = np.lexsort((answers["judgment"], answers["rater"]))
        answers, place = answers[order], place[order]
        keys, rater = np.unique(answers["rater"], return_inverse=True)
        is_gold = [kind == Comparison.Kind.GOLD for kind, *_ in rows]
        return cls(
            keys=keys,
            rater=rater,
            place=place,
            points=answers["said"] & 3,
            is_left=(answers["said"] & RIGHT) == 0,
            first=(answers["said"] & AGAIN) == 0,
            active_ms=answers["active_ms"],
            raw=answers["raw"],
            words=np.array([words for _, _, words, _ in rows], np.int64),
            regular=np.array([kind == Comparison.Kind.REGULAR for kind, *_ in rows], bool),
            gold=np.array(
                [POINTS[row[1]] if gold else NOT_GOLD for row, gold in zip(rows, is_gold, strict=True)],
                np.int8,
            ),
        )

    @property
    def timed(self) -> "np.ndarray":
        return self.active_ms != NO_TIME

    def by_rater(self, which: "np.ndarray") -> "np.ndarray":
        import numpy as np

        return np.bincount(self.rater[which], minlength=len(self.keys))

    def counts(self, hits: "np.ndarray", cases: "np.ndarray") -> Counts:
        return self.by_rater(hits & cases), self.by_rater(cases)


def gold(said: Said) -> Counts:
    right = said.gold[said.place]
    return said.counts(said.points == right, said.first & (right != NOT_GOLD))


def fast(said: Said) -> Counts:
    import numpy as np

    words, timed = said.words[said.place], said.timed
    pace = np.median(said.active_ms[timed] / words[timed]) if timed.any() else 0.0
    return said.counts(said.active_ms < FAST * pace * words, said.first & timed)


def left(said: Said) -> Counts:
    return said.counts((said.points == A) == said.is_left, said.first & (said.points != TIE))


def tie(said: Said) -> Counts:
    return said.counts(said.points == TIE, said.first)


def agreement(said: Said) -> Counts:
    """With what most of the others said; no case where the others are divided, or nobody."""
    import numpy as np

    asked = said.first & said.regular[said.place]
    cell = said.place * len(POINTS) + said.points
    votes = np.bincount(cell[asked], minlength=len(said.words) * len(POINTS)).reshape(-1, len(POINTS))
    others = votes[said.place] - np.eye(len(POINTS), dtype=votes.dtype)[said.points]
    most = others.max(axis=1)
    decided = asked & (most > 0) & ((others == most[:, None]).sum(axis=1) == 1)
    return said.counts(others[np.arange(len(others)), said.points] == most, decided)


def self_agreement(said: Said) -> Counts:
    """Repeats that were answered as the same rater had answered the comparison before."""
    import numpy as np

    key = said.rater * len(said.words) + said.place
    firsts = np.flatnonzero(said.first)[np.argsort(key[said.first], kind="stable")]
    found = np.searchsorted(key[firsts], key).clip(max=max(len(firsts) - 1, 0))
    if not len(firsts):
        return said.counts(said.first, said.first)
    before = firsts[found]
    repeated = ~said.first & (key[before] == key)
    return said.counts(said.points[before] == said.points, repeated)


MEASURES = {
    "gold": gold,
    "fast": fast,
    "left": left,
    "tie": tie,
    "agreement": agreement,
    "self_agreement": self_agreement,
}


def longest_runs(said: Said) -> "np.ndarray":
    """How often in a row each rater pressed the same button."""
    import numpy as np

    rater, raw = said.rater[said.first], said.raw[said.first]
    starts = np.flatnonzero(np.diff(rater, prepend=-1) | np.diff(raw.astype(int), prepend=-1))
    longest = np.zeros(len(said.keys), int)
    np.maximum.at(longest, rater[starts], np.diff(starts, append=len(rater)))
    return longest


def median_times(said: Said) -> list[float | None]:
    import numpy as np

    asked = said.first & said.timed
    times = np.split(said.active_ms[asked], np.cumsum(said.by_rater(asked))[:-1])
    return [float(np.median(some)) if len(some) else None for some in times]


def pressed_by(said: Said) -> list[Counter[str]]:
    """How often each rater pressed each button, repeats too."""
    import numpy as np

    cells = np.bincount(said.rater * len(CHOICES) + said.raw, minlength=len(said.keys) * len(CHOICES))
    rows = cells.reshape(-1, len(CHOICES)).tolist()
    return [Counter({name: n for name, n in zip(CHOICES, row, strict=True) if n}) for row in rows]
