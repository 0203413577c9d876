"""OpenAI's protocol, as far as it is used here: what is sent for a turn, and what comes back."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from generation.endpoints import Endpoint
from generation.sampling import Sampling

LARGEST_COUNT = 2**31 - 1
CHAT, COMPLETIONS = "/chat/completions", "/completions"
# Of OpenAI, and of text-generation-inference. Another reason is an error: nobody here knows what it means.
ENDS = {
    "stop": "stop",
    "eos_token": "stop",
    "stop_sequence": "stop",
    "length": "length",
    "content_filter": "blocked",
}
HALF_A_PAIR = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Answer:
    """One turn's answer. end: stop, length or blocked.  model: as the server calls what answered."""

    text: str
    end: str
    n_prompt_tokens: int | None
    n_output_tokens: int | None
    model: str


def path_of(endpoint: Endpoint) -> str:
    return COMPLETIONS if endpoint.is_raw else CHAT


def request_body(endpoint: Endpoint, said: Sequence[str], sampling: Sampling, seed: int) -> dict[str, Any]:
    """What is sent. said: user's and model's turns by turns, ending with the user's.

    A raw prompt is the text itself; where turns went before, they stand in front of it, a blank line between any two.
    """
    body: dict[str, Any] = {
        "model": endpoint.model,
        "temperature": sampling.temperature,
        "max_tokens": sampling.max_new_tokens,
        "seed": seed,
        "stream": False,
    }
    if sampling.top_p < 1:
        body["top_p"] = sampling.top_p
    if endpoint.stop:
        body["stop"] = list(endpoint.stop)
    if endpoint.is_raw:
        return {**body, "prompt": "\n\n".join(said)}
    roles = ("user", "assistant")
    return {**body, "messages": [{"role": roles[i % 2], "content": text} for i, text in enumerate(said)]}


def read_answer(content: bytes, is_raw: bool) -> Answer:
    """Raises: ValueError saying what is wrong with it."""
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        raise ValueError("its body is not JSON") from None
    choices = value.get("choices") if isinstance(value, dict) else None
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise ValueError("its body has no choices")
    end = choices[0].get("finish_reason")
    if not isinstance(end, str) or end not in ENDS:
        raise ValueError(f"finish_reason is {end!r:.60}; known are {', '.join(ENDS)}")
    usage = value.get("usage")
    return Answer(
        text=HALF_A_PAIR.sub("\N{REPLACEMENT CHARACTER}", _text(choices[0], is_raw)),
        end=ENDS[end],
        n_prompt_tokens=_count(usage, "prompt_tokens"),
        n_output_tokens=_count(usage, "completion_tokens"),
        model=str(value.get("model") or ""),
    )


def _text(choice: dict[str, Any], is_raw: bool) -> str:
    """The answer's text, verbatim. A model that declines may say so in a field of its own, which is its answer then."""
    if is_raw:
        text = choice.get("text")
    else:
        message = choice.get("message")
        if not isinstance(message, dict):
            raise ValueError("its choice has no message")
        text = message.get("content") if message.get("content") is not None else message.get("refusal")
    if text is None:
        return ""
    if not isinstance(text, str):
        raise ValueError("its choice holds no text")
    return text


def _count(usage: Any, name: str) -> int | None:
    count = usage.get(name) if isinstance(usage, dict) else None
    return count if type(count) is int and 0 <= count <= LARGEST_COUNT else None
