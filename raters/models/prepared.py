"""Queries that each answer asks anew: the ORM writes the SQL once, afterwards only the values in it change.

A rater's turn is little work for the database and much for whoever writes its SQL, so what every turn asks is written
once for each database that this process has. What is found is what the ORM makes of it: a tuple, or an object with
those it is read with.
"""

import inspect
from collections.abc import Callable, Hashable, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.query import ModelIterable, get_related_populators
from django.db.models.sql import UpdateQuery
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError

Row = TypeVar("Row")

Value = int | str | datetime
# Stand for the values while the SQL is written. Numbers that fit into every integer column; neither they nor the texts
# and times are ours.
STAND_INS: dict[type, Sequence[Value]] = {
    int: range(2_147_483_201, 2_147_483_209),
    str: [f"instead of text {number}" for number in range(1, 9)],
    datetime: [datetime(1970, 1, day, 1, 2, 3, tzinfo=UTC) for day in range(1, 9)],
}


class Values:
    """The arguments of what writes a query: whole numbers, but for those annotated as `str` or `datetime`."""

    def __init__(self, write: Callable[..., Any]) -> None:
        arguments = inspect.signature(write).parameters.values()
        given = [one for one in arguments if one.kind is one.POSITIONAL_OR_KEYWORD]
        kinds = [one.annotation if one.annotation in STAND_INS else int for one in given]
        self.stand_ins = [STAND_INS[kind][at] for at, kind in enumerate(kinds)]

    def put_into(self, parameters: Sequence[Any], values: Sequence[Value]) -> list[Any]:
        """The SQL's parameters, with the values where their stand-ins are."""
        given = {
            as_parameter(one): as_parameter(value) for one, value in zip(self.stand_ins, values, strict=True)
        }
        return [given.get(one, one) for one in parameters]

    def hold_against(self, parameters: Sequence[Any], sql: str) -> None:
        """Raises: ValueError if the SQL does without one of the values."""
        if missing := {as_parameter(one) for one in self.stand_ins} - set(parameters):
            raise ValueError(f"{len(missing)} of the values are not among the parameters of {sql}")


def as_parameter(value: Value) -> Any:
    """As the ORM hands it to this database."""
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value


class Prepared(Generic[Row]):
    """A query that gives one row.

    `write` makes the QuerySet from its positional arguments, the values; keywords are its shape, and each shape is
    written on its own.
    """

    def __init__(self, write: Callable[..., QuerySet[Any, Row]]) -> None:
        self.write = write
        self.values = Values(write)
        self.written = cache(self._written)

    def one(self, *values: Value, **shape: Hashable) -> Row:
        """The first row. Raises: LookupError if there is none."""
        found = self.first(*values, **shape)
        if found is None:
            raise LookupError(f"no row for {values}")
        return found

    def first(self, *values: Value, **shape: Hashable) -> Row | None:
        """The first row, or None. Raises: TransactionManagementError if it would be locked outside a transaction."""
        written = self.written(connection.vendor, **shape)
        if written.locks and not connection.in_atomic_block:
            raise TransactionManagementError("a row is locked until its transaction ends: there is none")
        with connection.cursor() as cursor:
            cursor.execute(written.sql, self.values.put_into(written.parameters, values))
            row = cursor.fetchone()
        return None if row is None else written.found(row)

    def _written(self, vendor: str, **shape: Hashable) -> "Written[Row]":
        written = Written(self.write(*self.values.stand_ins, **shape))
        self.values.hold_against(written.parameters, written.sql)
        return written


class PreparedUpdate:
    """An UPDATE of rows in one table. `write` makes of its arguments, the values, the rows and their new fields."""

    def __init__(self, write: Callable[..., tuple[QuerySet[Any, Any], dict[str, Any]]]) -> None:
        self.write = write
        self.values = Values(write)
        self.written = cache(self._written)

    def __call__(self, *values: Value) -> int:
        """How many rows were changed."""
        sql, parameters = self.written(connection.vendor)
        with connection.cursor() as cursor:
            cursor.execute(sql, self.values.put_into(parameters, values))
            return int(cursor.rowcount)

    def _written(self, vendor: str) -> tuple[str, Sequence[Any]]:
        rows, fields = self.write(*self.values.stand_ins)
        query: Any = rows.query.chain(UpdateQuery)
        query.add_update_values(fields)
        sql, parameters = query.get_compiler(connection=connection).as_sql()
        self.values.hold_against(parameters, sql)
        return sql, parameters


class Written(Generic[Row]):
    """A query's SQL with its parameters, and how the ORM makes of a row what the query is asked for."""

    def __init__(self, rows: QuerySet[Any, Row]) -> None:
        compiler = rows.query.get_compiler(connection=connection)
        self.sql, self.parameters = compiler.as_sql()
        self.locks = rows.query.select_for_update
        self.converters = compiler.get_converters([column for column, _sql, _alias in compiler.select])
        self.convert = compiler.apply_converters
        self.made: Callable[[Sequence[Any]], Any] = tuple
        if issubclass(rows._iterable_class, ModelIterable):
            self.made = maker_of(compiler, rows.db)

    def found(self, row: Sequence[Any]) -> Row:
        return self.made(next(self.convert([row], self.converters)))


def maker_of(compiler: SQLCompiler, database: str) -> Callable[[Sequence[Any]], Model]:
    """What makes an object of a row, with those that the query joins to it; as `ModelIterable` does, but once."""
    info, select = compiler.klass_info, compiler.select
    columns = slice(info["select_fields"][0], info["select_fields"][-1] + 1)
    names = [column.target.attname for column, _sql, _alias in select[columns]]
    others = get_related_populators(info, select, database)  # type: ignore[call-arg]  # the stubs are a later Django's

    def made(row: Sequence[Any]) -> Model:
        found = info["model"].from_db(database, names, row[columns])
        for one in others:
            one.populate(row, found)
        return found

    return made
