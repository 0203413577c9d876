"""Queries that each answer asks anew: the ORM writes the SQL once, afterwards only the numbers in it change.

A rater's turn is little work for the database and much for whoever writes its SQL, so the few queries that every turn
asks are written once for each database that this process has.
"""

import inspect
from collections.abc import Callable, Hashable
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import QuerySet

# Stand for the numbers while the SQL is written. They fit into every integer column and are no number of ours.
STAND_INS = range(2_147_483_201, 2_147_483_209)


class Prepared:
    """A query over whole numbers that gives one row of values.

    `write` makes the QuerySet of tuples from its positional arguments, the numbers; keywords are its shape, and each
    shape is written on its own.
    """

    def __init__(self, write: Callable[..., QuerySet[Any, tuple[Any, ...]]]) -> None:
        self.write = write
        kinds = [one.kind for one in inspect.signature(write).parameters.values()]
        self.stand_ins = STAND_INS[: kinds.count(inspect.Parameter.POSITIONAL_OR_KEYWORD)]
        self.written = cache(self._written)

    def one(self, *numbers: int, **shape: Hashable) -> tuple[Any, ...]:
        """The first row. Raises: LookupError if there is none."""
        sql, parameters = self.written(connection.vendor, **shape)
        values = dict(zip(self.stand_ins, numbers, strict=True))
        with connection.cursor() as cursor:
            cursor.execute(sql, [values.get(one, one) for one in parameters])
            row = cursor.fetchone()
        if row is None:
            raise LookupError(f"no row for {numbers}")
        return tuple(row)

    def _written(self, vendor: str, **shape: Hashable) -> tuple[str, tuple[Any, ...]]:
        sql, parameters = self.write(*self.stand_ins, **shape).query.sql_with_params()
        if missing := set(self.stand_ins) - set(parameters):
            raise ValueError(f"{len(missing)} of the numbers are not among the parameters of {sql}")
        return sql, tuple(parameters)
