"""A site as an earlier version left it: `build FIRST` in a process of its own; `look` once it was brought up to date.

Rows are made with the models of that time, which Django remembers in the migrations; today's could not write them.
"""

import json
import os
import sys
from datetime import timedelta

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assay.settings")
import django

django.setup()

from django.db import connection  # noqa: E402  after the set-up
from django.db.migrations.executor import MigrationExecutor  # noqa: E402
from django.utils import timezone  # noqa: E402

PROMPTS, JUDGED = 1003, 6  # more than the thousand that data migrations write at a time
FIRST = [(app, "0001_initial") for app in ("accounts", "promptsets", "generation", "raters", "reports")]
BEFORE_LOTS = [
    ("accounts", "0002_staff_invitations"),
    ("promptsets", "0003_searchable_prompts"),
    ("generation", "0003_registrations"),
    ("raters", "0014_study_notices"),
    ("reports", "0003_tallies"),
]
VERSIONS = {"the first": FIRST, "before lots": BEFORE_LOTS}
VERDICTS = ("a", "b", "tie")
DIGEST = "0" * 64


def build(version: str) -> None:
    """Migrates an empty database to that version and fills it."""
    old = MigrationExecutor(connection).migrate(VERSIONS[version]).apps
    study = study_of(old, prompts_of(old))
    judge(old, study, compare(old, study))


def prompts_of(old):
    of = old.get_model("promptsets", "PromptSet").objects.create(
        slug="birds", title="Birds", kind="instruction"
    )
    version = old.get_model("promptsets", "PromptSetVersion").objects.create(
        prompt_set=of, number=1, semver="1.0.0", content_sha256=DIGEST, metadata_sha256=DIGEST
    )
    Prompt = old.get_model("promptsets", "Prompt")
    rows = [
        Prompt(
            version=version,
            position=n,
            key=f"Bird-{n}",
            turns=["Which Ave é?", f"Número {n}"],
            text_sha256=f"{n:064}",
            characters=20,
        )
        for n in range(PROMPTS)
    ]
    for row in rows:  # that version's own code wrote it, where there was the column
        row.searchable = "\n".join([row.key, *row.turns]).casefold()
    Prompt.objects.bulk_create(rows)
    return version


def study_of(old, version):
    rubric = old.get_model("raters", "Rubric").objects.create(
        slug="plain", title="Plain", guide="Choose.", scale=3
    )
    return old.get_model("raters", "Study").objects.create(
        slug="autumn",
        title="Autumn",
        prompt_set_version=version,
        rubric=rubric,
        status="collecting",
        locked_at=timezone.now(),
        design_sha256=DIGEST,
        ratings_per_comparison=3,
    )


def run(old, study, name):
    checkpoint = old.get_model("generation", "Checkpoint").objects.create(
        name=name, source="imported", digest=f"imported:{name}"
    )
    made = old.get_model("generation", "GenerationRun").objects.create(
        checkpoint=checkpoint,
        prompt_set_version=study.prompt_set_version,
        sampling={},
        sampling_sha256=DIGEST,
    )
    Response = old.get_model("generation", "Response")
    answers = Response.objects.bulk_create(
        Response(
            checkpoint=checkpoint,
            prompt_sha256=f"{n:064}",
            sampling_sha256=DIGEST,
            seed=0,
            turns=[f"{name} says {n}"] * 2,
            status="ok",
            finish_reason="imported",
            text_sha256=f"{n:064}",
        )
        for n in range(PROMPTS)
    )
    arm = old.get_model("raters", "StudyArm").objects.create(
        study=study, run=made, role="candidate" if name == "heron" else "baseline"
    )
    return arm, answers


def compare(old, study):
    (a, first), (b, second) = run(old, study, "heron"), run(old, study, "plover")
    Comparison = old.get_model("raters", "Comparison")
    prompts = old.get_model("promptsets", "Prompt").objects.order_by("position")
    return Comparison.objects.bulk_create(
        Comparison(
            study=study,
            prompt=prompt,
            arm_a=a,
            arm_b=b,
            response_a=first[n],
            response_b=second[n],
            ratings_wanted=3,
            ratings_taken=3 if n < JUDGED else 0,
        )
        for n, prompt in enumerate(prompts)
    )


def judge(old, study, comparisons):
    """Three raters judge the first comparisons; of two of them their parts were paused, one without a reason."""
    for number in range(3):
        user = old.get_model("accounts", "User").objects.create(
            username=f"rater{number}", email=f"Rater{number}@example.org", password="!"
        )
        rater = old.get_model("raters", "Rater").objects.create(user=user, code=f"R222222{number}")
        part = old.get_model("raters", "Enrolment")(study=study, rater=rater)
        if number < 2:
            part.status, part.pause_reason = "paused", "fell ill" if number == 0 or has_reasons(part) else ""
        part.save()
        for place, comparison in enumerate(comparisons[:JUDGED]):
            say(old, rater, comparison, VERDICTS[(place + number) % 3])


def has_reasons(part) -> bool:
    return any(one.name == "enrolment_pause_has_a_reason" for one in part._meta.constraints)


def say(old, rater, comparison, verdict):
    given = old.get_model("raters", "Assignment").objects.create(
        comparison=comparison,
        rater=rater,
        a_is_left=True,
        state="done",
        lease_until=timezone.now() + timedelta(1),
    )
    old.get_model("raters", "Judgment").objects.create(
        assignment=given,
        preference=verdict,
        strength=0 if verdict == "tie" else 1,
        raw_answer={"a": "left", "b": "right", "tie": "same"}[verdict],
        idempotency_key=f"key-{given.pk}",
    )


def look() -> dict:
    """What today's code finds, after it has written a report and given a rater work."""
    from assay.reports.refresh import refresh
    from promptsets.models import Prompt, searchable
    from raters.assignment import claim_next
    from raters.models import Comparison, Enrolment, Judgment, Rater, Study

    study = Study.objects.get()
    report = refresh(study)
    rate = report.estimates.get(name="win_rate", slice="")
    given = claim_next(Rater.objects.get(code="R2222222"), study)
    prompts = Prompt.objects.order_by("position")
    return {
        "lots": sorted(Comparison.objects.values_list("lot", flat=True)),
        "searchable": sum(one.searchable == searchable(one.key, one.turns) for one in prompts),
        "finds": Prompt.objects.filter(searchable__contains="ave é").count(),
        "reasons": sorted(Enrolment.objects.values_list("pause_reason", flat=True)),
        "verdicts": list(Judgment.objects.order_by("pk").values_list("preference", flat=True)),
        "report": {"judgments": report.judgments, "value": rate.value, "n": rate.n},
        "given": given is not None and given.comparison.prompt.position >= JUDGED,
    }


if __name__ == "__main__":
    if sys.argv[1] == "build":
        build(sys.argv[2])
    else:
        print(json.dumps(look()))
