"""`GroupRates`: what groups of a study's raters said, apart from its reports, so that no export carries it."""

from django.db import models

from raters.models import Study


class GroupRates(models.Model):
    """Rates by raters' own words about themselves, merged so that no cell is of fewer than five people.

    Written once the study is closed: from one day's numbers to the next's one rater's answer could be told.
    """

    study = models.OneToOneField(Study, on_delete=models.CASCADE, related_name="group_rates")
    report = models.PositiveBigIntegerField(help_text="The report that was the newest")
    answers = models.PositiveIntegerField(help_text="How many answers there were")
    made_at = models.DateTimeField(auto_now=True)
    content = models.JSONField(help_text="By question: rates of each pair and of each arm, by group")

    class Meta:
        verbose_name_plural = "group rates"

    def __str__(self) -> str:
        return f"Groups of {self.study}"
