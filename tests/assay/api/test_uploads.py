"""Prompts uploaded by programs: how a file is to be read, and what of that goes together."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from promptsets.models import Prompt, PromptSet

TABLE = b"number,text\n7,Which bird?\n8,Why does it sing?\n"


def sent(api, query: str, content: bytes = TABLE, name: str = "birds.csv"):
    return api.upload(f"prompt-sets?{query}", SimpleUploadedFile(name, content))


def test_a_table_of_others_is_read_by_its_columns(api, db):
    made = sent(api, "slug=birds&columns=prompt=text,id=number")
    assert made.status_code == 201, made.json()
    assert dict(Prompt.objects.values_list("key", "turns")) == {
        "7": ["Which bird?"],
        "8": ["Why does it sing?"],
    }
    assert PromptSet.objects.get().kind == "instruction"
    assert made.json()["columns"] and made.json()["prompts"] == 2


def test_a_table_is_of_the_kind_that_is_said(api, db):
    assert sent(api, "slug=birds&columns=prompt=text,id=number&kind=safety").status_code == 201
    assert PromptSet.objects.get().kind == "safety"


@pytest.mark.parametrize(
    ("query", "field", "told"),
    [
        ("columns=prompt=text&kind=poems", "kind", "it must be one of instruction, safety"),
        ("kind=safety", "kind", "other formats say their kind themselves"),
        ("columns=prompt=text&format=csv", "columns", "leave format out"),
    ],
)
def test_what_does_not_go_together_is_told_and_nothing_is_saved(api, db, query, field, told):
    refused = sent(api, query)
    assert refused.status_code == 422 and told in refused.json()["detail"]
    assert refused.json()["errors"][0]["field"] == field and not PromptSet.objects.exists()


def test_a_column_that_the_table_lacks_is_named(api, db):
    refused = sent(api, "columns=prompt=song")
    assert refused.status_code == 422 and "song" in refused.json()["detail"]


def test_without_a_name_the_set_is_called_as_the_file_is(api, db):
    sent(api, "columns=prompt=text,id=number", name="Sea birds.csv")
    assert PromptSet.objects.get().slug == "sea-birds"
