"""Texts under way: what each has written so far, and when it ends."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from generation.engine.requests import FinishReason, GeneratedText, GenerationRequest
from generation.engine.tokenizer import Tokenizer


@dataclass(eq=False)
class Occupant:
    """A request in its slot. `stop_ids` are those that end its text; `ended_unseen`: the device does not know yet."""

    request: GenerationRequest
    stop_ids: frozenset[int]
    tokenizer: Tokenizer | None
    written: list[int] = field(default_factory=list)
    logprobs: list[float] = field(default_factory=list)
    close_calls: int = 0
    reason: FinishReason | None = None
    ended_unseen: bool = False
    _spelling: list[int] = field(default_factory=list)  # where in `written` the tokens are that are text

    def take(self, token: int, logprob: float, close: bool) -> None:
        """Adds the newest token, and notes if the text ends with it."""
        self.close_calls += close
        if token in self.stop_ids:
            self.reason = "stop"
            return
        self.written.append(token)
        self.logprobs.append(logprob)
        if self._ends_in_stop_text():
            self.reason, self.ended_unseen = "stop", True
        elif len(self.written) == self.request.max_new_tokens:
            self.reason = "length"

    def result(self) -> GeneratedText:
        assert self.reason is not None
        return GeneratedText(
            id=self.request.id,
            token_ids=tuple(self.written),
            text=None if self.tokenizer is None else self._cut(self.tokenizer.decode(self.written)),
            finish_reason=self.reason,
            prompt_tokens=len(self.request.token_ids),
            logprobs=tuple(self.logprobs) if self.request.logprobs else None,
            close_calls=self.close_calls,
        )

    def _ends_in_stop_text(self) -> bool:
        """Looks at no more of the end than could spell a stop text, a byte a token that spells at the least."""
        if not self.request.stop or self.tokenizer is None:
            return False
        if not self.tokenizer.is_silent(self.written[-1]):
            self._spelling.append(len(self.written) - 1)
        longest = max(len(text.encode()) for text in self.request.stop)
        start = self._spelling[-longest - SPELLING :][:1]
        end = self.tokenizer.decode(self.written[start[0] if start else 0 :])
        return any(text in end for text in self.request.stop)

    def _cut(self, text: str) -> str:
        places = [text.find(stop) for stop in self.request.stop if stop in text]
        return text[: min(places)] if places else text


SPELLING = 8  # tokens more, as the first character may be cut in half


def occupant_of(request: GenerationRequest, stop_ids: Sequence[int], tokenizer: Tokenizer | None) -> Occupant:
    """`stop_ids`: the checkpoint's own."""
    ending = () if request.ignore_eos else stop_ids if request.stop_ids is None else request.stop_ids
    return Occupant(request, frozenset(ending), tokenizer)
