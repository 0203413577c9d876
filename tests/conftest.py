"""What all tests share. Which database they run on is the environment's DATABASE_URL; see tests/services.py."""

import os
from collections.abc import Iterator

import pytest
from celery import Celery
from django.conf import settings
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from assay.celery import app
from assay.operations.services import valkey
from tests import builders

# Playwright's sync API runs an event loop in the test's thread, in which Django would refuse its own database calls.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# How fast an example is tells of the machine, not of us.
hypothesis_settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("untimed")

# Slow hashing protects real passwords; those of tests are in the source.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A database for each core's tests. SQLite in a real file, with its locks and its WAL, as in use; in memory it
    would behave differently."""
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        settings.DATABASES["default"]["TEST"]["NAME"] = str(
            tmp_path_factory.mktemp("database") / "test.sqlite3"
        )


@pytest.fixture(scope="session")
def valkey_url() -> Iterator[str]:
    """A real server that speaks Redis' protocol, private to this session."""
    with valkey() as url:
        yield url


@pytest.fixture(scope="session")  # a pool that was closed cannot be opened again
def celery_application(valkey_url: str) -> Iterator[Celery]:
    """The site's own end of the broker, told of the address that these tests have."""
    app.conf.broker_url = valkey_url
    yield app
    app.pool.force_close_all()
    app.conf.broker_url = None


@pytest.fixture(autouse=True)
def language() -> Iterator[None]:
    """A request leaves its reader's language switched on in the thread; the next test speaks the site's own."""
    yield
    translation.deactivate()


@pytest.fixture
def study(db):
    return builders.study()


@pytest.fixture
def rater(study):
    return builders.rater(study)


@pytest.fixture
def researcher(db):
    return builders.researcher()
