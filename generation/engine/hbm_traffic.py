"""How many bytes a compiled program moves to and from the accelerator's memory, counted from its own text.

The compiler's `cost_analysis` counts a weight that is fetched ahead into on-chip memory at each of its stops, and a
table of which a few rows are gathered as if it were read whole. Here only what crosses the border of the large memory
counts: operands and results without a memory space (on-chip ones are marked S(1)), gathers and slices by what they
take, writes in place by what they change. Of a conditional its first branch counts (greedy sampling), of a loop as many
passes as the caller says: one that ends on a condition does not tell.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

WIDTHS = {"pred": 1, "s8": 1, "u8": 1, "s16": 2, "bf16": 2, "f16": 2, "s32": 4, "u32": 4, "f32": 4, "s64": 8}
SHAPE = re.compile(r"\b(" + "|".join(WIDTHS) + r")\[([\d,]*)\](\{[^}]*\})?")
COMPUTATION = re.compile(r"^(ENTRY )?%?([\w.\-]+) \(.*\{$")
INSTRUCTION = re.compile(r"^\s+(?:ROOT )?%?([\w.\-]+) = (.*?) ([\w\-]+)\((.*)$")
MOVES_NOTHING = {"parameter", "constant", "tuple", "get-tuple-element", "bitcast", "iota", "after-all"}
ENDS_A_COPY = ("-done", "-update")
TAKES_A_PART = {"gather", "dynamic-slice", "slice", "slice-start"}
COLLECTIVES = {"all-gather", "all-reduce", "all-to-all", "collective-permute", "reduce-scatter"}
SEMAPHORE = "S(2)"  # the memory of what tells that a transfer has ended
CHANGES_A_PART = {"scatter": 2, "dynamic-update-slice": 1}  # which operand holds what is written


@dataclass
class Instruction:
    """One line of a computation. `outside`: the part of its result that lies in the large memory, in bytes."""

    name: str
    op: str
    total: int
    outside: int
    operands: list[str]
    text: str


@dataclass
class Computation:
    instructions: dict[str, Instruction] = field(default_factory=dict)

    def parameters(self) -> list[Instruction]:
        found = [each for each in self.instructions.values() if each.op == "parameter"]
        return sorted(found, key=lambda each: int(re.search(r"parameter\((\d+)\)", each.text).group(1)))  # type: ignore[union-attr]


def hbm_bytes(text: str, passes: int = 1) -> int:
    """Bytes read and written by a compiled program's text, each of its loops making that many `passes`."""
    computations, entry = parse(text)
    running = walk(computations, entry, passes)
    return sum(times * moved(computations, within, each) for within, each, times in running)


def kept_on_chip(text: str) -> int:
    """Bytes that a program's loops carry from pass to pass in on-chip memory: a pass need not fetch them again."""
    computations, entry = parse(text)
    loops = [each for each in computations[entry].instructions.values() if each.op == "while"]
    return sum(loop.total - loop.outside for loop in loops)


def parse(text: str) -> tuple[dict[str, Computation], str]:
    computations: dict[str, Computation] = {}
    entry = current = ""
    for line in text.splitlines():
        if begun := COMPUTATION.match(line):
            current = begun.group(2)
            entry = current if begun.group(1) else entry
            computations[current] = Computation()
        elif current and (found := INSTRUCTION.match(line)):
            name, shape, op, rest = found.groups()
            operands = re.findall(r"%([\w.\-]+)", rest.split("), ")[0])
            made = Instruction(name, op, *sizes(shape), operands, line)
            computations[current].instructions[name] = made
    return computations, entry


def sizes(shape: str) -> tuple[int, int]:
    """Bytes of all parts of a shape, and of those that lie in the large memory."""
    total = outside = 0
    for kind, dimensions, layout in SHAPE.findall(shape):
        size = WIDTHS[kind] * math.prod(int(each) for each in dimensions.split(",") if each)
        total += size
        outside += 0 if "S(" in layout else size
    return total, outside


def walk(
    computations: dict[str, Computation], name: str, passes: int, times: int = 1
) -> Iterator[tuple[Computation, Instruction, int]]:
    """Every instruction that runs and how often, fusions as one; a conditional's first branch."""
    for each in computations[name].instructions.values():
        yield computations[name], each, times
        if each.op == "while":
            yield from walk(computations, named(r"body=%?([\w.\-]+)", each.text), passes, times * passes)
        elif each.op == "conditional":
            branch = named(r"branch_computations=\{%?([\w.\-]+)", each.text)
            yield from walk(computations, branch, passes, times)
        elif each.op == "call":
            yield from walk(computations, named(r"to_apply=%?([\w.\-]+)", each.text), passes, times)


def named(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    if found is None:
        raise ValueError(f"the compiled program names no computation here: {text.strip()[:120]}")
    return found.group(1)


def moved(computations: dict[str, Computation], within: Computation, each: Instruction) -> int:
    if each.op in MOVES_NOTHING | {"while", "conditional", "call"} or each.op.endswith(ENDS_A_COPY):
        return 0
    operands = [within.instructions[name] for name in each.operands if name in within.instructions]
    if each.op == "fusion":
        return fused(computations[named(r"calls=%?([\w.\-]+)", each.text)], each, operands)
    if each.op == "slice-start":  # its result names the whole, too
        return each.total - operands[0].total
    if each.op in TAKES_A_PART:
        return min(operands[0].outside, each.total) + each.outside
    if each.op in CHANGES_A_PART:
        return 2 * operands[CHANGES_A_PART[each.op]].total
    if each.op.endswith("-start"):  # a copy between memories: its result names source and target both
        return operands[0].total if operands else 0
    return sum(operand.outside for operand in operands) + each.outside


def fused(inside: Computation, each: Instruction, operands: list[Instruction]) -> int:
    """A fusion reads of each operand what its computation uses of it, and writes what it changes."""
    steps = inside.instructions.values()
    collective = next((step for step in steps if step.op in COLLECTIVES), None)
    if collective and any(SEMAPHORE in step.text for step in steps):
        return stage(inside, each, operands, collective)
    changed = [step for step in steps if step.op in CHANGES_A_PART]
    in_place = {step.operands[0]: step for step in changed}
    read = 0
    for parameter, operand in zip(inside.parameters(), operands, strict=False):
        users = [step for step in steps if parameter.name in step.operands]
        if operand.outside and users and all(step.op in TAKES_A_PART for step in users):
            read += min(operand.outside, sum(step.total for step in users))
        elif parameter.name not in in_place:
            read += operand.outside
    written = sum(inside.instructions[step.operands[CHANGES_A_PART[step.op]]].total for step in changed)
    return read + (min(written, each.outside) if changed else each.outside)


def stage(
    inside: Computation, each: Instruction, operands: list[Instruction], collective: Instruction
) -> int:
    """One of several fusions that name an asynchronous collective, which moves source and target where it is done.

    What else is fused with a stage counts there; what its result only hands on from the stage before does not.
    """
    if SEMAPHORE not in each.text.partition(" fusion(")[0]:  # the last: nobody waits any more
        return sum(inside.instructions[name].outside for name in collective.operands) + each.outside
    root = next(step for step in inside.instructions.values() if step.text.lstrip().startswith("ROOT"))
    handed_on = {collective.name, *collective.operands}
    handed_on |= {one.name for one in inside.parameters() if one.name in root.operands}
    pairs = zip(inside.parameters(), operands, strict=False)
    read = sum(operand.outside for parameter, operand in pairs if parameter.name not in handed_on)
    made = [name for name in root.operands if name not in handed_on]
    return read + sum(inside.instructions[name].outside for name in made)
