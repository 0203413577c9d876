"""What is kept of analyses: reports with their estimates, who asked for them, the tallies they are made of, boards."""

from assay.reports.models.boards import Board
from assay.reports.models.reports import Estimate, Report, ReportRequest
from assay.reports.models.tallies import ComparisonTally, RaterTally, StudyTally

__all__ = ["Board", "ComparisonTally", "Estimate", "RaterTally", "Report", "ReportRequest", "StudyTally"]
