"""The file that LLM Comparator opens, held against its published types."""

import json

import pytest

from raters.models import StudyArm
from raters.studies.unblinding import unblind
from tests import builders
from tests.assay.takeaway.conftest import exported

# client/lib/types.ts and python/README.md of LLM Comparator: members that a data file must have, and their types.
EXAMPLE = {"input_text": str, "tags": list, "output_text_a": str, "output_text_b": str}
EXAMPLE |= {"score": float, "individual_rater_scores": list, "custom_fields": dict}
RATING = {"score": float, "rating_label": str, "is_flipped": bool, "rationale": str}
FIELD_TYPES = {"number", "string", "category", "text", "url", "image_path", "image_byte"}
FIELD_TYPES |= {"per_model_boolean", "per_model_number", "per_model_category", "per_model_text"}


def test_the_file_has_the_shape_of_the_published_schema(judged):
    document = json.loads(exported(judged, "comparator", "json"))
    assert set(document) == {"metadata", "models", "examples"} and len(document["models"]) == 2
    fields = {field["name"]: field["type"] for field in document["metadata"]["custom_fields_schema"]}
    assert set(fields.values()) <= FIELD_TYPES and isinstance(document["metadata"]["source_path"], str)
    for example in document["examples"]:
        assert {name: type(example[name]) for name in EXAMPLE} == EXAMPLE
        assert (
            set(example["custom_fields"]) == set(fields)
            and len(example["custom_fields"]["response_ids"]) == 2
        )
        for rating in example["individual_rater_scores"]:
            assert {name: type(rating[name]) for name in RATING} == RATING


def test_scores_are_positive_where_a_is_better_and_between_the_scales_ends(judged):
    unblind(judged, "all is in")
    document = json.loads(exported(judged, "comparator", "json"))
    assert document["models"][0]["name"].startswith("heron")
    ratings = [rating for row in document["examples"] for rating in row["individual_rater_scores"]]
    assert len(ratings) == 48 and {rating["score"] for rating in ratings} == {-1.0, 0.0, 1.0}
    for rating in ratings:
        assert (rating["score"] > 0) == rating["rating_label"].startswith("A ")


def test_the_sides_tell_where_a_stood(judged):
    unblind(judged, "all is in")
    document = json.loads(exported(judged, "comparator", "json"))
    flipped = [
        rating["is_flipped"] for row in document["examples"] for rating in row["individual_rater_scores"]
    ]
    on_right = [
        not one.a_is_left
        for row in judged.comparisons.order_by("pk")
        for one in row.assignments.order_by("pk")
    ]
    assert sorted(flipped) == sorted(on_right)


def test_of_several_pairs_one_must_be_chosen(judged):
    third = builders.run(judged.prompt_set_version, "gull")
    StudyArm.objects.create(study=judged, run=third, role="candidate")
    unblind(judged, "all is in")
    with pytest.raises(
        ValueError, match=r"several pairs: .* choose pair=heron-autumn against plover-autumn or"
    ):
        exported(judged, "comparator", "json")
    chosen = json.loads(exported(judged, "comparator", "json", pair="gull against plover-autumn"))
    assert [model["name"] for model in chosen["models"]] == ["gull", "plover-autumn"] and not chosen[
        "examples"
    ]
