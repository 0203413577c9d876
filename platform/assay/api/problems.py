"""Errors of the API as problem details (RFC 9457), in the words that pages and commands use."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from ninja import Schema
from ninja.errors import HttpError
from pydantic import Field

from promptsets.formats.problems import BadRow, PromptFileError
from promptsets.refusals import FieldError

CONTENT_TYPE = "application/problem+json"
NOT_FOUND = "There is nothing here, or it is not for you."


class FieldProblem(Schema):
    """One thing that is wrong: where, and what would be right."""

    field: str = Field(description="Name of the field, query parameter or header; empty for the whole")
    message: str
    line: int | None = Field(default=None, description="Line of a file that was sent, from 1")


class Problem(Schema):
    """An error."""

    type: str = Field(default="about:blank", description="about:blank: the status says what it is")
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] = []


class Refused(HttpError):  # noqa: N818  it is what the client did, not an error of ours
    """A request that was understood and cannot be done; nothing was changed."""

    def __init__(self, detail: str, errors: Sequence[FieldProblem] = (), status: int = 422) -> None:
        super().__init__(status, detail)
        self.errors = list(errors)


def problem(status: int, detail: str, errors: Sequence[FieldProblem] = (), **headers: str) -> HttpResponse:
    body = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, errors=list(errors))
    response = HttpResponse(body.model_dump_json(), status=status, content_type=CONTENT_TYPE)
    for name, value in headers.items():
        response[name.replace("_", "-")] = value
    return response


@contextmanager
def refusals() -> Iterator[None]:
    """Around a step of the floors below: what it refuses is told as a problem, with the field where it names one."""
    try:
        yield
    except FieldError as error:
        raise Refused(str(error), [FieldProblem(field=error.field, message=str(error))]) from error
    except PromptFileError as error:
        listed = [FieldProblem(field=one.field, message=one.message, line=one.line) for one in error.problems]
        raise Refused(str(error), listed) from error
    except BadRow as error:
        listed = [FieldProblem(field=field, message=message) for field, message in error.faults]
        raise Refused(str(error), listed) from error
    except ValueError as error:
        raise Refused(str(error)) from error


def of_validation(errors: list[dict[str, Any]]) -> list[FieldProblem]:
    """What pydantic found, as pairs of field and message."""
    return [FieldProblem(field=field_of(error["loc"]), message=str(error["msg"])) for error in errors]


def field_of(places: Sequence[Any]) -> str:
    """`("body", "payload", "sampling", "top_p")` is the field sampling.top_p."""
    path = [str(place) for place in places[1:]] if places else []
    return ".".join(path[1:] if path[:1] == ["payload"] else path)
