"""What is kept of analyses: reports with their estimates, who asked for them, and the tallies they are made of."""

from assay.reports.models.reports import Estimate, Report, ReportRequest
from assay.reports.models.tallies import ComparisonTally, RaterTally, StudyTally

__all__ = ["ComparisonTally", "Estimate", "RaterTally", "Report", "ReportRequest", "StudyTally"]
