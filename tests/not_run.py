"""What a machine cannot try: seen in the report as not run, and a failure where all must be."""

import os
from typing import NoReturn

import pytest


def not_run(reason: str) -> NoReturn:
    """Leaves the test out, or fails it if ASSAY_REQUIRE_ALL is set. `reason`: what the machine lacks."""
    told = f"NOT RUN: {reason}"
    if os.environ.get("ASSAY_REQUIRE_ALL"):
        pytest.fail(told)
    pytest.skip(told)
