"""Counts as values in rows of something else, so that one query tells many of them."""

from typing import Any

from django.db.models import Count, IntegerField, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce


def number_of(rows: QuerySet[Any]) -> Coalesce:
    """How many rows, for an annotation; rows may refer to the outer row by OuterRef. None are 0."""
    alike = rows.order_by().annotate(all_of_them=Value(1)).values("all_of_them")
    counted = alike.annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
