"""What a study decides beside its question: what raters need, repeats, contested comparisons, pay."""

from django.core.validators import MinValueValidator, RegexValidator, URLValidator
from django.db import models
from django.db.models import Q


class StudyCare(models.Model):
    """Settings of a study that stand beside its question; the lock fixes them with the rest of the design."""

    class PayBasis(models.TextChoices):
        NONE = "none", "this study does not say what it pays"
        ITEM = "item", "for each comparison"
        HOUR = "hour", "for each hour of work"

    needs_desktop = models.BooleanField(
        default=False,
        help_text="Whether raters need a window at least 1024 px wide; they are told before they agree to take part",
    )
    repeat_every = models.PositiveSmallIntegerField(
        default=0,
        help_text="One comparison in so many is shown to the same rater a second time, uncounted; 0: none",
    )
    repeat_gap = models.PositiveSmallIntegerField(
        default=10,
        validators=[MinValueValidator(1)],
        help_text="How many others lie between the two times, at least",
    )
    repeat_swaps = models.BooleanField(
        default=True, help_text="Whether sides are swapped the second time; if not, they are drawn anew"
    )
    contested_split = models.BooleanField(
        default=False,
        help_text="A comparison without a majority is contested: a senior rater decides it, beside the headline",
    )
    contested_safety = models.BooleanField(
        default=False,
        help_text="So is one of whose responses some say that it breaks the policy, and others that it does not",
    )
    pay_basis = models.CharField(max_length=4, choices=PayBasis, default=PayBasis.NONE)
    pay_rate = models.DecimalField(
        max_digits=8, decimal_places=4, default=0, validators=[MinValueValidator(0)]
    )
    pay_currency = models.CharField(
        max_length=3,
        default="EUR",
        validators=[RegexValidator(r"^[A-Z]{3}\Z", "Three capital letters, such as EUR.")],
    )
    screen_out_pay = models.DecimalField(
        max_digits=8,
        decimal_places=2,
        default=0,
        validators=[MinValueValidator(0)],
        help_text="What a rater is paid, at the least, who fails the check or the qualification",
    )
    screen_out_url = models.CharField(
        max_length=500,
        blank=True,
        validators=[URLValidator(schemes=["https"])],
        help_text="Where such a rater goes; {code}, {PROLIFIC_PID} and the like are filled in",
    )

    class Meta:
        abstract = True

    @property
    def adjudicates(self) -> bool:
        return self.contested_split or self.contested_safety


CARE_CONSTRAINTS = (
    models.CheckConstraint(condition=Q(repeat_gap__gte=1), name="study_repeats_lie_apart"),
    models.CheckConstraint(
        condition=Q(pay_basis__in=["none", "item", "hour"]), name="study_pay_basis_is_known"
    ),
    models.CheckConstraint(condition=Q(pay_rate__gte=0), name="study_pay_is_not_negative"),
    models.CheckConstraint(condition=Q(screen_out_pay__gte=0), name="study_screen_out_pay_is_not_negative"),
)
