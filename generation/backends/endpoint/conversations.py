"""Prompts asked of a server several at a time, each turn after turn with the server's own answers before it."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager

from generation.backends.base import NotNow, PromptSample, Reply
from generation.backends.endpoint.faults import RefusalError, UnansweredError, UnavailableError, excerpt
from generation.backends.endpoint.protocol import Answer
from generation.backends.endpoint.server import Server
from generation.sampling import Sampling

PATIENCE = 3  # prompts in a row without an answer: then the server is down, and not one prompt too hard
LEAST_REST_S = 60.0  # before a server that has just been tried so often is asked for the chunk again


class Conversations:
    """What a run asks of one server."""

    def __init__(self, server: Server, sampling: Sampling, seed: int) -> None:
        self.server, self.sampling, self.seed = server, sampling, seed

    async def replies(self, asked: Sequence[PromptSample]) -> AsyncIterator[Reply]:
        """Yields each reply as soon as its last turn is answered.

        A prompt that gets no answer does not hold up the others: NotNow is raised when they are done, or once PATIENCE
        prompts in a row got none. Any other error ends all at once.
        """
        unanswered: list[UnansweredError] = []
        in_a_row = 0
        async with self.server, self._asking(asked) as done:
            for one in done:
                try:
                    reply = await one
                except UnansweredError as failure:
                    unanswered.append(failure)
                    in_a_row += 1
                    if in_a_row == PATIENCE:
                        break
                else:
                    in_a_row = 0
                    yield reply
        if unanswered:
            waits = [failure.wait_s or 0 for failure in unanswered if isinstance(failure, UnavailableError)]
            raise NotNow(
                f"{len(unanswered)} prompts got no answer: {unanswered[-1]}", max([LEAST_REST_S, *waits])
            )

    @asynccontextmanager
    async def _asking(
        self, asked: Sequence[PromptSample]
    ) -> AsyncIterator[Iterator["asyncio.Future[Reply]"]]:
        """All replies, in the order in which they will be done; at the end, what is not done is given up."""
        at_once = asyncio.Semaphore(self.server.endpoint.concurrency)
        tasks = [asyncio.create_task(self._reply(sample, at_once)) for sample in asked]
        try:
            yield asyncio.as_completed(tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _reply(self, sample: PromptSample, at_once: asyncio.Semaphore) -> Reply:
        said: list[str] = []
        answers: list[Answer] = []
        seed = seed_for(self.seed, sample)
        async with at_once:
            for turn in sample.turns:
                said.append(turn)
                try:
                    answer = await self.server.ask(said, self.sampling, seed)
                except RefusalError as refusal:
                    return reply_from(sample, answers, seed, refused=str(refusal))
                answers.append(answer)
                said.append(answer.text)
                if answer.end == "blocked":
                    break
        return reply_from(sample, answers, seed)


def seed_for(seed: int, sample: PromptSample) -> int:
    """A seed that the run's seed and the sample's id decide, as the engine derives it, in the 31 bits that all take."""
    digest = hashlib.sha256(f"{seed}\0{sample.id}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 1


def reply_from(sample: PromptSample, answers: Sequence[Answer], seed: int, refused: str = "") -> Reply:
    ends = {answer.end for answer in answers}
    status = "error" if refused else "blocked" if "blocked" in ends else ""
    return Reply(
        id=sample.id,
        turns=tuple(answer.text for answer in answers),
        token_ids=None,
        finish_reason="error" if status else "length" if "length" in ends else "stop",
        n_prompt_tokens=_sum([answer.n_prompt_tokens for answer in answers]),
        n_output_tokens=_sum([answer.n_output_tokens for answer in answers]),
        seed=seed,
        status=status,
        detail=_detail(answers, refused),
    )


def _sum(counts: Sequence[int | None]) -> int | None:
    """The sum where every turn's count is known."""
    known = [count for count in counts if count is not None]
    return sum(known) if known and len(known) == len(counts) else None


def _detail(answers: Sequence[Answer], refused: str) -> dict[str, str]:
    models = sorted({excerpt(answer.model, key="") for answer in answers if answer.model})
    return {
        **({"answered_by": ", ".join(models)} if models else {}),
        **({"error": refused} if refused else {}),
    }
