"""Counts as values in rows of something else, so that one query tells many of them."""

from typing import Any

from django.db.models import Func, IntegerField, QuerySet, Subquery


def number_of(rows: QuerySet[Any]) -> Subquery:
    """How many rows, for an annotation; rows may refer to the outer row by OuterRef. None are 0."""
    # A function to the ORM, not an aggregate: beside an aggregate it groups rows, which SQLite sorts them for.
    counted = rows.order_by().annotate(n=Func("pk", function="COUNT", output_field=IntegerField()))
    return Subquery(counted.values("n"))
