"""The judgments that count, read from the tallies as arrays, and the tables of `analysis` made of them.

What counts without having been asked here, and what senior raters decided, comes as rows beside them.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from assay.reports.judgments import FIELDS, arm_names, asks_for_both_bad, headline_judgments
from assay.reports.models import ComparisonTally
from assay.reports.quality import tallied_exclusions
from assay.reports.settled import Row, equal_rows, reused_rows
from assay.reports.votes import BOTH_BAD, POINTS, RIGHT, VOTE_BYTES, as_array
from raters.models import Comparison, Rater, Study

if TYPE_CHECKING:
    import numpy as np

    from analysis.tables import JudgmentTable

PREFERENCES = {points: preference for preference, points in POINTS.items()}
PLACE = {
    "comparison": "comparison",
    "prompt_id": "comparison__prompt__key",
    "category": "comparison__prompt__category",
    "candidate": "comparison__arm_a",
    "baseline": "comparison__arm_b",
    "self_identified": "comparison__self_identified",
    "longer_by": "longer_by",
    "votes": "votes",
}


@dataclass(frozen=True)
class Counted:
    """A study's judgments that count: its comparisons with their votes, and which raters its rules leave out."""

    study: Study
    places: list[dict[str, Any]]
    left_out: dict[str, str]

    @classmethod
    def of(cls, study: Study) -> "Counted":
        """As the tallies stand; fold first."""
        open_ones = {
            "comparison__status": Comparison.Status.OPEN,
            "comparison__kind": Comparison.Kind.REGULAR,
        }
        tallies = ComparisonTally.objects.filter(study=study, counts=True, **open_ones).order_by("comparison")
        rows = tallies.exclude(votes=b"").values_list(*PLACE.values())
        places = [dict(zip(PLACE, values, strict=True)) for values in rows]
        return cls(study, places, tallied_exclusions(study))

    @cached_property
    def votes(self) -> "np.ndarray":
        return as_array(b"".join(bytes(place["votes"]) for place in self.places))

    @cached_property
    def place_of_vote(self) -> "np.ndarray":
        import numpy as np

        return np.repeat(
            np.arange(len(self.places)), [len(place["votes"]) // VOTE_BYTES for place in self.places]
        )

    @cached_property
    def codes(self) -> dict[int, str]:
        """Each rater's code, by primary key."""
        return dict(Rater.objects.filter(tallies__study=self.study).values_list("pk", "code"))

    def kept(self, left_out: Collection[str]) -> "np.ndarray":
        """Which votes are of no rater in `left_out`."""
        import numpy as np

        out = [pk for pk, code in self.codes.items() if code in left_out]
        return ~np.isin(self.votes["rater"], out)

    def at(self, places: Sequence[bool]) -> "np.ndarray":
        """Which votes stand at places that are marked here."""
        import numpy as np

        return np.array(places, bool)[self.place_of_vote]

    @property
    def n_left_out(self) -> int:
        """Judgments of raters whom the study's rules leave out."""
        return int((~self.kept(self.left_out)).sum())

    def table(self, votes: "np.ndarray | None" = None, beside: Sequence[Row] = ()) -> "JudgmentTable | None":
        """The table of these votes, by default the headline's, and of the rows beside them; None below two prompts.

        votes: which of all to take.
        """
        import numpy as np

        votes = self.kept(self.left_out) if votes is None else votes
        rows = [*beside, *reused_rows(self.study, FIELDS, headline_judgments)]
        rows += equal_rows(self.study, [*self.first_rows(votes, self.equal_ones), *rows])
        judged = np.flatnonzero(np.bincount(self.place_of_vote[votes])).tolist()
        prompts = {self.places[place]["prompt_id"] for place in judged}
        if len(prompts | {row["prompt_id"] for row in rows}) < 2:
            return None
        return self._table(votes, rows)

    @cached_property
    def equal_ones(self) -> int:
        return self.study.comparisons.regular().filter(status=Comparison.Status.EQUAL).count()

    def first_rows(self, votes: "np.ndarray", prompts: int) -> list[Row]:
        """The votes as rows, of each pair's first prompts: as many as there are ties by definition to be shaped."""
        if not prompts:
            return []
        of_place: dict[int, list[Any]] = defaultdict(list)
        for place, vote in zip(self.place_of_vote[votes].tolist(), self.votes[votes].tolist(), strict=True):
            of_place[place].append(vote)
        by_pair: dict[tuple[int, int], list[int]] = defaultdict(list)
        for place in sorted(of_place, key=lambda number: self.places[number]["prompt_id"]):
            by_pair[self.places[place]["candidate"], self.places[place]["baseline"]].append(place)
        chosen = [place for places in by_pair.values() for place in places[:prompts]]
        return [self._row(self.places[place], *vote) for place in chosen for vote in of_place[place]]

    def _row(self, place: dict[str, Any], rater: int, said: int) -> Row:
        asked = {name: place[name] for name in ("prompt_id", "category", "candidate", "baseline")}
        return asked | {
            "rater_id": str(rater),
            "preference": PREFERENCES[said & 3],
            "a_is_left": not said & RIGHT,
            "both_bad": bool(said & BOTH_BAD),
        }

    def _table(self, votes: "np.ndarray", rows: Sequence[Row]) -> "JudgmentTable":
        import numpy as np

        from analysis.coded import Places, Votes, coded_table

        names = arm_names(self.study)
        every = [*self.places, *rows]
        places = Places(
            prompt=[place["prompt_id"] for place in every],
            category=[place["category"] for place in every],
            candidate=[names[place["candidate"]] for place in every],
            baseline=[names[place["baseline"]] for place in every],
        )
        keys, codes = np.unique(self.votes["rater"][votes], return_inverse=True)
        raters = [str(key) for key in keys.tolist()]
        said = self.votes["said"][votes]
        own = len(raters) + np.arange(len(rows))  # rows beside name their rater each for itself
        points = np.concatenate([said & 3, np.array([POINTS[row["preference"]] for row in rows], np.uint8)])
        right = np.concatenate([(said & RIGHT) > 0, np.array([not row["a_is_left"] for row in rows], bool)])
        poor = np.concatenate([(said & BOTH_BAD) > 0, np.array([row["both_bad"] for row in rows], bool)])
        return coded_table(
            places,
            [*raters, *(row["rater_id"] for row in rows)],
            Votes(
                place=np.concatenate([self.place_of_vote[votes], len(self.places) + np.arange(len(rows))]),
                rater=np.concatenate([codes, own]),
                points=points.astype(np.int8),
                side=np.where(right, -1, 1).astype(np.int8),
                both_bad=poor if asks_for_both_bad(self.study) else None,
            ),
        )
