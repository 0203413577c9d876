"""What a study's judgments add up to, by prompt, rater and pair of arms: sufficient for every number of a report."""

from django.db import models

from raters.models import Comparison, Rater, Study, StudyArm

OUTCOMES = ("losses", "ties", "wins")  # of arm a, by its half points
SIDES = ("left", "right")  # where arm a stood
CELLS = tuple(f"{side}_{outcome}" for side in SIDES for outcome in OUTCOMES)


class Cells(models.Model):
    """Judgments by the outcome of arm a and the side on which it stood."""

    is_derived = True  # made again from judgments

    left_losses = models.PositiveIntegerField(default=0)
    left_ties = models.PositiveIntegerField(default=0)
    left_wins = models.PositiveIntegerField(default=0)
    right_losses = models.PositiveIntegerField(default=0)
    right_ties = models.PositiveIntegerField(default=0)
    right_wins = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True

    @property
    def cells(self) -> tuple[int, ...]:
        return tuple(getattr(self, name) for name in CELLS)

    def of(self, outcome: str) -> int:
        return sum(getattr(self, f"{side}_{outcome}") for side in SIDES)

    @property
    def wins(self) -> int:
        return self.of("wins")

    @property
    def ties(self) -> int:
        return self.of("ties")

    @property
    def losses(self) -> int:
        return self.of("losses")

    @property
    def n(self) -> int:
        return sum(self.cells)


class StudyTally(models.Model):
    """How far a study's judgments are folded into its tallies. Whoever folds holds this row until it is done."""

    is_derived = True

    study = models.OneToOneField(Study, on_delete=models.CASCADE, related_name="tally")
    judgments = models.PositiveIntegerField(default=0, help_text="All there are, superseded ones too")
    folds = models.PositiveIntegerField(default=0, help_text="How often anything was folded in")
    folded_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.study}: {self.judgments} judgments"


class ComparisonTally(Cells):
    """One prompt under one pair of arms. Cells and votes are of judgments that count, the rest is counted beside."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="comparison_tallies")
    comparison = models.OneToOneField(Comparison, on_delete=models.CASCADE, related_name="tally")
    counts = models.BooleanField(
        default=True, help_text="Whether it was open and regular: else it is in no rate"
    )
    votes = models.BinaryField(
        default=bytes, help_text="Rater, outcome and side of each judgment that counts"
    )
    answers = models.BinaryField(
        default=bytes, help_text="Every last word of a rater, repeats too, as quality looks at it"
    )
    words = models.PositiveIntegerField(
        null=True, help_text="To read, prompt and responses; null in a tally from before answers were kept"
    )
    longer_by = models.IntegerField(
        null=True, help_text="Characters of arm a's response less those of arm b's; null where one is missing"
    )
    judgments = models.PositiveIntegerField(default=0, help_text="All there are, superseded ones too")
    ratings = models.PositiveIntegerField(default=0, help_text="Last words of raters, counted or not")
    surplus = models.PositiveIntegerField(default=0)
    repeats = models.PositiveIntegerField(default=0)
    decisions = models.PositiveIntegerField(default=0, help_text="Of senior raters")
    verdicts = models.PositiveIntegerField(default=0, help_text="Of language models")

    class Meta:
        ordering = ["comparison"]

    def __str__(self) -> str:
        return f"{self.comparison}: {self.wins}/{self.ties}/{self.losses}"


class RaterTally(Cells):
    """One rater's judgments of one pair of arms, of comparisons that count."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="rater_tallies")
    rater = models.ForeignKey(Rater, on_delete=models.CASCADE, related_name="tallies")
    arm_a = models.ForeignKey(StudyArm, on_delete=models.CASCADE, related_name="+")
    arm_b = models.ForeignKey(StudyArm, on_delete=models.CASCADE, related_name="+")

    class Meta:
        ordering = ["rater", "arm_a", "arm_b"]
        constraints = [
            models.UniqueConstraint(
                fields=["study", "rater", "arm_a", "arm_b"], name="rater_has_one_tally_of_a_pair"
            )
        ]

    def __str__(self) -> str:
        return f"{self.rater}: {self.wins}/{self.ties}/{self.losses}"

    @classmethod
    def keyed(cls, study: Study, key: tuple[int, int, int]) -> "RaterTally":
        """An empty one of this rater, arm a and arm b; not saved yet."""
        rater, a, b = key
        return cls(study=study, rater_id=rater, arm_a_id=a, arm_b_id=b)

    @property
    def key(self) -> tuple[int, int, int]:
        return (self.rater_id, self.arm_a_id, self.arm_b_id)
