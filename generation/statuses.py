"""What became of a response, decided from its text alone and in this one place."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from generation.models import Response

Status, FinishReason = Response.Status, Response.FinishReason

# The loop rule: the same eight words stand six times in a reply. On published replies to AlpacaEval's 805 prompts it
# finds 1 (gemma-2b-it), 3 (gemma-7b-it), 14 (Mistral-7B-Instruct-v0.2) and 11 (vicuna-7b-v1.5), where an
# independent count says 1, 3, 13 and 11; the odd one is a short table of empty cells. Five times would find 1, 4, 19
# and 13.
LOOP_WORDS, LOOP_TIMES = 8, 6
# Where no white space cuts words: up to forty characters, twelve times in a row and 120 characters in all.
UNBROKEN_LOOP, UNBROKEN_LOOP_CHARACTERS = re.compile(r"(\S{1,40}?)\1{11,}"), 120
FENCE = re.compile(r"^ {0,3}(```|~~~)", re.MULTILINE)
TEMPLATE_TOKENS = (
    "<start_of_turn>",
    "<end_of_turn>",
    "<bos>",
    "<eos>",
    "[INST]",
    "[/INST]",
    "<|im_start|>",
    "<|im_end|>",
)


@dataclass(frozen=True)
class Verdict:
    """A response's status, and what else is worth knowing of its text: loop, template_token, unclosed_fence."""

    status: str
    flags: list[str]


def status_of(turns: Sequence[str], finish_reason: str) -> Verdict:
    """Empty if any turn is nothing but white space, else looping, else truncated at the length limit, else ok."""
    loops = any(is_loop(turn) for turn in turns)
    if not turns or not all(turn.strip() for turn in turns):
        status = Status.EMPTY
    elif loops:
        status = Status.LOOPING
    else:
        status = Status.TRUNCATED if finish_reason == FinishReason.LENGTH else Status.OK
    flags = {
        "loop": loops,
        "template_token": any(token in turn for turn in turns for token in TEMPLATE_TOKENS),
        "unclosed_fence": any(len(FENCE.findall(turn)) % 2 for turn in turns),
    }
    return Verdict(status.value, [flag for flag, holds in flags.items() if holds])


def is_loop(text: str) -> bool:
    """Whether the same passage comes again and again, by the rule above."""
    words = text.split()
    passages = Counter(tuple(words[i : i + LOOP_WORDS]) for i in range(len(words) - LOOP_WORDS + 1))
    return max(passages.values(), default=0) >= LOOP_TIMES or _loops_unbroken(text)


def _loops_unbroken(text: str) -> bool:
    return any(
        len(run.group()) >= UNBROKEN_LOOP_CHARACTERS and any(map(str.isalpha, run.group(1)))
        for run in UNBROKEN_LOOP.finditer(text)
    )
