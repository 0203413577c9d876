"""Small real rows for tests: a prompt set, two checkpoints with responses, a study, people. No mocks."""

from collections.abc import Sequence

from django.contrib.auth import get_user_model

from assay.accounts.models import User
from generation.models import Checkpoint, GenerationRun, Response, RunResponse
from promptsets.digests import text_digest
from promptsets.models import Prompt, PromptSet, PromptSetVersion
from raters.comparisons.pairing import pair
from raters.models import Enrolment, Rater, Rubric, Study, StudyArm
from raters.studies.design import lock

PASSWORD = "lantern-harbour-42"


def prompt_set(
    prompts: int = 3, slug: str = "everyday", turns: int = 1, hazards: Sequence[str | None] = (None,)
) -> PromptSetVersion:
    found = PromptSet.objects.create(slug=slug, title=slug.title(), kind="instruction")
    digest = text_digest([slug])
    version = PromptSetVersion.objects.create(
        prompt_set=found, number=1, semver="1.0.0", content_sha256=digest, metadata_sha256=digest
    )
    for position in range(prompts):
        texts = [f"Turn {turn} of prompt {position}" for turn in range(turns)]
        Prompt.objects.create(
            version=version,
            position=position,
            key=f"p{position:04d}",
            turns=texts,
            hazard=hazards[position % len(hazards)],
            category=("coding", "creative")[position % 2],
            text_sha256=text_digest(texts),
            characters=sum(map(len, texts)),
        )
    return version


def run(version: PromptSetVersion, name: str, texts: Sequence[str] | None = None) -> GenerationRun:
    """An imported run: the texts in the prompts' order, by default ones that name the checkpoint nowhere."""
    checkpoint, _ = Checkpoint.objects.get_or_create(
        name=name, source="imported", digest=f"imported:{text_digest([name])}"
    )
    made = GenerationRun.objects.create(
        checkpoint=checkpoint,
        prompt_set_version=version,
        sampling={},
        sampling_sha256=text_digest(["sampling"]),
    )
    for position, prompt in enumerate(version.prompts.order_by("position")):
        text = texts[position] if texts else f"An answer to **{prompt.key}**, number {checkpoint.pk}."
        answer = Response.objects.create(
            checkpoint=checkpoint,
            prompt_sha256=prompt.text_sha256,
            sampling_sha256=made.sampling_sha256,
            seed=0,
            turns=[text] * len(prompt.turns),
            status="ok" if text.strip() else "empty",
            finish_reason="imported",
            text_sha256=text_digest([text]),
        )
        RunResponse.objects.create(run=made, prompt=prompt, response=answer)
    return made


def rubric(scale: int = 3) -> Rubric:
    return Rubric.objects.get_or_create(
        slug=f"plain-{scale}",
        version=1,
        defaults={"title": "Plain", "guide": "Choose the *better* answer.", "scale": scale},
    )[0]


def study(
    prompts: int = 3,
    ratings: int = 3,
    scale: int = 3,
    turns: int = 1,
    slug: str = "autumn",
    hazards: Sequence[str | None] = (None,),
    candidates: Sequence[str] = ("heron",),
    **fields: object,
) -> Study:
    """A study that collects judgments: candidate `heron`, baseline `plover`."""
    version = prompt_set(prompts, slug=f"set-of-{slug}", turns=turns, hazards=hazards)
    made = Study.objects.create(
        slug=slug,
        title=f"Heron against plover, {slug}",
        prompt_set_version=version,
        rubric=rubric(scale),
        ratings_per_comparison=ratings,
        secret="0" * 64,
        **{"fast_floor_percent": 0, **fields},  # tests answer at once
    )
    for name in candidates:
        StudyArm.objects.create(study=made, run=run(version, f"{name}-{slug}"), role="candidate")
    StudyArm.objects.create(study=made, run=run(version, f"plover-{slug}"), role="baseline")
    pair(made)
    lock(made)
    return made


def rater(study: Study, username: str = "rita") -> Rater:
    """A rater who can sign in and has come to the work."""
    user = get_user_model().objects.create_user(username, f"{username}@example.org", PASSWORD)
    return enrol(study, user)


def enrol(study: Study, user: User) -> Rater:
    made = Rater.objects.create(user=user)
    Enrolment.objects.create(study=study, rater=made)
    return made


def researcher(username: str = "rosa"):
    return get_user_model().objects.create_user(
        username, f"{username}@example.org", PASSWORD, role="researcher"
    )
