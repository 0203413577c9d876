"""The main job on what ships with the project: prompts in, responses generated, judged by simulated raters, a win rate.

Two studies over the same responses: one that simulated raters judge, one that waits for a person in the browser.
"""

import json
import secrets
import shutil
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from assay.accounts.models import User
from assay.evaluations.evaluating import Question, open_study, runs_of
from assay.evaluations.generating import generate_here
from generation.models import Checkpoint, GenerationRun
from generation.registering import register
from generation.sampling import Sampling
from promptsets.importing import import_promptset
from promptsets.models import PromptSetVersion
from raters.models import Enrolment, Rater, Study
from raters.simulation import Simulation, simulate

STARTER = settings.BASE_DIR / "promptsets/library/starter/prompts.jsonl"
LIBRARY = settings.BASE_DIR / "generation/library"
OUR_LICENCE = "Apache-2.0"  # the project's own
CANDIDATE, BASELINE = "recurrentgemma-late", "mistral"
SAMPLING = Sampling(max_new_tokens=320)
SIMULATION = Simulation(raters=12, seed=7)
SIMULATED, BY_HAND = "demo", "demo-by-hand"


@dataclass(frozen=True)
class SignIn:
    """What a visitor of the demo types in. The password is made anew each time the demo runs."""

    role: str
    username: str
    password: str


def starter_prompts() -> PromptSetVersion:
    return import_promptset(STARTER, slug="starter").version


def tiny_checkpoints() -> dict[str, Checkpoint]:
    """The library's checkpoints by folder name: trained by us on these very prompts, so that they recite."""
    listed = json.loads((LIBRARY / "manifest.json").read_text())["checkpoints"]
    return {row["path"]: tiny_checkpoint(row) for row in listed if row["path"] in (CANDIDATE, BASELINE)}


def tiny_checkpoint(row: dict[str, Any]) -> Checkpoint:
    """Copied to where checkpoints may be read from, and registered at its place in its training run."""
    name = f"tiny-{row['path']}"
    folder = settings.CHECKPOINT_ROOTS[0] / name
    shutil.copytree(LIBRARY / row["path"], folder, dirs_exist_ok=True)
    place = {"series": row["series"], "step": row["step"]}
    return register(name, str(folder), licence=OUR_LICENCE, **place).checkpoint


def generate(prompts: PromptSetVersion, checkpoints: dict[str, Checkpoint]) -> dict[str, GenerationRun]:
    candidate, baseline = checkpoints[CANDIDATE], checkpoints[BASELINE]
    runs = runs_of(Question(prompts, candidate, baseline, sampling=SAMPLING))
    generate_here(list(runs.values()))
    return runs


def study(slug: str, title: str, runs: dict[str, GenerationRun], ratings: int) -> Study:
    """The study of that name, made on the demo's first run."""
    if found := Study.objects.filter(slug=slug).first():
        return found
    candidate, baseline = runs["candidate"], runs["baseline"]
    question = Question(
        candidate.prompt_set_version, candidate.checkpoint, baseline.checkpoint, ratings, sampling=SAMPLING
    )
    made = open_study(question, runs, slug)
    made.title = title
    made.save(update_fields=["title"])
    return made


def judge_by_simulation(of: Study) -> int:
    return simulate(of, SIMULATION)


def sign_ins(of: Study) -> list[SignIn]:
    """A rater who finds the study waiting, and a researcher."""
    people = [SignIn(role, f"demo-{role}", secrets.token_urlsafe(9)) for role in ("rater", "researcher")]
    for person in people:
        user, _ = User.objects.get_or_create(username=person.username, defaults={"role": person.role})
        user.set_password(person.password)
        user.save(update_fields=["password"])
        if person.role == User.Role.RATER:
            rater, _ = Rater.objects.get_or_create(user=user)
            Enrolment.objects.get_or_create(study=of, rater=rater)
    return people
