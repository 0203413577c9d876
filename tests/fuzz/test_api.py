"""schemathesis over the whole schema: no 5xx, no answer that the schema does not describe, no bad input taken."""

from collections.abc import Iterator

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from assay.api.scopes import SCOPES
from assay.api.tokens import make_token
from assay.evaluations.starting import start
from assay.reports.asked import ask
from assay.reports.refresh import refresh
from assay.takeaway.making import request_export
from assay.wsgi import application
from generation.asked import ask as ask_to_register
from raters.simulation import Simulation, simulate
from tests import builders
from tests.evaluated import series_with_verdicts
from tests.fuzz.profile import API_EXAMPLES, CASES

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
]


GENERATION = GenerationConfig(
    modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE],
    max_examples=API_EXAMPLES,
    deterministic=True,
    database="none",
)
CONFIG = SchemathesisConfig(projects=ProjectsConfig(default=ProjectConfig(generation=GENERATION)))
SCHEMA = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application, config=CONFIG)
REAL: dict[
    str, dict[str, object]
] = {}  # parts of addresses that lead somewhere, by the first part of the path


@SCHEMA.hook
def map_path_parameters(context, path_parameters):
    """Half of the addresses lead to rows that are there."""
    there = REAL[context.operation.path.split("/")[3]]
    if path_parameters and len(str(path_parameters)) % 2:
        return {name: there.get(name, value) for name, value in path_parameters.items()}
    return path_parameters


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Requests come by WSGI, whose end would close the connection that holds the test's transaction."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def token(one_connection, db, settings, tmp_path, researcher) -> str:
    """A token of all scopes, of an administrator, on a site that has a row of each kind."""
    researcher.role = "administrator"
    researcher.save()
    settings.API_REQUESTS_A_MINUTE = 1_000_000
    settings.CHECKPOINT_ROOTS = [tmp_path]
    (tmp_path / "folder").mkdir()
    study = builders.study(prompts=6)
    simulated = builders.study(prompts=6, slug="winter")
    simulate(simulated, Simulation(raters=3))
    run = study.arms.first().run
    REAL.update(
        {
            "prompt-sets": {"slug": study.prompt_set_version.prompt_set.slug, "number": 1, "key": "p0000"},
            "checkpoints": {"id": run.checkpoint_id},
            "registrations": {"id": ask_to_register("owl", str(tmp_path / "folder")).pk},
            "runs": {"id": run.pk},
            "studies": {"slug": study.slug, "id": study.comparisons.first().pk},
            "reports": {"id": refresh(simulated).pk},
            "report-requests": {"id": ask(study).pk},
            "exports": {"token": request_export(study, "judgments", "csv").token},
            **planned(),
            "verdicts": {},
            "card-key": {},
            "rubrics": {},
            "study-templates": {},
            "power": {},
            "people": {"id": builders.researcher("rolf").pk},
            "audit": {},
            "leaderboards": {"slug": study.prompt_set_version.prompt_set.slug, "number": 1},
        }
    )
    return make_token(researcher, "fuzz", list(SCOPES), days=1, actor=None).secret


def planned() -> dict[str, dict[str, object]]:
    """A series with a plan and one run of it."""
    plan = series_with_verdicts(win_rates=(), prompts=4)
    made = start(plan, builders.run(plan.current.prompt_sets.get(), "heron-900").checkpoint)
    run = {"id": made.pk if made else 0}
    return {
        "series": {"slug": plan.series.slug},
        "evaluations": {"slug": plan.slug},
        "evaluation-runs": run,
    }


@SCHEMA.parametrize()
@hypothesis_settings(
    max_examples=API_EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_no_request_breaks_the_api_or_its_schema(case, token):
    CASES["the API"] += 1
    case.headers = {**(case.headers or {}), "Authorization": f"Bearer {token}"}
    case.call_and_validate(checks=CHECKS)
