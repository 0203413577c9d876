"""What the API answers, as far as the client's users rely on it."""

from typing import Any, TypedDict


class Checkpoint(TypedDict):
    id: int
    name: str
    source: str
    digest: str
    series: str | None
    step: int | None


class Registration(TypedDict):
    id: int
    name: str
    status: str
    reason: str
    checkpoint: Checkpoint | None


class Run(TypedDict):
    id: int
    checkpoint: str
    prompt_set: str
    wanted: int
    present: int


class Progress(TypedDict):
    run: Run
    under_way: bool
    by_status: dict[str, int]
    tokens_a_second: float | None
    chunks: dict[str, int]


class Study(TypedDict):
    slug: str
    title: str
    status: str
    blind: bool
    design_sha256: str


class Report(TypedDict):
    id: int
    study: str
    judgments: int
    blind: bool
    estimates: list[dict[str, Any]]


class Verdict(TypedDict):
    checkpoint: str
    answer: str
    exit_code: int
    lines: list[str]


class Export(TypedDict):
    token: str
    study: str
    status: str
    sha256: str
    error: str
    filename: str
