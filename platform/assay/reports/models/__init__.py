"""What is kept of analyses: reports with their estimates, who asked for them, what they are made of, groups."""

from assay.reports.models.boards import Board
from assay.reports.models.groups import GroupRates
from assay.reports.models.quality import KeptQuality
from assay.reports.models.reports import Estimate, Report, ReportFailure, ReportRequest
from assay.reports.models.tallies import ComparisonTally, RaterTally, StudyTally

__all__ = [
    "Board",
    "ComparisonTally",
    "Estimate",
    "GroupRates",
    "KeptQuality",
    "RaterTally",
    "Report",
    "ReportFailure",
    "ReportRequest",
    "StudyTally",
]
