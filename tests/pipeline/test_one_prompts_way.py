"""The whole way, by the commands and pages that people use: prompts in, responses in, judged blind, a win rate out."""

import json
import re

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from assay.accounts.models import AuditEvent
from raters.models import Study
from tests import builders

PROMPTS = ["Name a bird that dives.", "Write one line about rain.\n", "What is 7 × 8?"]


@pytest.fixture
def files(tmp_path):
    """An AlpacaEval-style prompt file, and two files of responses to it, one of them without the last prompt."""

    def write(name: str, rows: list[dict[str, str]]) -> str:
        (tmp_path / name).write_text(json.dumps(rows))
        return str(tmp_path / name)

    answered = [
        {"instruction": text, "output": f"About {i}.", "generator": "g"} for i, text in enumerate(PROMPTS)
    ]
    return {
        "prompts": write(
            "prompts.json", [{"instruction": text, "output": "", "generator": "x"} for text in PROMPTS]
        ),
        "heron": write("heron.json", answered),
        "plover": write("plover.json", answered[:2]),
    }


@pytest.fixture
def study(db, files) -> Study:
    call_command("import_promptset", files["prompts"], "--slug", "birds")
    for name in ("heron", "plover"):
        call_command("import_responses", files[name], "--prompt-set", "birds", "--checkpoint", name)
    call_command(
        "evaluate", "--prompt-set", "birds", "--candidate", "heron", "--baseline", "plover", "--ratings", "1"
    )
    return Study.objects.get()


def test_a_judgment_made_on_the_page_becomes_a_win_rate(client, study, capsys):
    client.force_login(builders.rater(study).user)
    for _ in range(2):
        address = client.get(reverse("raters:next", args=[study.public_id])).url
        nonce = re.search(r'name="idempotency_key" value="([^"]+)"', client.get(address).text)[1]
        answer = {"value": "same", "tie_kind": "both_poor", "idempotency_key": nonce}
        assert client.post(address, answer).status_code == 422  # so fast that it asks: sure?
        client.post(address, answer | {"sure": "1"})
    capsys.readouterr()
    call_command("report", study.slug, "--json")
    printed = json.loads(capsys.readouterr().out)
    headline = printed["estimates"][0]
    assert (headline["value"], headline["n"], headline["detail"]["ties"]) == (0.5, 2, 2)
    assert printed["left_out"] == {"comparisons excluded": 1}


def test_the_prompt_without_a_response_is_counted_not_lost(study):
    reasons = study.comparisons.order_by("prompt__position").values_list("status", "status_reason")
    assert list(reasons) == [("open", ""), ("open", ""), ("excluded", "missing")]


def test_what_decides_the_result_is_on_record(study):
    actions = set(AuditEvent.objects.values_list("action", flat=True))
    assert "study.locked" in actions and any(action.startswith("promptset.") for action in actions)
    assert study.prompt_set_version.frozen_at and len(study.design_sha256) == 64


def test_evaluating_again_changes_nothing(study, capsys):
    call_command(
        "evaluate", "--prompt-set", "birds", "--candidate", "heron", "--baseline", "plover", "--ratings", "1"
    )
    assert "exists already" in capsys.readouterr().out
    assert Study.objects.count() == 1


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--candidate", "swan", "no checkpoint 'swan'. Checkpoints: heron, plover"),
        ("--prompt-set", "fish", "no prompt set 'fish'. Prompt sets: birds"),
        ("--prompt-set", "birds@9", "no prompt set 'birds@9'"),
        ("--ratings", "0", "--ratings is a whole number from 1 up"),
        ("--baseline", "heron", "heron cannot be compared with itself"),
    ],
)
def test_bad_input_gets_one_clear_message_and_opens_no_study(study, option, value, message):
    options = {"--prompt-set": "birds", "--candidate": "heron", "--baseline": "plover", "--slug": "other"}
    options[option] = value
    with pytest.raises(CommandError, match=re.escape(message)):
        call_command("evaluate", *[word for pair in options.items() for word in pair])
    assert Study.objects.count() == 1


def test_a_study_of_that_name_that_asks_something_else_is_told(study):
    arguments = ["--prompt-set", "birds", "--candidate", "heron", "--baseline", "plover", "--ratings", "5"]
    with pytest.raises(CommandError, match="exists already and asks something else"):
        call_command("evaluate", *arguments)
    assert Study.objects.count() == 1


def test_what_raters_are_not_shown_is_printed(study, capsys):
    arguments = ["--prompt-set", "birds", "--candidate", "heron", "--baseline", "plover", "--ratings", "1"]
    call_command("evaluate", *arguments)
    printed = capsys.readouterr().out
    assert "2 comparisons for raters" in printed and "Not shown to raters: 1 missing." in printed
