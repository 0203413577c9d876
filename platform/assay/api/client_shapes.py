"""What the API answers, as far as the client's users rely on it."""

from typing import Any, TypedDict


class Checkpoint(TypedDict):
    id: int | None
    name: str
    source: str
    digest: str
    licence: str
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


class Estimate(TypedDict):
    wanted: int
    existing: int
    to_generate: int
    tokens: int
    measured_on: int
    tokens_a_second: float | None
    seconds: float | None
    bytes: int | None


class Progress(TypedDict):
    run: Run
    under_way: bool
    by_status: dict[str, int]
    tokens_a_second: float | None
    chunks: dict[str, int]


class Power(TypedDict):
    prompts: int
    judgments: int
    half_width: float
    detectable: float
    power: float
    gate_power: float
    hours: float
    days: float
    cost: float | None
    currency: str
    method: str
    curve: list[dict[str, Any]]


class Rubric(TypedDict):
    slug: str
    title: str


class Template(TypedDict):
    name: str
    rubric: str
    ratings: int
    settings: dict[str, Any]


class Study(TypedDict):
    slug: str
    title: str
    status: str
    blind: bool
    design_sha256: str


class StudyProgress(TypedDict):
    judgments: int
    wanted: int
    complete: int
    comparisons: int
    a_day: float
    eta: str | None
    gold: dict[str, Any]
    agreement: dict[str, Any]


class Side(TypedDict):
    model: str
    turns: list[str]


class Vote(TypedDict):
    rater: str
    preferred: str
    side_of_first: str | None
    strength: int
    both_bad: bool
    comment: str
    safety_labels: list[dict[str, str]]
    counts: bool
    why_not: str


class Counted(TypedDict):
    id: int
    prompt: str
    category: str
    hazard: str
    turns: list[str]
    sides: list[Side]
    status: str
    votes: list[Vote]


class Quality(TypedDict):
    influences: list[dict[str, Any]]
    order_checks: list[dict[str, Any]]
    made_at: str | None


class Groups(TypedDict):
    key: str
    ask: str
    rates: list[dict[str, Any]]


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


class Draft(TypedDict):
    waits_for: str
    names: list[dict[str, Any]]
    leaning: list[str]


class Person(TypedDict):
    id: int
    user: str
    email: str
    role: str
    active: bool


class AuditEvent(TypedDict):
    id: int
    at: str
    actor: str | None
    action: str
    target: str
    detail: dict[str, Any]
