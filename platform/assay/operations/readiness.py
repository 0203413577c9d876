"""Whether this process can do its work now: each thing that it needs, by name, with what is missing."""

import logging
from collections.abc import Callable

from celery import current_app
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

logger = logging.getLogger(__name__)
OK = "ok"
BROKER_TIMEOUT_S = 2
LONGEST_LIST = 20


def readiness() -> dict[str, str]:
    """By name: "ok", or what is missing. Reasons that may tell addresses or passwords go to the log alone."""
    checks: dict[str, Callable[[], str]] = {
        "database": database,
        "migrations": migrations,
        "cache": shared_cache,
    }
    if settings.REDIS_URL:
        checks["broker"] = broker
    return {name: tried(name, check) for name, check in checks.items()}


def tried(name: str, check: Callable[[], str]) -> str:
    try:
        return check()
    except Exception:  # whatever a driver raises: the answer is the same
        logger.exception("Not ready: %s", name)
        return "cannot be reached"


def database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return OK


def migrations() -> str:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    missing = [f"{migration.app_label}.{migration.name}" for migration, _ in plan]
    return f"not applied: {', '.join(missing[:LONGEST_LIST])}" if missing else OK


def shared_cache() -> str:
    cache.set("readiness", OK, 60)
    return OK if cache.get("readiness") == OK else "does not keep what is put into it"


def broker() -> str:
    with current_app.connection_for_write(connect_timeout=BROKER_TIMEOUT_S) as held:
        held.ensure_connection(max_retries=1, interval_start=0, timeout=BROKER_TIMEOUT_S)
    return OK
