import subprocess
import sys

from tests.processes import ROOT

WEB = (
    "import assay.wsgi, assay.urls, generation.admin, generation.tasks, generation.runs, generation.importing"
)
HEAVY = "{'jax', 'jaxlib', 'flax', 'sentencepiece', 'httpx', 'generation.engine'}"


def loaded_by(statement: str, environment: dict[str, str]) -> str:
    code = f"{statement}\nimport sys\nprint(sorted({HEAVY} & sys.modules.keys()))"
    return subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, env=environment, text=True).strip()


def test_the_web_process_never_loads_jax(environment):
    assert loaded_by(WEB, environment(DJANGO_SETTINGS_MODULE="assay.settings")) == "[]"


def test_celerys_light_worker_never_loads_jax(environment):
    start = "from assay.celery import app; app.loader.import_default_modules(); assert app.tasks"
    assert loaded_by(start, environment(DJANGO_SETTINGS_MODULE="assay.settings")) == "[]"


def test_the_check_would_see_jax(environment):
    assert "jax" in loaded_by("import generation.engine", environment())
