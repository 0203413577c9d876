"""Prometheus' text format: what a scraper reads."""

from collections.abc import Iterable
from dataclasses import dataclass, field

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})


@dataclass(frozen=True)
class Sample:
    value: float
    labels: dict[str, str] = field(default_factory=dict)
    suffix: str = ""


@dataclass(frozen=True)
class Metric:
    """kind: gauge, counter or histogram."""

    name: str
    kind: str
    help: str
    samples: list[Sample]


def exposition(metrics: Iterable[Metric]) -> str:
    return "".join(line + "\n" for metric in metrics for line in lines(metric))


def lines(metric: Metric) -> list[str]:
    head = [f"# HELP {metric.name} {metric.help}", f"# TYPE {metric.name} {metric.kind}"]
    return head + [
        f"{metric.name}{sample.suffix}{labels_of(sample)} {sample.value:.10g}" for sample in metric.samples
    ]


def labels_of(sample: Sample) -> str:
    if not sample.labels:
        return ""
    return "{" + ",".join(f'{k}="{v.translate(ESCAPES)}"' for k, v in sample.labels.items()) + "}"
