"""A checkpoint as it is asked for: what belongs to folders, what to endpoints, and what holds where nothing is said."""

import pytest

from generation.wanted import Wanted
from promptsets.refusals import FieldError

FOLDER, ENDPOINT = "/checkpoints/heron", "https://api.example.org/v1"


@pytest.mark.parametrize(
    "option", [{"model": "m"}, {"key_env": "X_KEY"}, {"concurrency": 2}, {"raw": False}, {"stop": []}]
)
def test_what_is_said_to_an_endpoint_is_refused_of_a_folder_by_its_name(option):
    [name] = option
    with pytest.raises(FieldError, match=f"{name} is for an endpoint, which {FOLDER} is not") as refused:
        Wanted("heron", FOLDER, **option)
    assert refused.value.field == name
    assert Wanted("heron", ENDPOINT, **option).is_endpoint


def test_a_number_type_is_a_folders():
    with pytest.raises(FieldError, match="dtype is for a folder"):
        Wanted("heron", ENDPOINT, dtype="int8")
    assert Wanted("heron", FOLDER, dtype="int8").dtype_or_usual == "int8"
    assert Wanted("heron", FOLDER).dtype_or_usual == "float32"


@pytest.mark.parametrize(
    ("uri", "is_endpoint"),
    [("HTTP://host/v1", True), ("https://host", True), ("gs://bucket/heron", False), ("httpd/heron", False)],
)
def test_an_endpoint_is_told_by_its_scheme(uri, is_endpoint):
    assert Wanted("heron", uri).is_endpoint is is_endpoint


def test_what_is_not_said_of_an_endpoint_is_as_usual_and_the_model_has_the_checkpoints_name():
    bare = Wanted("heron", ENDPOINT).endpoint()
    usual = type(bare)(bare.url, model="heron")
    assert bare == usual and not bare.is_raw and bare.stop == ()


def test_what_is_said_of_an_endpoint_is_taken():
    asked = Wanted("heron", ENDPOINT, model="large", key_env="X_KEY", concurrency=3, raw=True, stop=["END"])
    told = asked.endpoint()
    assert (told.model, told.key_env, told.concurrency, told.is_raw, told.stop) == (
        "large", "X_KEY", 3, True, ("END",)
    )  # fmt: skip


def test_what_is_told_of_either_kind_goes_on_as_it_came():
    for uri in (FOLDER, ENDPOINT):
        told = Wanted("heron", uri, series="herons", step=4, licence="MIT").told
        assert told == {"series": "herons", "step": 4, "licence": "MIT"}
