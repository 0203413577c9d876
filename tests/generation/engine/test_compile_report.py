"""What compiling for an accelerator tells. The CPU's compiler stands in for the TPU's, or an answer written out."""

import json
from dataclasses import dataclass, replace
from types import SimpleNamespace

import jax
import jaxtyping
import pytest

from generation.engine import compile_report as reporting
from generation.engine.__main__ import main
from generation.engine.compile_report import compile_report, told
from generation.engine.engine import STEPS
from generation.engine.presets import preset
from generation.engine.program_shapes import ProgramShapes
from generation.engine.targets import TARGETS

ONE = "tpu-v5e-1"
MISTRAL, RECURRENTGEMMA = "mistral-tiny", "recurrentgemma-tiny"


@pytest.fixture(autouse=True)
def a_processor(monkeypatch):
    """To compile for, wherever the TPU's compiler is. Shapes of arrays are no arrays, which signatures ask for."""
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)
    monkeypatch.setattr(reporting, "devices_of", lambda target: jax.devices("cpu")[: target.devices])


@dataclass
class Answers:
    """What a compiler would say: temporaries of a slot and of a piece of a prompt, and how often what must be touched
    moves.
    """

    each: int = 0
    times: float = 1.0
    piece: int = 0

    def __call__(self, lower):
        shapes = lower.__self__
        moved = int(shapes.must_touch * self.times)
        size = self.piece if lower.__name__ == "extend" else self.each * shapes.count
        answer = SimpleNamespace(
            memory_analysis=lambda: SimpleNamespace(temp_size_in_bytes=size),
            cost_analysis=lambda: {"bytes accessed": 2.0 * moved},
            as_text=lambda: text_that_moves(moved),
        )
        return answer, 1.5


def text_that_moves(size: int) -> str:
    """In each pass of a loop."""
    begun, x = f"(x: u8[{size}]) -> u8[0] {{", f"%x = u8[{size}]{{0}} parameter(0)"
    step = f"%step {begun}\n  {x}\n  ROOT %y = u8[0]{{0}} negate(%x)\n}}"
    loop = "ROOT %y = u8[0]{0} while(%x), condition=%more, body=%step"
    return f"{step}\n\nENTRY %main {begun}\n  {x}\n  {loop}\n}}"


@pytest.fixture
def answers(monkeypatch) -> Answers:
    made = Answers()
    monkeypatch.setattr(reporting, "_compiled", made)
    return made


@pytest.fixture
def room(monkeypatch):
    """Makes a device's memory as large as some slots of Mistral's tiny shape, each with that many bytes more."""

    def make(slots: int, each: int = 0) -> None:
        shapes = shapes_of(MISTRAL, slots)
        size = shapes.weights + shapes.prompt_row + shapes.states + slots * each
        monkeypatch.setitem(TARGETS, ONE, replace(TARGETS[ONE], bytes=size))

    return make


def shapes_of(name: str, slots: int, dtype: str = "float32", capacity: int = 2048) -> ProgramShapes:
    return ProgramShapes.of(preset(name), dtype, jax.devices("cpu")[:1], slots, capacity)


def lines(report) -> dict[str, str]:
    return dict(told(report))


def test_a_report_of_programs_that_were_really_compiled():
    report = compile_report(RECURRENTGEMMA, ONE, slots=8, capacity=256)
    assert (report.slots, report.steps, report.too_large_by, report.lack) == (8, STEPS, 0, "")
    assert report.temporaries > 0 and report.decode_compile_s > 0 and report.extend_compile_s > 0
    assert report.moved >= report.must_touch == report.weights + report.states
    largest = max(report.temporaries, report.extend_temporaries)
    assert (
        report.extend_temporaries > 0 and report.row == shapes_of(RECURRENTGEMMA, 1, capacity=256).prompt_row
    )
    assert report.spare == 16e9 - report.weights - report.states - report.row - largest
    assert report.as_json()["moved_over_must_touch"] == report.moved / report.must_touch
    found = lines(report)
    assert found["compiled"].startswith(
        "recurrentgemma-tiny in float32 for tpu-v5e-1, 8 slots of 256 tokens, 16"
    )
    assert found["memory of each device"] == f"fits, {report.spare / 1e9:.2f} GB to spare"
    assert found["slots that fit"] == "1024 at least"


def test_the_program_is_the_one_that_an_engine_runs_on_an_accelerator():
    _, written, _ = shapes_of(RECURRENTGEMMA, 8).decode().out_info
    assert written.tokens.shape == (STEPS, 8)


