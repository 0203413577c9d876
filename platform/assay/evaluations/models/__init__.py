"""Standing plans and their versions, the executions with their steps, and what is told of them."""

from assay.evaluations.models.deliveries import Delivery
from assay.evaluations.models.plans import Evaluation, EvaluationVersion
from assay.evaluations.models.runs import EvaluationRun, Measure, RunStudy
from assay.evaluations.models.steps import EvaluationStep, StepLine

__all__ = [
    "Delivery",
    "Evaluation",
    "EvaluationRun",
    "EvaluationStep",
    "EvaluationVersion",
    "Measure",
    "RunStudy",
    "StepLine",
]
