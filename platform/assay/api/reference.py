"""The reference of the API as a page, written from its schema on the server: no script, nothing from elsewhere."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from assay.api.scopes import SCOPES
from assay.api.site import api

METHODS = ("get", "post", "patch", "put", "delete")


@dataclass(frozen=True)
class Field:
    """A parameter, or a property of what is sent or answered."""

    name: str
    type: str
    required: bool
    told: str
    place: str = ""


@dataclass(frozen=True)
class Operation:
    id: str
    method: str
    path: str
    summary: str
    told: str
    parameters: list[Field]
    body: str
    fields: list[Field]
    answers: list[tuple[str, str, str]]


@require_GET
def reference(request: HttpRequest) -> HttpResponse:
    subjects, shapes = laid_out()
    context = {"subjects": subjects, "shapes": shapes, "scopes": SCOPES}
    return render(request, "api/reference.html", context)


@cache
def laid_out() -> tuple[dict[str, list[Operation]], dict[str, list[Field]]]:
    """Operations by subject, and the shapes that they name."""
    schema = api.get_openapi_schema()
    shapes: dict[str, Any] = schema["components"]["schemas"]
    subjects: dict[str, list[Operation]] = {}
    for path, operations in schema["paths"].items():
        for method in METHODS:
            if found := operations.get(method):
                subjects.setdefault(found["tags"][0], []).append(operation_of(method, path, found, shapes))
    return subjects, {name: fields_of(shape) for name, shape in sorted(shapes.items())}


def operation_of(method: str, path: str, found: dict[str, Any], shapes: dict[str, Any]) -> Operation:
    body = next(iter(found.get("requestBody", {}).get("content", {}).items()), None)
    named = type_of(body[1]["schema"]) if body else ""
    return Operation(
        id=found["operationId"].rpartition("_api_")[2],
        method=method.upper(),
        path=path,
        summary=found["summary"],
        told=" ".join(found.get("description", "").split()),
        parameters=[parameter(one) for one in found["parameters"]],
        body=f"{body[0]}, {named}" if body else "",
        fields=fields_of(shapes.get(named, body[1]["schema"])) if body else [],
        answers=[(str(status), *answer(one)) for status, one in sorted(found["responses"].items(), key=str)],
    )


def parameter(found: dict[str, Any]) -> Field:
    shape = found["schema"]
    told = found.get("description") or shape.get("description", "")
    return Field(found["name"], type_of(shape), found.get("required", False), told, found["in"])


def answer(found: dict[str, Any]) -> tuple[str, str]:
    content = next(iter(found.get("content", {}).values()), None)
    return type_of(content["schema"]) if content else "", found.get("description", "")


def fields_of(shape: dict[str, Any]) -> list[Field]:
    needed = shape.get("required", [])
    return [
        Field(name, type_of(one), name in needed, one.get("description", ""))
        for name, one in shape.get("properties", {}).items()
    ]


def type_of(shape: dict[str, Any]) -> str:
    """A shape in a few words: `list of Page`, `string or null`."""
    if name := shape.get("$ref", "").rpartition("/")[2]:
        return str(name)
    if choices := shape.get("anyOf") or shape.get("allOf"):
        return " or ".join(type_of(one) for one in choices)
    if values := shape.get("enum") or ([shape["const"]] if "const" in shape else None):
        return " or ".join(map(str, values))
    if shape.get("type") == "array":
        return f"list of {type_of(shape.get('items', {}))}"
    return str(shape.get("format") or shape.get("type", "any"))