def test_slots_whose_temporaries_do_not_fit_are_too_many(answers, room, capsys):
    answers.each = 5_000_000
    room(64, answers.each)
    report = compile_report(MISTRAL, ONE, slots=80)
    each = shapes_of(MISTRAL, 1).states + answers.each
    assert report.too_large_by == 16 * each
    assert (report.slots, report.most_slots, report.spare) == (64, 64, 0)
    assert report.temporaries == 64 * answers.each
    assert lines(report)["80 slots"] == (
        f"too large by at least {16 * each / 1e9:.2f} GB for each device; what follows is of fewer"
    )
    arguments = ["compile-report", "--preset", MISTRAL, "--target", ONE]
    assert main([*arguments, "--slots", "80"]) == 2
    shown = capsys.readouterr()
    assert "fits, 0.00 GB to spare" in shown.out and "-0" not in shown.out
    assert shown.err.startswith("error: 80 slots are too large by") and "of 64" in shown.err
    assert main([*arguments, "--slots", "64", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["too_large_by"] == 0


def test_room_is_left_for_the_row_and_for_the_temporaries_of_a_piece_of_a_prompt(answers, room):
    answers.each, states = 1_000_000, shapes_of(MISTRAL, 1).states
    room(64, answers.each)
    answers.piece = 64 * answers.each + 3 * states
    report = compile_report(MISTRAL, ONE, slots=64)
    assert (report.too_large_by, report.slots, report.most_slots) == (3 * states, 56, 56)
    assert report.extend_temporaries == answers.piece
    assert (
        lines(report)["temporaries"] == f"0.06 GB the steps, {answers.piece / 1e9:.2f} GB a piece of a prompt"
    )
    answers.piece = 64 * answers.each
    assert compile_report(MISTRAL, ONE, slots=64).spare == 0


def test_what_weights_and_states_alone_exceed_is_not_compiled_first(answers, room, monkeypatch):
    compiled = []
    monkeypatch.setattr(reporting, "_compiled", lambda lower: compiled.append(lower) or answers(lower))
    room(24)
    report = compile_report(MISTRAL, ONE, slots=64)
    assert report.too_large_by == 40 * shapes_of(MISTRAL, 1).states and report.slots == 24
    assert [each.__self__.count for each in compiled] == [24, 24]  # a step and a piece of a prompt


@pytest.mark.parametrize(
    ("name", "lack"), [("recurrentgemma-9b-it", "1.40"), ("gemma-1.1-7b-it", "9.53"), (MISTRAL, "0.01")]
)
def test_where_not_eight_slots_fit_the_amount_is_told(answers, room, name, lack, capsys):
    if name == MISTRAL:
        answers.each = 10_000_000
        room(7, answers.each)
    assert main(["compile-report", "--preset", name, "--target", ONE]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert f"error: {name} on {ONE}: with 8 slots too large by at least {lack} GB for each" in shown.err


def test_fewer_than_eight_slots_may_fit_if_asked_for(answers, room):
    room(5)
    report = compile_report(MISTRAL, ONE, slots=4)
    assert (report.slots, report.most_slots) == (4, 4)
    with pytest.raises(ValueError, match="with 6 slots too large by at least"):
        compile_report(MISTRAL, ONE, slots=6)


@pytest.mark.parametrize("dtype", ["float32", "int8"])
def test_of_a_table_that_is_only_gathered_from_a_row_for_each_slot_must_be_touched(dtype):
    shapes, config = shapes_of(MISTRAL, 8, dtype), preset(MISTRAL).config
    row = config.width + 4 if dtype == "int8" else config.width * 4  # eight bits, and the row's scale
    unread = (config.vocab_size - 8) * row
    assert shapes.must_touch == shapes.weights + shapes.states - unread
    tied = shapes_of("gemma-tiny", 8, dtype)
    assert tied.must_touch == tied.weights + tied.states


@pytest.mark.parametrize(("times", "is_right"), [(0.99, False), (1.0, True), (1.2, True)])
def test_a_count_below_what_must_be_touched_is_wrong(answers, times, is_right):
    answers.times = times
    if is_right:
        assert compile_report(MISTRAL, ONE, slots=8).ratio == pytest.approx(times, rel=1e-5)
    else:
        with pytest.raises(ValueError, match="must be touched: the count is wrong"):
            compile_report(MISTRAL, ONE, slots=8)


def test_a_program_that_the_compiler_refuses_is_told(monkeypatch):
    def refuse(lowered):
        raise jax.errors.JaxRuntimeError("RESOURCE_EXHAUSTED: 17.2G of 15.75G\nmore")

    lowered = SimpleNamespace(compile=lambda: refuse(None))
    monkeypatch.setattr(ProgramShapes, "decode", lambda shapes: lowered)
    with pytest.raises(ValueError, match=r"RESOURCE_EXHAUSTED: 17.2G of 15.75G; try fewer slots"):
        compile_report(MISTRAL, ONE, slots=8)


def test_an_unknown_target_is_refused():
    with pytest.raises(ValueError, match="target is 'tpu-v9'; expected one of: tpu-v5e-1"):
        compile_report(MISTRAL, "tpu-v9")
