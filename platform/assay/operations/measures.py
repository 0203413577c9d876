"""What is measured: the ledgers' depths and ages, leases, pace, judgments, how long claims take."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import accumulate

from django.db.models import Count, Min, Model, Sum
from django.utils import timezone

from assay.evaluations.models import Delivery, EvaluationStep
from assay.operations.claim_times import LABELS, add
from assay.operations.exposition import Metric, Sample
from assay.operations.models import ClaimTime
from assay.reports.models import ReportRequest
from assay.takeaway.models import Export
from generation.models import Chunk, Registration, Response
from raters.models import Assignment, Judgment

RECENT = timedelta(minutes=2)
LEDGERS: dict[str, type[Model]] = {
    "chunks": Chunk,
    "registrations": Registration,
    "exports": Export,
    "steps": EvaluationStep,
    "deliveries": Delivery,
}
LEASES: dict[str, tuple[type[Model], str, str]] = {  # the ledger, the field, the value while it is held
    "chunk": (Chunk, "status", "leased"),
    "export": (Export, "status", "working"),
    "step": (EvaluationStep, "status", "running"),
    "comparison": (Assignment, "state", "leased"),
}


def measures() -> Iterator[Metric]:
    yield Metric("assay_queue_depth", "gauge", "Rows of each ledger, by status.", depths())
    age = Sample(oldest_due_chunk_s())
    yield Metric("assay_oldest_due_chunk_age_seconds", "gauge", "How long the longest has been due.", [age])
    yield Metric("assay_leases", "gauge", "Work that somebody holds, in time or overdue.", leases())
    help_ = "Output tokens stored in the last two minutes, by the second."
    yield Metric("assay_tokens_per_second", "gauge", help_, [Sample(tokens_a_second())])
    judgments = Sample(Judgment.objects.count())
    yield Metric("assay_judgments_total", "counter", "Judgments stored, superseded ones too.", [judgments])
    yield Metric("assay_claim_seconds", "histogram", "Time in which work was given out.", claim_times())


def depths() -> list[Sample]:
    """Every status of every ledger, those with nothing in them too."""
    found = []
    for queue, ledger in LEDGERS.items():
        rows = dict(ledger._default_manager.order_by().values_list("status").annotate(Count("pk")))
        statuses = [value for value, _ in ledger._meta.get_field("status").flatchoices]  # type: ignore[union-attr]
        found += [Sample(rows.get(value, 0), {"queue": queue, "status": value}) for value in statuses]
    asked = Sample(ReportRequest.objects.open().count(), {"queue": "reports", "status": "waiting"})
    return [*found, asked]


def oldest_due_chunk_s() -> float:
    """Since when the chunk that waits longest may be taken; 0 where none is due."""
    found = Chunk.objects.due().aggregate(queued=Min("not_before"))["queued"]
    return (timezone.now() - found).total_seconds() if found else 0.0


def leases() -> list[Sample]:
    found = []
    for kind, (ledger, field, value) in LEASES.items():
        held = ledger._default_manager.filter(**{field: value})
        overdue = held.filter(lease_until__lt=timezone.now()).count()
        found += [
            Sample(held.count() - overdue, {"kind": kind, "state": "held"}),
            Sample(overdue, {"kind": kind, "state": "overdue"}),
        ]
    return found


def tokens_a_second() -> float:
    recent = Response.objects.filter(created_at__gte=timezone.now() - RECENT)
    return float(recent.aggregate(n=Sum("n_output_tokens", default=0))["n"]) / RECENT.total_seconds()


def claim_times() -> list[Sample]:
    """Cumulative, as histograms are written: each bucket counts the smaller ones too."""
    add()
    found: list[Sample] = []
    rows = {(row.kind, row.at_most_s): row for row in ClaimTime.objects.all()}
    for kind in sorted({kind for kind, _ in rows}):
        buckets = [rows.get((kind, label)) for label in LABELS]
        counts = list(accumulate(row.count if row else 0 for row in buckets))
        for label, count in zip(LABELS, counts, strict=True):
            found.append(Sample(count, {"kind": kind, "le": label}, "_bucket"))
        total = sum(row.total_s for row in buckets if row)
        found += [Sample(total, {"kind": kind}, "_sum"), Sample(counts[-1], {"kind": kind}, "_count")]
    return found
