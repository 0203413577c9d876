"""`Report`, one analysis of one study at one time, the `Estimate`s in it, and who asks for one."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from raters.models import Study


class Report(models.Model):
    """One analysis of one study. The digests say of which judgments and which design; the versions, by what code."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="reports")
    created_at = models.DateTimeField(auto_now_add=True)
    judgments = models.PositiveIntegerField(help_text="Judgments that were counted")
    judgments_sha256 = models.CharField(max_length=64)
    judgments_known = models.PositiveIntegerField(help_text="All judgments there were, counted or not")
    folds = models.PositiveIntegerField(default=0, help_text="Of the study's tally, when it was read")
    design_sha256 = models.CharField(max_length=64)
    left_out = models.JSONField(default=dict, help_text="What was not counted, by reason")
    versions = models.JSONField(default=dict)

    class Meta:
        ordering = ["-created_at", "-pk"]
        get_latest_by = ("created_at", "pk")

    def __str__(self) -> str:
        return f"{self.study}, {self.created_at:%Y-%m-%d %H:%M}"


class ReportFailure(models.Model):
    """A study whose newest report could not be written, and when that was last tried; gone once one is written."""

    study = models.OneToOneField(Study, on_delete=models.CASCADE, related_name="report_failure")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.study}, {self.at:%Y-%m-%d %H:%M}"

    @classmethod
    def time_of(cls, study: Study) -> datetime | None:
        """None where the newest attempt went well."""
        return cls._default_manager.filter(study=study).values_list("at", flat=True).first()


class ReportRequestQuerySet(models.QuerySet["ReportRequest"]):
    def open(self) -> "ReportRequestQuerySet":
        return self.filter(report=None, reason="")


class ReportRequest(models.Model):
    """Somebody asked for a report now; a worker answers with one, or with the reason why there is none."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="report_requests")
    report = models.ForeignKey(Report, null=True, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=500, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ReportRequestQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.study}, asked {self.created_at:%Y-%m-%d %H:%M}"


class Estimate(models.Model):
    """A number, which never travels without its interval, its n and the name of its method.

    Value and ends are empty where the data do not carry the number (too few prompts); the detail says why.
    """

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="estimates")
    name = models.CharField(max_length=64, help_text="What is estimated: win_rate")
    slice = models.CharField(
        max_length=128, blank=True, help_text="Of which part: empty for all, category=coding"
    )
    candidate = models.CharField(max_length=128)
    baseline = models.CharField(max_length=128)
    value = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    level = models.FloatField(default=0.95)
    n = models.PositiveIntegerField(help_text="Judgments")
    method = models.CharField(max_length=200)
    inputs_sha256 = models.CharField(max_length=64)
    detail = models.JSONField(default=dict)

    class Meta:
        ordering = ["report", "name", "slice"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "name", "slice", "candidate", "baseline"],
                name="estimate_is_unique_in_report",
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=True, low__isnull=True, high__isnull=True)
                | Q(low__lte=F("value"), high__gte=F("value")),
                name="estimate_lies_in_its_interval",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.slice}".strip()

    def sibling(self, **fields: Any) -> "Estimate":
        """Another number of the same report, pair and slice, not saved yet."""
        shared = ("report", "candidate", "baseline", "slice", "inputs_sha256")
        return Estimate(**{name: getattr(self, name) for name in shared} | fields)
