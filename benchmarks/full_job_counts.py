"""What the ledgers hold once the whole job is done: how much of everything, and what was lost or doubled."""

from collections.abc import Iterator


def counted(generated_s: float) -> Iterator[str]:
    """One line each for responses, chunks and judgments."""
    yield responses(generated_s)
    yield chunks()
    yield judgments()


def responses(generated_s: float) -> str:
    from django.db.models import Count, Sum

    from generation.models import Response, RunResponse

    total = Response.objects.aggregate(rows=Count("pk"), tokens=Sum("n_output_tokens"))
    places = RunResponse.objects.count()
    keys = Response.objects.values("checkpoint", "prompt_sha256", "sampling_sha256", "seed", "sample")
    lost = RunResponse.objects.filter(response=None).count()
    doubled = total["rows"] - keys.distinct().count()
    return (
        f"{places} places hold {total['rows']} responses, {total['tokens']:,} tokens, "
        f"{total['tokens'] / generated_s:.0f} a second; {lost} lost, {doubled} doubled"
    )


def chunks() -> str:
    from django.db.models import Count

    from generation.models import Chunk

    states = Chunk.objects.values_list("status").annotate(n=Count("pk")).order_by("status")
    again = Chunk.objects.filter(attempts__gt=1).count()
    return f"chunks: {', '.join(f'{n} {status}' for status, n in states)}; {again} tried more than once"


def judgments() -> str:
    from django.db.models import Count, F, Sum

    from raters.models import Comparison, Judgment

    shown = Comparison.objects.filter(status=Comparison.Status.OPEN)
    wanted = shown.aggregate(n=Sum("ratings_wanted"))["n"]
    left_out = Comparison.objects.exclude(status=Comparison.Status.OPEN).count()
    made = Judgment.objects.current().count()
    doubled = Judgment.objects.current().values("assignment").annotate(n=Count("pk")).filter(n__gt=1).count()
    over = shown.annotate(n=Count("assignments")).filter(n__gt=F("ratings_wanted")).count()
    return (
        f"{made} judgments of {wanted} wanted, {left_out} comparisons shown to nobody; {wanted - made} lost, "
        f"{doubled} doubled, {over} comparisons rated too often"
    )
