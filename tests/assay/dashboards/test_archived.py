"""Forms that choose a checkpoint offer none that is archived."""

import pytest

from assay.dashboards.evaluations.plans import VersionForm
from assay.dashboards.studies.judges import JudgeForm
from generation.models import Checkpoint
from generation.removing import archive

FIELDS = [(VersionForm, "baseline"), (VersionForm, "judge"), (JudgeForm, "checkpoint")]


@pytest.mark.parametrize(("form", "field"), FIELDS)
def test_an_archived_checkpoint_is_no_choice(form, field, db):
    owl = Checkpoint.objects.create(name="owl", source="endpoint", uri="https://o.example/v1", digest="owl")
    assert owl in form().fields[field].queryset
    archive(owl, archived=True)
    assert owl not in form().fields[field].queryset
