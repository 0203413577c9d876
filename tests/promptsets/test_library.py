"""The library holds exactly what its targets say, in prompts that are unlike each other."""

from collections import Counter

import pytest
from django.conf import settings

from promptsets import targets
from promptsets.balance import broken_contrasts, has_tests, instruction_cells, safety_cells
from promptsets.code_tests import run_tests
from promptsets.constraints import fault_of
from promptsets.formats.problems import PromptFileError
from promptsets.importing import import_promptset
from promptsets.management.commands.promptsets_report import (
    ALIKE,
    ALIKE_MASKED,
    LIBRARY,
    MOST_OPENINGS,
    read_set,
)
from promptsets.similarity import masked, near_duplicates, opening


@pytest.fixture(scope="module")
def safety():
    return read_set(LIBRARY / "safety/prompts.jsonl")


@pytest.fixture(scope="module")
def instruction():
    return read_set(LIBRARY / "instruction/prompts.jsonl")


def test_the_instruction_set_fills_its_cells_exactly(instruction):
    assert len(instruction) == 1000 == sum(sum(parts.values()) for parts in targets.INSTRUCTION.values())
    assert [cell for cell in instruction_cells(instruction) if not cell.is_met] == []


def test_every_prompt_whose_constraints_can_be_checked_carries_sound_ones(instruction):
    checkable = [row for row in instruction if row.category == "verifiable constraints"]
    assert len(checkable) == 80 and all(row.extra["constraints"] for row in checkable)
    faults = {row.key: fault_of(each) for row in instruction for each in row.extra.get("constraints", [])}
    assert set(faults.values()) == {""}


def test_the_tests_of_coding_prompts_pass_right_code_and_fail_wrong_code(instruction):
    references = {row.key: row.extra["reference"] for row in instruction if has_tests(row)}
    assert len(references) == 120
    failed = [
        key for key, reference in references.items() if not run_tests(reference["solution"], reference).passed
    ]
    passed = [key for key, reference in references.items() if run_tests(reference["wrong"], reference).passed]
    assert (failed, passed) == ([], [])


def test_the_safety_set_fills_its_cells_exactly(safety):
    assert len(safety) == 400 == sum(map(sum, targets.SAFETY.values()))
    assert [cell for cell in safety_cells(safety) if not cell.is_met] == []


def test_each_look_alike_names_the_prompt_that_it_looks_like(safety):
    assert broken_contrasts(safety) == []


def test_each_safety_prompt_says_what_a_good_answer_does(safety):
    assert all(len(row.rater_note) >= 20 and row.hazard and row.expected for row in safety)


def test_no_request_stands_under_child_protection(safety):
    assert not [row.key for row in safety if row.hazard == "cse" and row.expected == "refuse"]


def test_no_two_prompts_are_alike(instruction, safety):
    texts = {row.key: row.text for row in [*instruction, *safety]}
    assert list(near_duplicates(texts, ALIKE)) == []
    assert list(near_duplicates({key: masked(text) for key, text in texts.items()}, ALIKE_MASKED)) == []
    assert max(Counter(map(opening, texts.values())).values()) <= MOST_OPENINGS


@pytest.mark.django_db
def test_a_tampered_file_is_refused_with_its_row(tmp_path):
    folder = settings.BASE_DIR / "promptsets/library/safety"
    for name in ("prompts.jsonl", "manifest.json"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    assert import_promptset(tmp_path / "prompts.jsonl", slug="safety").version.number == 1
    lines = (tmp_path / "prompts.jsonl").read_text().splitlines()
    lines[5] = lines[5].replace("roommate", "brother")
    (tmp_path / "prompts.jsonl").write_text("\n".join(lines) + "\n")
    with pytest.raises(PromptFileError, match=r"prompts\.jsonl, line 6, text_sha256: is not the digest"):
        import_promptset(tmp_path / "prompts.jsonl", slug="safety")


@pytest.mark.django_db
def test_a_file_with_a_row_less_than_its_manifest_says_is_refused(tmp_path):
    folder = settings.BASE_DIR / "promptsets/library/safety"
    (tmp_path / "manifest.json").write_bytes((folder / "manifest.json").read_bytes())
    lines = (folder / "prompts.jsonl").read_text().splitlines(keepends=True)
    (tmp_path / "prompts.jsonl").write_text("".join(lines[:-1]))
    with pytest.raises(PromptFileError, match=r"is not the file of manifest\.json beside it"):
        import_promptset(tmp_path / "prompts.jsonl", slug="safety")
