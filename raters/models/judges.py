"""Language models that judge: each stands beside the people of a study, marked, and is never counted with them."""

from django.db import models
from django.db.models import Q

from generation.models import Checkpoint, GenerationRun
from raters.models.people import Rater
from raters.models.studies import Study


class JudgeRun(models.Model):
    """One checkpoint asked about a study's comparisons, in both orders, by one version of our template.

    Its replies are the responses of `run`; what was read from them are assignments with the purpose `judge`.
    """

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="judge_runs")
    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="judge_runs")
    rater = models.OneToOneField(Rater, on_delete=models.PROTECT, related_name="judge_run")
    run = models.ForeignKey(GenerationRun, on_delete=models.PROTECT, related_name="judge_runs")
    template = models.PositiveSmallIntegerField(help_text="Version of the template that asks")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["study", "run"], name="judge_is_asked_once_by_a_run"),
            models.CheckConstraint(condition=Q(template__gte=1), name="judge_template_has_a_version"),
        ]

    def __str__(self) -> str:
        return f"{self.checkpoint} as a judge of {self.study}"
