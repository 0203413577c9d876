"""What raters said about themselves, kept apart from what they judged."""

from django.db import models

from raters.models.people import Enrolment


class AboutRater(models.Model):
    """One answer to one of a study's questions about its raters; who would rather not say has none.

    It goes when the rater takes it back, and with their part in the study. No page and no export shows it: only rates
    of groups are told.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="about")
    question = models.CharField(max_length=64, help_text="The question's key")
    answer = models.PositiveSmallIntegerField(help_text="The place of the answer in the question's list")

    class Meta:
        verbose_name_plural = "answers about raters"
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "question"], name="rater_answers_a_question_once")
        ]

    def __str__(self) -> str:
        return self.question  # no more: what was answered is nobody's to read in a list
