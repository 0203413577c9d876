"""Programs read the locked design as pages tell it."""

from raters.models import Study
from raters.studies.copying import duplicate, new_version
from raters.studies.design import lock
from raters.studies.unblinding import unblind


def test_the_design_is_told_under_labels_and_after_the_unblinding_whole(api, study, researcher):
    told = api.get("studies/autumn/design").json()
    assert told["blind"] and told["design"]["arms"] == [{"label": "Model 1"}, {"label": "Model 2"}]
    assert (
        not {"comparisons_sha256", "seal"} & told["design"].keys() and told["sha256"] == study.design_sha256
    )
    unblind(study, "all is in", researcher)
    told = api.get("studies/autumn/design").json()
    assert not told["blind"] and told["design"] == study.design


def test_a_version_tells_what_it_changed_and_a_draft_has_no_design(api, study, researcher):
    made = new_version(study, "autumn-2", researcher)
    Study.objects.filter(pk=made.pk).update(gold_every=7)
    lock(made, researcher)
    told = api.get("studies/autumn-2/design").json()
    assert (told["follows"], told["locked_by"]) == ("autumn", "rosa")
    assert told["changes"] == [{"part": "gold_every", "before": 15, "after": 7}]
    duplicate(study, "twin", researcher)
    assert api.get("studies/twin/design").status_code == 404
