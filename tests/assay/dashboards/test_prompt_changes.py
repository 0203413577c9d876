"""Prompt sets grow on pages: a file sent, looked at and saved; a subset; a correction; what changed."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from promptsets.models import ColumnMapping, Prompt, PromptFile, PromptSet, PromptSetVersion
from tests import builders

ROWS = [
    {
        "schema": "prompt/1",
        "id": f"b{n}",
        "kind": "instruction",
        "turns": [{"role": "user", "content": f"Bird {n}?"}],
    }
    for n in range(3)
]
JSONL = "\n".join(map(json.dumps, ROWS)).encode()
TABLE = b"uid,question,topic\n1,Which bird?,birds\n2,Why fly?,flight\n"


@pytest.fixture
def as_researcher(client, researcher):
    client.force_login(researcher)
    return client


@pytest.fixture
def send(as_researcher):
    def send(content: bytes, name: str = "birds.jsonl") -> str:
        """Sends the file; gives the address of its page."""
        answer = as_researcher.post(
            reverse("dashboards:add_prompts"), {"file": SimpleUploadedFile(name, content)}
        )
        assert answer.status_code == 302
        return answer["Location"]

    return send


def test_a_file_is_shown_before_it_is_saved(as_researcher, send):
    page = send(JSONL)
    text = as_researcher.get(page).text
    assert "It would become birds@1 (1.0.0)." in text and "Bird 2?" in text
    assert not PromptSet.objects.exists()
    saved = as_researcher.post(page, {"slug": "", "format": ""}, follow=True)
    assert "birds@1 (1.0.0), prompt/1, content" in saved.text
    assert Prompt.objects.count() == 3 and not PromptFile.objects.exists()


def test_a_bad_file_says_on_the_page_what_the_command_says(as_researcher, send):
    page = send(JSONL + b'\n{"schema": "prompt/1", "id": "b9", "kind": "instruction", "turns": []}')
    text = as_researcher.get(page).text
    assert "birds.jsonl, line 4, turns: is empty" in text and "Nothing was imported." in text
    assert ">Save<" not in text
    assert as_researcher.post(page, {"slug": "birds"}).status_code == 400
    assert not PromptSet.objects.exists() and PromptFile.objects.exists()


def test_a_table_is_shown_by_a_proposed_mapping_and_saved_by_the_one_chosen(as_researcher, send):
    page = send(TABLE, "quiz.csv")
    text = as_researcher.get(page).text
    assert '<option value="question" selected>' in text and "Which bird?" in text
    chosen = {"slug": "quiz", "format": "columns", "kind": "instruction"}
    chosen |= {"column_prompt": "question", "column_id": "uid", "column_category": "topic"}
    as_researcher.post(page, chosen)
    assert list(Prompt.objects.values_list("key", "category")) == [("1", "birds"), ("2", "flight")]
    assert ColumnMapping.objects.get().mapping["category"] == "topic"
    again = as_researcher.get(send(TABLE, "quiz.csv")).text
    assert '<option value="topic" selected>' in again and "holds the same prompts already" in again


def test_a_mapping_without_a_prompt_is_told(as_researcher, send):
    text = as_researcher.get(send(TABLE, "quiz.csv"), {"format": "columns", "column_id": "uid"}).text
    assert "which column holds the prompt?" in text


def test_a_file_is_its_senders_alone_and_can_be_dropped(as_researcher, send):
    page = send(JSONL)
    as_researcher.force_login(builders.researcher("other"))
    assert as_researcher.get(page).status_code == 404
    as_researcher.force_login(PromptFile.objects.get().owner)
    as_researcher.post(page, {"drop": "1"})
    assert not PromptFile.objects.exists()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"PAR1nonsense", b"\x1f\x8bnonsense"])
def test_a_file_that_is_none_gets_a_message_and_no_traceback(as_researcher, send, content):
    if not content:
        empty = as_researcher.post(
            reverse("dashboards:add_prompts"), {"file": SimpleUploadedFile("a.csv", b"")}
        )
        assert empty.status_code == 200 and "empty" in empty.text
        return
    answer = as_researcher.get(send(content))
    assert answer.status_code == 200 and "Nothing was imported." in answer.text


@pytest.mark.parametrize(
    ("suffix", "start"), [("jsonl", b'{"schema"'), ("csv", b"key,turn_1"), ("parquet", b"PAR1")]
)
def test_a_set_can_be_taken_away(as_researcher, suffix, start):
    version = builders.prompt_set(2)
    answer = as_researcher.get(reverse("dashboards:prompt_set_file", args=[version, suffix]))
    assert b"".join(answer.streaming_content).startswith(start)
    assert answer["Content-Disposition"] == f'attachment; filename="everyday-1.{suffix}"'
    assert as_researcher.get(f"/prompts/{version}.exe").status_code == 404


def test_the_prompts_that_fit_become_a_set(as_researcher):
    version = builders.prompt_set(10)
    address = reverse("dashboards:make_subset", args=[version]) + "?category=coding"
    version.manifest = {"counts": {"categories": {"coding": 5, "creative": 5}, "prompts": 10}}
    version.save()
    assert "5 prompts fit" in as_researcher.get(address).text
    wanted = {"slug": "code", "size": "2", "by": ["difficulty"], "seed": "4"}
    text = as_researcher.post(address, wanted, follow=True).text
    assert "Taken from everyday@1, category coding; a sample of 2 spread over difficulty, seed 4." in text
    assert as_researcher.post(address, {**wanted, "size": "6"}).status_code == 400
    assert PromptSetVersion.objects.count() == 2


def test_a_correction_makes_a_version_and_keeps_line_ends(as_researcher):
    version = builders.prompt_set(2)
    Prompt.objects.filter(key="p0000").update(turns=["One\nTwo  "], rater_note="a\r\nb")
    address = reverse("dashboards:correct_prompt", args=[version, "p0000"])
    sent = {
        "turn_0": "One\r\nTwo  ",
        "category": "coding",
        "subcategory": "",
        "language": "",
        "rater_note": "a\r\nb",
    }
    assert "Nothing differs" in as_researcher.post(address, {**sent, "reason": "?"}).text
    text = as_researcher.post(
        address, {**sent, "turn_0": "One\r\nThree", "reason": "A slip."}, follow=True
    ).text
    assert "everyday@2 (2.0.0) holds the corrected prompt." in text
    assert Prompt.objects.get(version__number=2, key="p0000").turns == ["One\nThree"]
    assert "everyday@2 is newer" in as_researcher.get(address).text
    changes = as_researcher.get(reverse("dashboards:prompt_changes", args=["everyday@1", "everyday@2"])).text
    assert "Reworded" in changes and "p0000" in changes and "p0001" not in changes
    assert "A slip." in as_researcher.get(reverse("dashboards:prompt_set", args=["everyday@2"])).text


def test_a_corrected_note_leaves_mixed_line_ends_of_the_prompt_as_they_are(as_researcher):
    version = builders.prompt_set(1)
    prompt = version.prompts.get()
    prompt.turns = ["a\r\nb\nc\rd"]
    prompt.save()
    address = reverse("dashboards:correct_prompt", args=[version, prompt.key])
    sent = {
        "turn_0": "a\r\nb\r\nc\r\nd",
        "category": "coding",
        "rater_note": "Be brief.",
        "reason": "A note.",
    }
    as_researcher.post(address, sent)
    corrected = Prompt.objects.get(version__number=2)
    assert (corrected.turns, corrected.rater_note) == (["a\r\nb\nc\rd"], "Be brief.")
